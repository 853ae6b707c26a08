"""The session flow at work: the loops that follow time and facts, and the conductor of the pages.

Nothing stores the stage: after any kill the same one comes out. Moves that nobody orders happen here: the time is up,
the center ended the session, the questions must go.
"""

import contextlib
import random
import threading
from collections.abc import Callable

from domain.errors import BadInput, ZhishiError
from domain.stage import Stage
from domain.status import RecorderMode
from host.centertime import CenterTime
from host.paths import Home
from ui import pageorders as orders
from ui.actions import Actions, finish
from ui.config import UiConfig
from ui.knowing import known
from ui.pageserver import Document
from ui.pagestate import Notice, PageState
from ui.parts import make_parts
from ui.view import page_state

_STEP_S = 1.0
_LIVELY_S = 0.25  # where a level is shown
_REHEARSE_AGAIN_S = 3.0
_MAKE_WAY_S = 5.0
_RESEND_MS = 5_000  # an unchanged state is told again, so that clocks on pages do not drift
_LIVELY = (Stage.DEVICES, Stage.CONFIRM)


class Flow:
    """The conductor of the pages (``ui.pageserver.Conductor``)."""

    def __init__(self, home: Home, config: UiConfig, center_time: CenterTime, chance: random.Random) -> None:
        self.parts = make_parts(home, config, center_time, chance, self.wake)
        self.interview = self.parts.interview
        self._actions = Actions(self.parts)
        self._practice, self._rehearse = config.practice, config.rehearse
        self._refused: ZhishiError | None = None  # why the rehearsal that was asked for does not begin
        self._publish: Callable[[], None] = lambda: None
        self._close_window: Callable[[], None] = lambda: None
        self._turn = threading.Lock()  # one order at a time
        self._wake = threading.Event()
        self._drive_now = threading.Event()
        self._looked_at = threading.Event()
        self._stopping = False
        self._closing = False
        self._syncd_started = False
        self._stage: Stage | None = None
        self._newest: tuple[int, bytes] = (0, b"{}")
        self._told: tuple[str, int] = ("", 0)
        self._error: ZhishiError | None = None
        self._notices: tuple[Notice, ...] = ()
        self._thread = threading.Thread(target=self._serve, name="flow", daemon=True)
        self._driver = threading.Thread(target=self._drive, name="recording", daemon=True)

    def start(self, publish: Callable[[], None], close_window: Callable[[], None]) -> None:
        """Begin; ``publish`` is called when ``newest`` is new, ``close_window`` when the window may go."""
        self._publish, self._close_window = publish, close_window
        if self._practice is not None and self.interview.facts.granted is None:
            self.interview.store.put(practice=self._practice)
        self._make_state()
        if self._rehearse:
            threading.Thread(target=self._begin_rehearsal, name="rehearsal", daemon=True).start()
        self._thread.start()
        self._driver.start()
        self.parts.watch.start()
        self.parts.liaison.start()

    def stop(self) -> None:
        """The window closes. syncd goes on, and so does a recording; a recorder that only monitors ends."""
        self._stopping = True
        self._wake.set()
        self._looked_at.set()
        self._drive_now.set()
        for part in (self.parts.login, self.parts.watch, self.parts.liaison, self.parts.preview):
            part.stop()
        self._thread.join(10)
        self._driver.join(40)
        self.parts.throughput.wanted(now=False)
        self.interview.chronicle.close()
        if self.parts.recording.mode in (RecorderMode.MONITOR, RecorderMode.IDLE):
            with contextlib.suppress(ZhishiError):  # it is gone already
                self.parts.recorder.fetch("POST", "/quit")

    def wake(self) -> None:
        """There may be something new to show."""
        self._wake.set()

    # -- what pages read and order ---------------------------------------------------------------------------------

    def newest(self) -> tuple[int, bytes]:
        """Number and JSON of the newest PageState."""
        return self._newest

    def state(self) -> PageState:
        """The state at this moment."""
        error = self._error or self._refused
        return page_state(known(self.parts, closing=self._closing, error=error, notices=self._notices))

    def looked_at(self) -> None:
        """A page is there."""
        self._looked_at.set()

    def picture(self, after: int) -> tuple[int, bytes] | None:
        """The newest preview picture."""
        return self.parts.preview.picture(after)

    def document(self, name: str, key: str) -> Document:
        """An attachment or the test recording. Raises BadInput when there is none."""
        if name == "testclip":
            return Document(self.parts.recording.trial_webm(), "video/webm")
        view = self.interview.facts.view
        found = next((one for one in view.attachments if one.id == key), None) if view is not None else None
        if found is None:
            raise BadInput(f"附件 {key[:40]} 不存在 / no such attachment")
        kind = f"{found.media_type}; charset=utf-8" if found.media_type.startswith("text/") else found.media_type
        return Document(self.parts.papers.read(found), kind)

    def do(self, order: orders.AnyOrder) -> None:
        """Carry out ``order``. Raises the error the page shall show."""
        if isinstance(order, orders.Note):  # never waits for another order
            self.interview.happened(order.kind, {"stage": self.interview.stage().value})
        elif isinstance(order, orders.Turned):
            self.interview.happened("question_on_screen", {"number": order.number})
        elif isinstance(order, orders.Plain) and order.action in ("close", "close_anyway", "stay"):
            self._window(order.action)
        else:
            with self._turn:
                self._actions.do(order)
        self._drive_now.set()
        self.wake()

    # -- the window --------------------------------------------------------------------------------------------------

    def ask_close(self) -> bool:
        """The window's close button: True when it may go at once; else the pages ask and explain."""
        if self._closing or self.parts.harmless():
            return True
        self._closing = True
        self.interview.happened("close_asked", tell=None)
        self.wake()
        return False

    def no_window(self, why: ZhishiError) -> None:
        """The pages are in a browser: say so, and what is missing."""
        zh, en = f"{why.message.zh}（{why.detail}）。", f"{why.message.en} ({why.detail})."
        self._notices = (Notice(id="window", level="info", zh=zh, en=en),)
        self.interview.happened("no_window", {"missing": why.detail}, tell=None)
        self.wake()

    def may_print(self) -> bool:
        """Only the receipt is ever printed."""
        return self.interview.stage() is Stage.END and self.parts.syncing.receipt is not None

    def printed(self, pdf: bytes) -> None:
        """The window printed the receipt; empty: it could not."""
        with contextlib.suppress(BadInput):  # the receipt was put away meanwhile
            self.parts.keepsakes.print(pdf, self.parts.syncing.receipt_name("pdf"))
        self.wake()

    def allow_close(self) -> None:
        """The window closes, whatever is unsent: syncd goes on with it."""
        self._closing = True

    def _window(self, action: str) -> None:
        if action == "stay":
            self._closing = False
        elif action == "close_anyway" or self.ask_close():
            self.interview.happened("window_closed", {"unsent": not self.parts.harmless()})
            self._closing = True
            self._close_window()

    # -- loops -------------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._stopping:
            self._wake.clear()
            stage = self.interview.stage()
            try:
                self._look(stage)
                self._follow(stage)
                self._make_state()
                self._error = None
            except ZhishiError as why:  # the disk refuses: tried again in a second
                self._error = why
            self._wake.wait(_LIVELY_S if stage in _LIVELY else _STEP_S)

    def _begin_rehearsal(self) -> None:
        """Asked for at the start: tried until the center answers, unless there is an interview to go on with."""
        pause = threading.Event()
        while not self._stopping and self.interview.facts.granted is None and self.interview.facts.practice is None:
            try:
                self.do(orders.Plain(action="rehearse"))
                self._refused = None
            except ZhishiError as why:
                self._refused = why
                if not why.retryable:
                    return
                self.wake()
                pause.wait(_REHEARSE_AGAIN_S)

    def _drive(self) -> None:
        """The recorder's own thread: an order to it may take seconds, and nothing waits for it.

        Before anybody has logged in, the recorder and syncd make way for the window: on two processors they would
        keep it from the screen for another second (``window-start``).
        """
        if self.interview.facts.granted is None:
            self._looked_at.wait(_MAKE_WAY_S)
        while not self._stopping:
            self._drive_now.clear()
            stage = self.interview.stage()
            if stage is Stage.END:
                self.interview.chronicle.end()  # before the recorder stops: syncd then closes at once
            recording = self.parts.recording
            recording.step(stage, self.interview.facts, looking=stage in _LIVELY)
            self.parts.watch.note_captures(recording.status)
            if recording.trial.state == "recording":
                self.parts.watch.measure_cpu()
            self._start_syncd()
            self._drive_now.wait(_STEP_S)

    def _start_syncd(self) -> None:
        """Once, and early: there may be unsent evidence of an earlier interview, and logging in waits for it."""
        if not self._syncd_started:
            try:
                self.parts.launcher.ensure("syncd")
                self._syncd_started = True
            except ZhishiError as why:
                self._error = why

    def _look(self, stage: Stage) -> None:
        self.interview.chronicle.tend(self.interview.facts.session)
        if stage in _LIVELY:
            self.parts.recording.look()
            status = self.parts.recording.status
            self.parts.watch.heard(status.level_db if status is not None else None)
        self.parts.syncing.look()
        self.parts.throughput.wanted(now=stage is Stage.DEVICES and self.parts.liaison.online is True)

    def _follow(self, stage: Stage) -> None:
        if stage is not self._stage:
            self.interview.happened("stage", {"stage": stage.value})
            self._stage = stage
            self._drive_now.set()
        if self.parts.cutter.step(arrived=self.parts.syncing.arrived):
            self.parts.liaison.wake()
        if stage is not Stage.END:
            return
        facts = self.interview.facts
        if facts.ended_ms is None:
            center_ended = facts.view is not None and facts.view.state.facts.ended_ms is not None
            finish(self.parts, "center" if center_ended else "time")
        if not facts.wiped:
            self.parts.vault.wipe()
            self.interview.happened("questions_wiped", tell=None, wiped=True)
        if self.parts.recording.mode in (None, RecorderMode.IDLE):
            self.parts.syncing.close_session()

    def _make_state(self) -> None:
        """Publish when something a page shows has changed, the clock aside, or when it is time to tell again."""
        state = self.state()
        same = state.model_copy(update={"top": state.top.model_copy(update={"center_ms": 0})}).model_dump_json()
        before, at_ms = self._told
        boot_ms = self.interview.time.clock.boot_ns() // 1_000_000
        if same == before and boot_ms - at_ms < _RESEND_MS:
            return
        self._told = (same, boot_ms)
        self._newest = (self._newest[0] + 1, state.model_dump_json().encode())
        self._publish()
