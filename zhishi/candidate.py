"""What a candidate's machine can be told: ``zhishi`` without the center, and all of it that the packed folder has.

Reads the environment once, hands configuration in, tells errors in plain words.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel

from domain.errors import BadInput, ZhishiError
from domain.wire.failure import to_body
from domain.wire.syncd import EnrolReply, EnrolRequest, LimitRequest, PauseRequest, SyncStatus
from host.localapi import LocalClient
from host.metered import metered
from host.ownprogram import PACKED, own_command, own_environ
from host.paths import Home
from host.proxies import ProxyChoice, proxies_from
from host.settings import read_settings, settings_path
from host.trust import trusted_file
from zhishi.services import services, starter_here

if TYPE_CHECKING:
    from ui.config import UiConfig
    from ui.facts import Practice

app = typer.Typer(
    name="zhishi",
    help="智试：在线结构化面试的录制、上传与确认 / online structured interviews: recorded, uploaded, confirmed",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(services, name="service")
rescue = typer.Typer(help="离线数据包 / rescue bundles: carried by hand when the network fails", no_args_is_help=True)
app.add_typer(rescue, name="rescue")
HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="数据目录 / where everything of this user lies (default: ZHISHI_HOME)"),
]

CenterOption = Annotated[
    str, typer.Option("--center", envvar="ZHISHI_CENTER", help="考务平台地址 / the center's address (settings.toml)")
]
WindowOption = Annotated[
    bool, typer.Option("--window/--no-window", help="程序窗口或浏览器 / the native window, or the browser")
]
BrowserOption = Annotated[
    bool, typer.Option("--browser/--no-browser", help="没有窗口时打开浏览器 / open the default browser instead")
]
ReadyOption = Annotated[
    Path | None, typer.Option(help="就绪后写入一次性地址 / written with a one-use address once ready")
]
CaOption = Annotated[
    Path | None,
    typer.Option("--ca", envvar="ZHISHI_CA", help="考场证书 PEM / the authority of a room's center (center --lan)"),
]
RecorderOption = Annotated[
    list[str] | None,
    typer.Option(help="仅演示与测试：启动录制程序的选项 / demo and tests: an option for the recorder"),
]


def _order(home: Path | None, path: str, body: BaseModel | None) -> None:
    """Give syncd an order and show what is true afterwards."""
    from rich.console import Console

    from zhishi.statusview import render

    Console().print(render(LocalClient(_home(home), "syncd").post(path, body, SyncStatus), None, None))


def _home(given: Path | None) -> Home:
    return (Home(given.absolute()) if given else Home.locate(os.environ)).prepare()


@app.command()
def recorder(
    home: HomeOption = None,
    ffmpeg: Annotated[Path | None, typer.Option(help="换用系统 ffmpeg / another ffmpeg than the bundled one")] = None,
    stand_in: Annotated[
        list[Path] | None,
        typer.Option(help="仅演示与测试：以视频文件充当摄像头 / demo and tests: a clip as camera"),
    ] = None,
    pattern: Annotated[
        bool, typer.Option(help="仅演示与测试：测试图案 / demo and tests: test pattern devices")
    ] = False,
    monitor_as_microphone: Annotated[
        bool,
        typer.Option(help="仅演示与测试 / demo and tests: a loudspeaker's monitor may be the microphone"),
    ] = False,
) -> None:
    """录制程序 / the recorder: camera, microphone and screen into the spool."""
    from recorder.config import Quality, RecorderConfig, StandIns, bundled_ffmpeg, desktop_from
    from recorder.main import run

    place = _home(home)
    run(
        place,
        RecorderConfig(
            ffmpeg=ffmpeg or bundled_ffmpeg(),
            desktop=desktop_from(dict(os.environ)),
            quality=replace(Quality(), **read_settings(place).recording),
            stand_ins=StandIns(files=tuple(stand_in or ()), patterns=pattern, monitors=monitor_as_microphone),
        ),
    )


@app.command()
def syncd(
    home: HomeOption = None,
    service: Annotated[
        bool, typer.Option("--service", help="由系统服务启动 / started by the service manager: waits for its turn")
    ] = False,
    ca: CaOption = None,
) -> None:
    """同步程序 / the sync daemon: sends what is sealed until the center has confirmed it."""
    from host.awake import inhibitor
    from syncd.config import SyncConfig
    from syncd.main import run
    from syncd.notify import Notifier

    place = _home(home)
    settings = read_settings(place)
    config = SyncConfig(
        proxies=ProxyChoice(lambda: proxies_from(os.environ, settings.proxy, settings.no_proxy)),
        ca_bundle=trusted_file(place, ca or settings.ca_file),
        keep_awake=inhibitor(dict(os.environ)),
        metered=lambda: metered(os.environ),
    )
    run(place, config, notifier=Notifier.from_environ(os.environ, os.getpid()), patient=service)


@app.command()
def ui(
    center: CenterOption = "",
    home: HomeOption = None,
    window: WindowOption = True,
    browser: BrowserOption = True,
    ready_file: ReadyOption = None,
    ca: CaOption = None,
    debug_port: Annotated[int | None, typer.Option(help="仅测试 / tests only: remote debugging")] = None,
    recorder_option: RecorderOption = None,
    practice_login: Annotated[
        str, typer.Option(help="仅演示：登录页预先填好 项目/号码/证件号 / demo: the login page filled in")
    ] = "",
) -> None:
    """考生端 / the candidate's program: all eight stages."""
    from ui.main import run

    place = _home(home)
    address = center or read_settings(place).center
    if not address:
        raise BadInput(f"--center ADDRESS; ZHISHI_CENTER; [center] address in {settings_path(place)}")
    config = _ui_config(place, address, ca, recorder_option)
    run(
        place,
        replace(
            config,
            window=window,
            browser=browser,
            debug_port=debug_port,
            ready_file=ready_file,
            practice=_practice(practice_login),
        ),
    )


