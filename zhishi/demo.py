"""``zhishi demo``: a whole interview in the candidate's own program, the network cut and syncd killed in the middle.

Tells its story through ``Teller``; every program is a real child process, the network between laptop and center is a
fault proxy. With a desktop the window opens and a person may click; what nobody clicks is pressed after a while. Not
needed in an interview: support's part (logging in by hand, moving the start) is played by ``zhishi.demodesk``.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import ServiceError, ZhishiError
from domain.status import LocalSessionState
from domain.wire.recorder import RecorderStatus, StopOrder
from domain.wire.syncd import SessionStatus, SyncStatus
from host.localapi import LocalClient
from host.paths import Home
from ui.displays import reachable
from ui.words import TITLES
from zhishi.demodesk import PERSON, DemoDesk
from zhishi.demoreport import Report, write_footage
from zhishi.faultproxy import FaultProxy, Mode
from zhishi.laptop import Laptop
from zhishi.pageclient import PageClient
from zhishi.programs import Program, await_words, start
from zhishi.stage import VirtualDesktop, talking_head_clip
from zhishi.verify import verify
from zhishi.walk import Walker

CONFIRM_S = 300.0
_POLL_S = 0.1
_START_S = 60.0
_STUCK_S = 300.0  # nothing moves before entering: a device check that blocks, and nobody there
_PATIENCE_S = 6.0  # in the window: so long a page waits for somebody
_WINDOW_LEAD_S = 15.0  # from entering to the start, in the window


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

    @property
    def lead_s(self) -> float:
        """From entering to the start: the questions are there before the network goes."""
        return min(6.0, max(1.5, self.cut_s / 2))


class Teller:
    """Who hears the story; the base tells nobody."""

    def say(self, zh: str, en: str) -> None:
        """Something happened."""

    def show(self, sync: SyncStatus | None, recorder: RecorderStatus | None) -> None:
        """What is true now."""


def run_demo(plan: DemoPlan, environ: Mapping[str, str], teller: Teller) -> Report:
    """Play the demo; the report tells what really happened. Raises ZhishiError when a part cannot be had."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    logs = plan.folder / "logs"
    logs.mkdir(exist_ok=True)
    with ExitStack() as stack:
        windowed = has_desktop(plan, environ, teller)
        devices: dict[str, str] = {} if windowed else stack.enter_context(VirtualDesktop(environ)).environ
        desk = DemoDesk(plan.folder / "center")
        desk.hold(plan.duration_s)
        center = _start_center(stack, plan, dict(environ), logs)
        proxy = stack.enter_context(FaultProxy(("127.0.0.1", int(center.rpartition(":")[2]))))
        laptop = Laptop(Home(plan.folder / "laptop").prepare())
        stack.callback(laptop.end)
        program, pages = _open(stack, plan, proxy.url, {**environ, **devices}, windowed=windowed)
        show = _Show(plan, teller, desk, laptop, proxy, program, pages, windowed)
        show.enter()
        show.play()
        show.end()
        status, took = show.confirmed()
        return _report(plan, laptop, status, took, teller)


def has_desktop(plan: DemoPlan, environ: Mapping[str, str], teller: Teller) -> bool:
    """Whether the window opens on this machine's own desktop; says so when it does not."""
    if plan.headless:
        teller.say("按要求不开窗口：使用虚拟屏幕与麦克风", "no window, as asked: a virtual screen and microphone")
        return False
    if sys.platform == "linux" and not reachable(environ.get("DISPLAY", "")):
        teller.say(
            "没有找到桌面，不开窗口：使用虚拟屏幕与麦克风，各环节自动进行",
            "no desktop found, so no window: a virtual screen and microphone, and the stages go by themselves",
        )
        return False
    return True


def _start_center(stack: ExitStack, plan: DemoPlan, environ: dict[str, str], logs: Path) -> str:
    ready = plan.folder / "center-url"
    arguments = ["--data", str(plan.folder / "center"), "--port", "0", "--ready-file", str(ready)]
    program = start("center", arguments, environ, logs)
    stack.callback(program.stop)
    return await_words(ready, program)


