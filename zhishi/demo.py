"""``zhishi demo``: the whole way on real input, with the network cut and the sync daemon killed in the middle.

Tells its story through ``Teller``; the other programs are real child processes, the network between laptop and center
is a fault proxy. Nothing here is needed in an interview.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from domain.errors import NotRunning, ServiceError, ZhishiError
from domain.status import LocalSessionState
from domain.wire.recorder import CaptureOrder, DevicesAnswer, RecorderStatus, StopOrder
from domain.wire.syncd import EnrolReply, EnrolRequest, SessionStatus, SyncStatus
from host.localapi import LocalClient
from host.paths import Home
from zhishi.demoreport import Report, write_footage
from zhishi.faultproxy import FaultProxy, Mode
from zhishi.interviews import open_interview
from zhishi.programs import Program, start
from zhishi.stage import VirtualDesktop, talking_head_clip
from zhishi.verify import verify

CONFIRM_S = 300.0
_POLL_S = 0.25
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """How long to record and to cut the network (seconds), and where everything is kept."""

    folder: Path
    duration_s: float
    outage_s: float
    headless: bool

    @property
    def cut_s(self) -> float:
        """The network goes after this much of the recording."""
        return max(1.0, (self.duration_s - self.outage_s) / 3)

    @property
    def kill_s(self) -> float:
        """syncd is killed in the middle of the outage."""
        return self.cut_s + self.outage_s / 2


class Teller:
    """Who hears the story; the base tells nobody."""

    def say(self, zh: str, en: str) -> None:
        """Something happened."""

    def show(self, sync: SyncStatus | None, recorder: RecorderStatus | None) -> None:
        """What is true now."""


@dataclass(slots=True)
class _Laptop:
    home: Home
    environ: dict[str, str]
    logs: Path
    programs: dict[str, Program] = field(default_factory=dict)

    def start(self, name: str, arguments: list[str]) -> None:
        self.programs[name] = start(name, arguments, self.environ, self.logs)
        client = LocalClient(self.home, name)
        kind = RecorderStatus if name == "recorder" else SyncStatus
        _await(lambda: _quiet(lambda: client.get("/status", kind)), 30.0, name, self.programs[name])

    def stop(self) -> None:
        for program in self.programs.values():
            program.stop()

    def sync(self) -> SyncStatus | None:
        return _quiet(lambda: LocalClient(self.home, "syncd").get("/status", SyncStatus))

    def recorder(self) -> RecorderStatus | None:
        return _quiet(lambda: LocalClient(self.home, "recorder").get("/status", RecorderStatus))


def run_demo(plan: DemoPlan, environ: Mapping[str, str], teller: Teller) -> Report:
    """Play the demo; the report tells what really happened. Raises ZhishiError when a part cannot be had."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    logs = plan.folder / "logs"
    logs.mkdir(exist_ok=True)
    with ExitStack() as stack:
        virtual = plan.headless or not environ.get("DISPLAY")
        devices: dict[str, str] = {}
        if virtual:
            teller.say(
                "没有使用真实桌面：建立虚拟屏幕与麦克风",
                "No desktop used: setting up a virtual screen and microphone",
            )
            devices = stack.enter_context(VirtualDesktop(environ)).environ
        center = _start_center(stack, plan, dict(environ), logs)
        proxy = stack.enter_context(FaultProxy(("127.0.0.1", int(center.rpartition(":")[2]))))
        home = Home(plan.folder / "laptop").prepare()
        laptop = _Laptop(home, {**environ, **devices, "ZHISHI_HOME": str(home.root)}, logs)
        stack.callback(laptop.stop)
        code = open_interview(plan.folder / "center", minutes=(plan.duration_s + CONFIRM_S) / 60)
        laptop.start("syncd", [])
        session = (
            LocalClient(home, "syncd", 30.0)
            .post("/enrol", EnrolRequest(center=proxy.url, code=code), EnrolReply)
            .session
        )
        teller.say(f"已登记，面试记录 {session}", f"enrolled, session {session}")
        laptop.start("recorder", _stand_ins(virtual))
        _tell_devices(laptop, teller)
        began = time.monotonic()
        LocalClient(home, "recorder", 30.0).post("/record", CaptureOrder(session=session), RecorderStatus)
        teller.say("开始录制并实时上传", "recording and uploading")
        _play(plan, laptop, proxy, teller, began)
        LocalClient(home, "recorder", 60.0).post("/stop", StopOrder(end=True), RecorderStatus)
        ended = time.monotonic()
        teller.say("面试结束，录制已停止，等待全部上传并校验", "ended; waiting until everything is verified")
        status = _confirmed(laptop, session, teller)
        took = time.monotonic() - ended
        return _report(plan, laptop, status, took, teller)