@app.command()
def rehearse(
    center: CenterOption = "",
    home: HomeOption = None,
    window: WindowOption = True,
    browser: BrowserOption = True,
    ready_file: ReadyOption = None,
    ca: CaOption = None,
    recorder_option: RecorderOption = None,
) -> None:
    """考前模拟测试：约 3 分钟走完全部环节，含断网 / a rehearsal: every stage in 3 minutes, network cut included."""
    from ui.main import run

    place = _home(home)
    address = center or read_settings(place).center
    config = _ui_config(place, address, ca, recorder_option)
    config = replace(config, window=window, browser=browser, ready_file=ready_file, rehearse=True)
    if address:
        run(place, config)
        return
    if PACKED:
        raise BadInput(f"--center ADDRESS; ZHISHI_CENTER; [center] address in {settings_path(place)}")
    from zhishi.rehearsal import rehearse_here

    rehearse_here(place, config, run)


def _ui_config(home: Home, center: str, ca: Path | None, recorder_options: list[str] | None) -> "UiConfig":
    """How the candidate's program runs in this environment, by the settings of ``home``."""
    from ui.config import UiConfig
    from ui.launcher import Launch

    settings = read_settings(home)
    environ = own_environ(os.environ)
    options = {"recorder": tuple(recorder_options or ()), "syncd": ("--ca", str(ca.absolute())) if ca else ()}
    return UiConfig(
        center=center,
        launch=Launch(own_command(), options, environ, services={"syncd": starter_here(home)}),
        display=environ.get("DISPLAY", ""),
        say=lambda line: typer.echo(line, err=True),
        ca_bundle=trusted_file(home, ca or settings.ca_file),
        proxies=proxies_from(os.environ, settings.proxy, settings.no_proxy).of(center),
    )


def _practice(given: str) -> "Practice | None":
    from ui.facts import Practice

    if not given:
        return None
    project, _, rest = given.partition("/")
    number, _, id_number = rest.partition("/")
    return Practice(project=project, number=number, id_number=id_number)


@app.command()
def enrol(center: str, code: str, home: HomeOption = None) -> None:
    """登记本机 / make this machine a device of a session: center address and one-time code."""
    reply = LocalClient(_home(home), "syncd", 30.0).post("/enrol", EnrolRequest(center=center, code=code), EnrolReply)
    typer.echo(f"已登记 / enrolled: session {reply.session}, device {reply.device}")


@app.command()
def pause(
    minutes: Annotated[
        float, typer.Option("--minutes", help="几分钟后自动恢复 / resumes by itself after so long")
    ] = 10,
    home: HomeOption = None,
) -> None:
    """暂停上传，到时自动恢复；录制不受影响 / pause the upload; it resumes by itself, recording goes on."""
    _order(home, "/pause", PauseRequest(minutes=minutes))


