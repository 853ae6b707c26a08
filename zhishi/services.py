"""``zhishi service …``: syncd as a background service of this user. Composition of ``syncd.service``."""

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.errors import BadInput, NotRunning, ServiceManagerFailed
from host.instance import find
from host.localapi import LocalClient
from host.logs import log_path, parse_line, read_lines
from host.ownprogram import PACKED, own_command
from host.paths import Home
from host.settings import read_settings, settings_path

if TYPE_CHECKING:
    from syncd.service.program import Program, ServiceManager

services = typer.Typer(help="后台服务 / the sync daemon as a background service", no_args_is_help=True)
HomeOption = Annotated[Path | None, typer.Option("--home", help="数据目录 / where everything of this user lies")]
_QUIT_S = 20.0
_LOOK_S = 0.5


def program_here(home: Home) -> "Program":
    """syncd of ``home`` as a service would run it."""
    from syncd.service.program import program_of

    needed = {} if PACKED else {name: os.environ[name] for name in ("PYTHONPATH",) if os.environ.get(name)}
    return program_of(home, Home.locate({}), own_command(), needed)


def manager_here(home: Home) -> "ServiceManager":
    """This system's service manager, for ``home``."""
    from syncd.service.choice import choose

    return choose(program_here(home), os.environ)


def starter_here(home: Home) -> tuple[str, ...]:
    """The command that starts the installed service of ``home``; empty without one."""
    return manager_here(home).starter()


@services.command()
def install(home: HomeOption = None) -> None:
    """安装并启动；再次执行即升级 / install and start; again after an upgrade."""
    place = _home(home)
    manager = manager_here(place)
    if not manager.state().running:
        _let_go(place)
    advice = manager.install()
    state = manager.state()
    typer.echo(f"已安装并运行 / installed and running: {state.file} {state.words}")
    for line in [*advice, *_proxy_advice(place)]:
        typer.echo(f"  {line}")


@services.command()
def uninstall(home: HomeOption = None) -> None:
    """卸载；有数据须保留时会拒绝 / remove; refused while evidence is unsent or must stay."""
    from syncd.service.leave import check_leave

    place = _home(home)
    check_leave(place)
    manager_here(place).uninstall()
    typer.echo("已卸载后台服务；录像与回执未动 / the service is removed; recordings and receipts are untouched")


@services.command()
def status(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 / for programs")] = False,
) -> None:
    """安装、运行与自启动情况 / installed, running, starting by itself."""
    place = _home(home)
    state = manager_here(place).state()
    running = find(place, "syncd")
    if as_json:
        told = {
            "installed": state.installed,
            "running": state.running,
            "starts_alone": state.starts_alone,
            "file": str(state.file) if state.file else None,
            "words": state.words,
            "pid": running.pid if running else None,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{'已安装 installed' if state.installed else '未安装 not installed'}  {state.file or ''}")
        typer.echo(f"服务管理程序 manager: {state.words or '–'}")
        typer.echo(f"同步程序 syncd: {f'运行中 running, pid {running.pid}' if running else '未运行 not running'}")
        if state.starts_alone is not None:
            alone = "开机即运行 from boot on" if state.starts_alone else "登录后运行 from login on"
            typer.echo(f"自启动 starts: {alone}" if state.installed else "自启动 starts: 否 no")
        typer.echo(f"日志 log: {log_path(place, 'syncd')}")
    raise typer.Exit(0 if state.installed and running else 1)


@services.command()
def logs(
    home: HomeOption = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="最近几行 / how many of the newest")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="持续显示 / keep showing")] = False,
    of: Annotated[str, typer.Option("--of", help="syncd, recorder, ui")] = "syncd",
    as_json: Annotated[bool, typer.Option("--json", help="原样 / as written")] = False,
) -> None:
    """查看日志，不含口令 / the log, which holds no secrets."""
    if of not in ("syncd", "recorder", "ui"):
        raise BadInput(f"--of {of}: syncd, recorder, ui")
    place = _home(home)
    for line in read_lines(place, of, lines):
        typer.echo(json.dumps(line, ensure_ascii=False) if as_json else spoken(line))
    if follow:
        _follow(log_path(place, of), as_json)


def spoken(line: dict[str, object]) -> str:
    """One line of a log for a person."""
    facts = line.get("facts")
    named = " ".join(f"{name}={value}" for name, value in facts.items()) if isinstance(facts, dict) else ""
    head = " ".join(str(line.get(part) or "-") for part in ("at", "level", "from"))
    trace = f"\n{line['trace']}" if line.get("trace") else ""
    return f"{head}: {line.get('event', '')}{f' [{named}]' if named else ''}{trace}"


def _home(given: Path | None) -> Home:
    return (Home(given.absolute()) if given else Home.locate(os.environ)).prepare()


def _proxy_advice(home: Home) -> list[str]:
    """A service does not see this terminal's variables."""
    named = [name for name in os.environ if name.lower() in ("https_proxy", "http_proxy", "all_proxy")]
    if not named or read_settings(home).proxy:
        return []
    return [
        f"服务看不到本终端的 {named[0]}；如需代理，请写入 / the service does not see {named[0]} of this terminal; "
        f"where a proxy is needed, write it into {settings_path(home)}"
    ]


def _let_go(home: Home) -> None:
    """A syncd that somebody else started makes room for the service; what it was sending goes on at the byte."""
    try:
        LocalClient(home, "syncd").fetch("POST", "/quit")
    except NotRunning:
        return
    deadline = time.monotonic() + _QUIT_S
    while find(home, "syncd") is not None:
        if time.monotonic() > deadline:
            raise ServiceManagerFailed(f"the running syncd did not end within {_QUIT_S:.0f} s")
        time.sleep(0.1)


def _follow(path: Path, as_json: bool) -> None:
    """Print what is added, also across a rotation, until interrupted."""
    file = path.open(encoding="utf-8", errors="replace")
    file.seek(0, os.SEEK_END)
    held = ""
    while True:
        while piece := file.readline():
            held += piece
            if held.endswith("\n"):
                typer.echo(held.rstrip() if as_json else spoken(parse_line(held)))
                held = ""
        try:
            rotated = path.stat().st_ino != os.fstat(file.fileno()).st_ino
        except FileNotFoundError:
            rotated = False  # between two names: look again
        if rotated:
            file.close()
            file = path.open(encoding="utf-8", errors="replace")
        else:
            time.sleep(_LOOK_S)