def _start_center(stack: ExitStack, plan: DemoPlan, environ: dict[str, str], logs: Path) -> str:
    ready = plan.folder / "center-url"
    arguments = ["--data", str(plan.folder / "center"), "--port", "0", "--ready-file", str(ready)]
    program = start("center", arguments, environ, logs)
    stack.callback(program.stop)
    return _await(lambda: ready.exists() and ready.read_text().strip(), 60.0, "center", program)


def _stand_ins(virtual: bool) -> list[str]:
    arguments = ["--stand-in", str(talking_head_clip())]
    return [*arguments, "--monitor-as-microphone"] if virtual else arguments


def _tell_devices(laptop: _Laptop, teller: Teller) -> None:
    for device in LocalClient(laptop.home, "recorder", 30.0).get("/devices", DevicesAnswer).devices:
        if device.usable:
            teller.say(f"设备 {device.name}", f"{device.kind} from {device.source}")


def _play(plan: DemoPlan, laptop: _Laptop, proxy: FaultProxy, teller: Teller, began: float) -> None:
    """The minutes of recording: cut, kill, restart, mend."""
    acts: list[tuple[float, Callable[[], None]]] = []

    def cut() -> None:
        proxy.switch(Mode.REFUSE)
        teller.say("网络中断：录制继续", "network cut: recording goes on")

    def kill() -> None:
        laptop.programs["syncd"].kill()
        teller.say("同步程序被强行结束 (kill -9)", "syncd killed with -9")

    def revive() -> None:
        laptop.start("syncd", [])
        teller.say("同步程序已重新启动，从本机记录恢复队列", "syncd started again and found its queue")

    def mend() -> None:
        proxy.switch(Mode.PASS)
        teller.say("网络恢复：积压的片段开始上传", "network back: the backlog drains")

    if plan.outage_s > 0:
        acts = [
            (plan.cut_s, cut),
            (plan.kill_s, kill),
            (plan.kill_s + 1, revive),
            (plan.cut_s + plan.outage_s, mend),
        ]
    while (now := time.monotonic() - began) < plan.duration_s or acts:
        while acts and acts[0][0] <= now:
            acts.pop(0)[1]()
        laptop.programs["recorder"].must_live()
        teller.show(laptop.sync(), laptop.recorder())
        time.sleep(_POLL_S)


def _confirmed(laptop: _Laptop, session: str, teller: Teller) -> SessionStatus:
    """Watch until the receipt is here; after ``CONFIRM_S`` what is true then is the answer."""
    deadline = time.monotonic() + CONFIRM_S
    last: SessionStatus | None = None
    while time.monotonic() < deadline:
        laptop.programs["syncd"].must_live()
        sync = laptop.sync()
        teller.show(sync, laptop.recorder())
        last = next((s for s in sync.sessions if s.session == session), last) if sync else last
        if last is not None and last.state == LocalSessionState.CONFIRMED:
            return last
        time.sleep(0.05)
    if last is None:
        raise ServiceError("syncd knows nothing of the session")
    return last


def _report(plan: DemoPlan, laptop: _Laptop, status: SessionStatus, took: float, teller: Teller) -> Report:
    evidence = laptop.home.spool / "sessions" / status.session
    report = Report.read(laptop.home, status, took, evidence)
    if report.confirmed and report.receipt and report.center_key:
        verdict = verify(Path(report.receipt), Path(report.center_key), evidence)
        report.verified_segments = sum(entry.summary.segments for entry in verdict.receipt.tracks)
        teller.say(
            f"回执离线校验通过：{verdict.links} 环，{verdict.bytes} 字节",
            f"receipt checked offline: {verdict.links} links, {verdict.bytes} bytes",
        )
    report.footage = write_footage(laptop.home, status.session, plan.folder / "footage")
    return report


def _quiet(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except NotRunning:
        return None


def _await(condition: Callable[[], T | bool | None], seconds: float, what: str, program: Program) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found  # type: ignore[return-value]
        program.must_live()
        time.sleep(0.05)
    raise ServiceError(f"{what}: not ready within {seconds:.0f} s: {program.last_words()}")


def demo_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for child programs: everything but another home."""
    return {key: value for key, value in environ.items() if key != "ZHISHI_HOME"}


def remove_old(folder: Path) -> None:
    """Make room for a demo in ``folder``: only a folder that an earlier demo made is removed."""
    if folder.exists():
        if not (folder / "laptop").is_dir() and any(folder.iterdir()):
            raise ZhishiError(f"{folder} is not empty and not a demo's")
        shutil.rmtree(folder)