@app.command()
def resume(home: HomeOption = None) -> None:
    """恢复上传 / send again now."""
    _order(home, "/resume", None)


@app.command()
def limit(
    kbit: Annotated[str, typer.Argument(help="千比特每秒，或 off / kbit per second, or off")],
    home: HomeOption = None,
) -> None:
    """限制上传速度；off 取消 / limit the upload; off lifts it."""
    if kbit != "off" and not kbit.isdigit():
        raise BadInput(f"{kbit}: kbit/s, or off")
    _order(home, "/limit", LimitRequest(bytes_per_second=None if kbit == "off" else int(kbit) * 125))


@app.command()
def status(
    home: HomeOption = None,
    watch: Annotated[bool, typer.Option("--watch", help="持续显示 / keep showing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 / for programs")] = False,
) -> None:
    """本机真实状态 / what is true on this machine now."""
    from zhishi import statusscreen

    place = _home(home)
    if watch:
        statusscreen.watch(place)
    elif as_json:
        raise typer.Exit(0 if statusscreen.print_json(place) else 1)
    else:
        raise typer.Exit(0 if statusscreen.print_once(place) else 1)


@app.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="回执文件或缺失说明 / the receipt, or the statement of a loss")],
    key: Annotated[Path, typer.Option("--key", help="考务平台密钥文件 / the center's key file")],
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", help="面试记录文件夹 / a session's folder to hold against the receipt"),
    ] = None,
) -> None:
    """离线校验回执或缺失说明 / check a receipt or a loss statement offline: signature, chain and hashes."""
    from domain.loss import LossStatement
    from zhishi.verify import claims_as_json
    from zhishi.verify import verify as check

    verdict = check(receipt, key, evidence, typer.echo)
    typer.echo(claims_as_json(verdict.claims))
    for entry in verdict.absent:
        typer.echo(f"{entry.track.value}: 该文件夹中没有 / not in this folder (device {entry.device})")
    typer.echo("校验通过 / everything fits" if evidence else "签名校验通过 / the signature fits")
    if isinstance(verdict.claims, LossStatement):
        typer.echo("这是缺失说明，不是数据接收回执 / this states a loss, it is no receipt")


@app.command()
def doctor(
    center: CenterOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 / for programs")] = False,
    home: HomeOption = None,
    ca: CaOption = None,
) -> None:
    """自检：设备、磁盘、网络、后台程序，附服务码 / look at everything, and the code to read out."""
    from zhishi.doctor import examine, tell

    place = _home(home)
    settings = read_settings(place)
    report = examine(
        place,
        center or settings.center or None,
        os.environ,
        proxies=lambda address: proxies_from(os.environ, settings.proxy, settings.no_proxy).of(address),
        ca=trusted_file(place, ca or settings.ca_file),
    )
    tell(report, as_json=as_json)
    raise typer.Exit(0 if report.well else 1)


@rescue.command("export")
def rescue_export(
    to: Annotated[Path, typer.Option("--to", help="存到哪里，例如 U 盘 / where to, such as a USB stick")] = Path(),
    session: Annotated[str | None, typer.Option("--session", help="只要这一场 / this session only")] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="连同已经收到的 / also what the center holds already")
    ] = False,
    home: HomeOption = None,
) -> None:
    """把没有上传的视频加密写成离线数据包 / write what is unsent, encrypted, to be carried."""
    from rich.console import Console

    from zhishi.rescue import export

    raise typer.Exit(0 if export(_home(home), to, session, Console(), everything=everything) else 1)


@rescue.command("receipt")
def rescue_receipt(
    file: Annotated[Path, typer.Argument(help="带回来的回执 / the receipt that was carried back")],
    home: HomeOption = None,
) -> None:
    """没有网络也能确认：收下带回来的回执 / take a receipt that was carried back to this computer."""
    from zhishi.rescue import take_receipt

    typer.echo(take_receipt(_home(home), file))


def main(run: Callable[[], object] = app) -> None:
    """Entry point: an error of ours is told in words and ends with status 1. Files made are their owner's only."""
    os.umask(0o077)
    try:
        run()
    except ZhishiError as why:
        body = to_body(why)
        tail = f" ({why.detail})" if why.detail else ""
        sys.stderr.write(f"错误：{body.message_zh} / {body.message_en}{tail} [{body.code}]\n")
        sys.stderr.write(f"  → {body.hint_zh} / {body.hint_en}\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
