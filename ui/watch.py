"""What this machine is like now: readings for the device page, and the integrity notes of an interview.

Owns one thread that looks at disk, power, displays, listed programs and clocks. Notes say what was seen, in plain
words and without judging anybody; people decide what it means.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import psutil

from domain.errors import DeviceError, NotRunning, ServiceError, ZhishiError
from domain.room import BEFORE_AND_AFTER_S, USUAL_ANSWER_S
from domain.stage import Stage
from domain.wire.recorder import RecorderStatus
from host.awake import Inhibitor
from host.machine import disk_free
from ui import displays, foreign
from ui.devicecheck import Readings
from ui.interview import Interview
from ui.recording import Recording

_CLOSE_S = 2.0  # on the device page
_LOOSE_S = 10.0  # later
_STEP_MS = 2_000  # a clock that moved, or sleep
_LATE_MS = 5_000  # woken so much too late: this program was stopped, or the machine was
_VIRTUAL_CAMERAS = (
    "obs virtual",
    "virtual camera",
    "manycam",
    "droidcam",
    "v4l2loopback",
    "dummy video",
    "snap camera",
)


class Watch:
    """``changed`` is told after each look. Readings are replaced whole: any thread may read them."""

    def __init__(
        self,
        interview: Interview,
        recording: Recording,
        display: str,
        hold: Inhibitor,
        changed: Callable[[], None],
    ) -> None:
        self._interview = interview
        self._recording = recording
        self._display = display
        self._hold = hold
        self._awake: bool | None = None
        self._changed = changed
        self._known = foreign.listed()
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="watch", daemon=True)
        self._screen_seen: bool | None = None
        self._screen_why: ZhishiError | None = None
        self._loudest_db: float | None = None
        self._cpu: float | None = None
        self._noted: dict[str, object] = {}
        self._clocks = self._read_clocks()
        self.readings = Readings()
        self.error: Exception | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def again(self) -> None:
        """重新检测: look at everything again."""
        self._screen_seen = None
        self._awake = None
        self._loudest_db = None
        self._wake.set()

    def stop(self) -> None:
        """End."""
        self._stopping = True
        self._wake.set()
        self._thread.join(10)

    def heard(self, level_db: float | None) -> None:
        """A level was measured."""
        if level_db is not None:
            self._loudest_db = level_db if self._loudest_db is None else max(self._loudest_db, level_db)

    def measure_cpu(self) -> None:
        """Call while the test recording is being encoded: the share of all cores in use since the last call."""
        share = psutil.cpu_percent(None) / 100
        if share > 0:
            self._cpu = share

    def _serve(self) -> None:
        psutil.cpu_percent(None)  # its first answer means nothing
        late_ms = 0
        while not self._stopping:
            self._wake.clear()
            stage = self._interview.stage()
            try:
                self._look(stage)
                self._compare_clocks(late_ms)
                self.error = None
            except Exception as why:  # noqa: BLE001 -- this thread's one: a look that failed is shown and made again
                self.error = why
            self._changed()
            late_ms = self._rest(_CLOSE_S if stage is Stage.DEVICES else _LOOSE_S)

    def _rest(self, seconds: float) -> int:
        """Wait; milliseconds by which the waking came too late (negative: it was woken earlier)."""
        before = self._interview.time.clock.boot_ns()
        self._wake.wait(seconds)
        return (self._interview.time.clock.boot_ns() - before) // 1_000_000 - int(seconds * 1000)

    def _look(self, stage: Stage) -> None:
        recording = self._recording
        listed = tuple(recording.devices) if recording.devices is not None else None
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        shown = displays.count(self._display)
        seen = foreign.running(self._known)
        if stage is Stage.DEVICES:
            self._try_screen()
            self._try_hold()
        read = replace(
            self.readings,
            devices=listed,
            free_bytes=disk_free(self._interview.spool.root),
            need_s=self._need_s(),
            plugged=None if battery is None else bool(battery.power_plugged),
            battery=None if battery is None else battery.percent / 100,
            awake=self._awake,
            displays=shown,
            displays_read=True,
            foreign=seen,
            screen=self._screen_seen,
            screen_error_zh=self._screen_why.message.zh if self._screen_why else "",
            screen_error_en=self._screen_why.message.en if self._screen_why else "",
            loudest_db=self._loudest_db,
            cpu=self._cpu,
        )
        self.readings = read
        if stage is not Stage.END:
            self._note_change("displays", shown, {"count": shown})
            self._note_change("programs", tuple(p.title for p in seen), {"running": [p.title for p in seen]})
            self._note_change("power", read.plugged, {"plugged": read.plugged})
            virtual = [d.name for d in listed or () if d.kind == "camera" and _virtual(d.name)]
            self._note_change("virtual_cameras", tuple(virtual), {"cameras": virtual})

    def _need_s(self) -> float:
        view = self._interview.facts.view
        answer_s = USUAL_ANSWER_S if view is None else view.state.schedule.answer_ms / 1000
        return answer_s + BEFORE_AND_AFTER_S

    def _try_screen(self) -> None:
        if self._screen_seen or self._recording.status is None:
            return
        try:
            self._screen_seen, self._screen_why = self._recording.screen_seen(), None
        except NotRunning:
            return
        except DeviceError as why:
            self._screen_seen, self._screen_why = False, why

    def _try_hold(self) -> None:
        """Whether syncd will be able to keep the machine awake; the hold itself is syncd's."""
        if self._awake is None:
            try:
                self._hold.take()
            except ServiceError:  # what it says is the check's business
                self._awake = False
            else:
                self._awake = True
                self._hold.release()

    def _note_change(self, kind: str, value: object, data: dict[str, object]) -> None:
        before = self._noted.get(kind)
        first = kind not in self._noted
        self._noted[kind] = value
        if before != value and not (first and value in (None, (), 1, True)):
            self._interview.happened(f"{kind}_seen", data)

    def note_captures(self, status: RecorderStatus | None) -> None:
        """Tell of a track whose recording is disturbed, and of its return."""
        if status is None or status.mode != "record":
            return
        for capture in status.captures:
            disturbed = capture.health in ("restarting", "failed", "stalled")
            code = capture.error.code if capture.error is not None and disturbed else None
            before = self._noted.get(capture.track, False)
            if disturbed != before and (disturbed or before):
                self._noted[capture.track] = disturbed
                kind = "recording_disturbed" if disturbed else "recording_back"
                self._interview.happened(kind, {"track": capture.track, "code": code})

    def _read_clocks(self) -> tuple[int, int, int]:
        clock = self._interview.time.clock
        return clock.boot_ns() // 1_000_000, clock.wall_ms(), time.monotonic_ns() // 1_000_000

    def _compare_clocks(self, late_ms: int) -> None:
        boot, wall, mono = now = self._read_clocks()
        boot0, wall0, mono0 = self._clocks
        self._clocks = now
        moved = (wall - wall0) - (boot - boot0)
        slept = (boot - boot0) - (mono - mono0)  # the monotonic clock stops while a Linux or macOS machine sleeps
        if abs(moved) > _STEP_MS:
            self._interview.happened("clock_moved", {"by_ms": moved})
        if slept > _STEP_MS:
            self._interview.happened("slept", {"for_ms": slept})
        elif late_ms > _LATE_MS:
            self._interview.happened("program_paused", {"for_ms": late_ms})


def _virtual(name: str) -> bool:
    return any(word in name.lower() for word in _VIRTUAL_CAMERAS)