def _open(
    stack: ExitStack, plan: DemoPlan, center: str, environ: dict[str, str], *, windowed: bool
) -> tuple[Program, PageClient]:
    """The candidate's program, and its pages as a second browser sees them."""
    ready = plan.folder / "pages-url"
    home = plan.folder / "laptop"
    arguments = ["--center", center, "--home", str(home), "--ready-file", str(ready)]
    arguments += [] if windowed else ["--no-window", "--no-browser"]
    arguments += [f"--practice-login={PERSON.project}/{PERSON.number}/{PERSON.id_number}"]
    # never chosen while there is a true camera or microphone
    stand_ins = ("--stand-in", str(talking_head_clip()), "--monitor-as-microphone")
    arguments += [f"--recorder-option={option}" for option in stand_ins]
    if windowed and sys.platform == "linux" and os.geteuid() == 0:
        environ = {**environ, "QTWEBENGINE_DISABLE_SANDBOX": "1"}  # as root the window's sandbox refuses to start
    program = start("ui", arguments, environ, plan.folder / "logs")
    stack.callback(program.stop)
    pages = PageClient(await_words(ready, program))
    ready.unlink()
    stack.callback(pages.close)
    return program, pages


@dataclass(slots=True)
class _Show:
    """The interview while it is played."""

    plan: DemoPlan
    teller: Teller
    desk: DemoDesk
    laptop: Laptop
    proxy: FaultProxy
    program: Program
    pages: PageClient
    windowed: bool
    walker: Walker = field(init=False)
    stage: str = ""
    closed: bool = False  # the person closed the window

    def __post_init__(self) -> None:
        self.walker = Walker(self.pages, PERSON, _PATIENCE_S if self.windowed else 0.0)
        if self.windowed:
            self.teller.say(
                f"窗口已打开，您可以自己点击；{_PATIENCE_S:.0f} 秒没有人点击，演示会替您点下一步",
                f"the window is open: click through it; after {_PATIENCE_S:.0f} s without a click the demo goes on",
            )
        self.teller.say(
            "示例考生的照片不是您本人：人脸不比对，由演示中的技术服务人员放行登录",
            "the sample candidate's photo is not yours: no face is compared, support in this demo logs you in",
        )

    def enter(self) -> None:
        """From the device check to entering; then the desk moves the start close."""
        deadline = time.monotonic() + _STUCK_S
        while self.stage not in ("confirm", "answering"):
            if self._step():
                deadline = time.monotonic() + _STUCK_S
            if self.closed or time.monotonic() > deadline:
                raise ServiceError(f"未进入考试 / not entered: {self._obstacle()}")
        lead_s = _WINDOW_LEAD_S if self.windowed else self.plan.lead_s
        self._until(self.laptop.recording, _START_S, "recording")
        self.desk.start_in(lead_s)
        self.pages.must("refresh")
        self.teller.say(
            f"开始录制并实时上传；{lead_s:.0f} 秒后开考", f"recording and uploading; {lead_s:.0f} s to the start"
        )

    def play(self) -> None:
        """The minutes of recording: cut, kill, mend."""
        began = time.monotonic() + (_WINDOW_LEAD_S if self.windowed else 0.0)
        acts = self._acts()
        while (now := time.monotonic() - began) < self.plan.duration_s or acts or self.walker.touched:
            while acts and acts[0][0] <= now:
                acts.pop(0)[1]()
            self._step()
            if self.stage == "end" and (self.closed or not acts):
                return
            if self.windowed and now > self.plan.duration_s + CONFIRM_S:
                return

    def end(self) -> None:
        """End it, unless the person or the time did."""
        self.proxy.switch(Mode.PASS)
        if self.stage != "end":
            if self.closed:
                LocalClient(self.laptop.home, "recorder", 60.0).post("/stop", StopOrder(end=True), RecorderStatus)
            else:
                self.pages.must("end")
        self.teller.say("面试结束，录制停止，等待全部上传并校验", "ended; waiting until everything is verified")

    def confirmed(self) -> tuple[SessionStatus, float]:
        """Watch until the receipt is here, and the seconds it took; after ``CONFIRM_S`` what is true then."""
        began = time.monotonic()
        last: SessionStatus | None = None
        while time.monotonic() < began + CONFIRM_S:
            self._step(0.05)
            last = self.laptop.session() or last
            if last is not None and last.state == LocalSessionState.CONFIRMED:
                took = time.monotonic() - began
                if self.windowed and not self.closed:
                    self.pages.wait(lambda state: state["page"].get("receipt"), 10.0)
                    self._linger()
                return last, took
        if last is None:
            raise ServiceError("syncd knows nothing of the session")
        return last, time.monotonic() - began

    def _linger(self) -> None:
        """The receipt is on the screen: time to look at it."""
        self.teller.say(
            "回执已显示在窗口中，看完可关闭窗口", "the receipt is in the window; close it when you have seen it"
        )
        deadline = time.monotonic() + (60.0 if self.walker.touched else _PATIENCE_S)
        while self.program.alive and time.monotonic() < deadline:
            time.sleep(_POLL_S)

    def _acts(self) -> list[tuple[float, Callable[[], None]]]:
        plan, say = self.plan, self.teller.say

        def cut() -> None:
            self.proxy.switch(Mode.REFUSE)
            say("网络中断：录制和答题继续", "network cut: recording and answering go on")

        def kill() -> None:
            before = self.laptop.kill("syncd")
            say("同步程序被强行结束 (kill -9)", "syncd killed with -9")
            self._until(lambda: self.laptop.pid("syncd") not in (None, before), _START_S, "syncd")
            self._until(lambda: self.laptop.sync() is not None, _START_S, "syncd")
            say("窗口已重新启动同步程序，从本机记录恢复队列", "the window started syncd again; it found its queue")

        def mend() -> None:
            self.proxy.switch(Mode.PASS)
            say("网络恢复：积压的片段开始上传", "network back: the backlog drains")

        if plan.outage_s <= 0:
            return []
        return [(plan.cut_s, cut), (plan.kill_s, kill), (plan.cut_s + plan.outage_s, mend)]

    def _step(self, pause_s: float = _POLL_S) -> bool:
        """A moment: support does its part, the walker its own, the screen is told. True when the stage is new."""
        self.teller.show(self.laptop.sync(), self.laptop.recorder())
        time.sleep(pause_s)
        if not self.program.alive:
            self._window_gone()
            return False
        state = self.pages.state
        if not state:
            return False
        self._support(state)
        self.walker.step()
        if state["stage"] == self.stage:
            return False
        self.stage = state["stage"]
        title = next(words for stage, words in TITLES.items() if stage.value == self.stage)
        self.teller.say(f"环节：{title.zh}", f"stage: {title.en}")
        return True

    def _support(self, state: Mapping[str, Any]) -> None:
        page = state["page"]
        if page["kind"] == "login" and page["asked_support"] and self.desk.admit(page["number"]):
            self.teller.say("技术服务人员（演示）已放行登录", "support (played by the demo) logged the candidate in")

    def _window_gone(self) -> None:
        if self.closed:
            return
        if not self.windowed or self.program.process.returncode:
            self.program.must_live()
        self.closed = True
        self.teller.say("窗口已关闭，后台继续上传", "the window was closed; the upload goes on")
        if self.laptop.recording():
            self.stage = "answering"

    def _until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline or self.closed:
                raise ServiceError(f"{what}: {self._obstacle() or f'not there after {seconds:.0f} s'}")
            self._step()

    def _obstacle(self) -> str:
        """What the page says stands in the way."""
        if self.closed:
            return "窗口已关闭 / the window was closed"
        state = self.pages.state
        page = state.get("page", {})
        error = state.get("error") or {}
        told = [page.get("why_not_zh"), page.get("why_not_en"), error.get("message_zh"), error.get("detail")]
        return " / ".join(str(word) for word in told if word)


def _report(plan: DemoPlan, laptop: Laptop, status: SessionStatus, took: float, teller: Teller) -> Report:
    evidence = laptop.home.spool / "sessions" / status.session
    report = Report.read(laptop.home, status, took, evidence)
    if report.confirmed and report.receipt and report.center_key:
        verdict = verify(Path(report.receipt), Path(report.center_key), evidence)
        report.count_verified(verdict.receipt)
        teller.say(
            f"回执离线校验通过：{verdict.links} 环，{verdict.bytes} 字节",
            f"receipt checked offline: {verdict.links} links, {verdict.bytes} bytes",
        )
    report.footage = write_footage(laptop.home, status.session, plan.folder / "footage")
    return report


def demo_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for child programs: everything but another home and another center."""
    return {key: value for key, value in environ.items() if key not in ("ZHISHI_HOME", "ZHISHI_CENTER")}


def remove_old(folder: Path) -> None:
    """Make room for a demo in ``folder``: only a folder that an earlier demo made is removed."""
    if folder.exists():
        if not (folder / "laptop").is_dir() and any(folder.iterdir()):
            raise ZhishiError(f"{folder} is not empty and not a demo's")
        shutil.rmtree(folder)
