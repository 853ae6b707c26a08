"""A recorder that plays a tape in ffmpeg's place; everything after the bytes is the product's own.

Files grow fragment by fragment in real time, ``recorder.sealwatch`` seals, ``host.salvage`` finishes what was left, a
jump of the clock or a refusing disk ends the run. What was wholly written is told to the lab in a file, one line a
fragment.
"""

import signal
import time
from collections.abc import Callable
from pathlib import Path

from domain.errors import ZhishiError
from domain.identity import Track
from domain.manifest import Ended, EndedBy
from domain.seal import GapReason
from host.centertime import CenterTime
from host.clock import Clock
from host.identity import new_id
from host.locks import sealing_lock
from host.paths import Home
from host.runrecord import RunRecord
from host.salvage import VIDEO_TRACKS
from host.spool import INIT_NAME, Spool
from recorder.sealwatch import SealWatch
from tests.faults.feigned import FeignedClock
from tests.faults.tape import Fragment, Tape

_AGAIN_S = 0.2
_JUMP_NS = 500_000_000
_NO_PROCESS = (2**22 - 1, 0.0)  # a pid no system gives


def record(home: str, clock: str, session: str, device: str, tape: str, told: str) -> None:
    """Play into the spool until SIGTERM, which ends the session."""
    player = Player(Home(Path(home)), FeignedClock(Path(clock)), session, device, Tape(Path(tape)), Path(told))
    signal.signal(signal.SIGTERM, lambda *_: player.end())
    with sealing_lock(player.spool, session, Track.CAMERA) as lock:
        while not lock.take():  # syncd is salvaging what the one before left
            time.sleep(0.02)  # a file lock tells nobody when it is free
        player.serve()


class Player:
    """The recorder of one session."""

    def __init__(self, home: Home, clock: Clock, session: str, device: str, tape: Tape, told: Path) -> None:
        self.spool = Spool(home.spool)
        self.time = CenterTime(home.center_time, clock)
        self.session = session
        self.device = device
        self.tape = tape
        self._clock = clock
        self._told = told
        self._ending = False

    def end(self) -> None:
        """No more footage; the session is over."""
        self._ending = True

    def serve(self) -> None:
        """Play one run after the other; a disk that refuses is tried again."""
        self._until_done(lambda: self.spool.reopen(self.session))  # killed before the end: entered again
        watches = [SealWatch(self.spool, self.session, self.device, track, self.time) for track in VIDEO_TRACKS]
        while not self._ending:
            for watch in watches:
                watch.open_chain()
                watch.work()
            runs: list[_Run] = []
            reason = GapReason.FFMPEG_DIED
            try:
                for watch, track in zip(watches, VIDEO_TRACKS, strict=True):
                    runs.append(_Run(self, track, watch))
                reason = self._play(runs)
            except (ZhishiError, OSError):
                reason = GapReason.DISK_FULL
                time.sleep(_AGAIN_S)  # a disk tells nobody when there is room again
            for run in runs:
                run.finish(reason)
        self._until_done(self._close)  # what still waits for its seal is syncd's to salvage

    def _close(self) -> None:
        now = self.time.now()
        self.spool.save_ended(self.session, Ended(EndedBy.ORDER, now.center_ms, now.center_est))

    def _until_done(self, work: Callable[[], None]) -> None:
        while True:
            try:
                work()
            except (ZhishiError, OSError):
                time.sleep(_AGAIN_S)
            else:
                return

    def _play(self, runs: "list[_Run]") -> GapReason:
        """To the tape's end, a jump of the clock, or the order to end; why it ended."""
        started = min(run.started_ns for run in runs)
        for parts in zip(*(self.tape.fragments[run.track] for run in runs), strict=True):
            due = started + parts[0].end_ms * 1_000_000
            while (left := due - self._clock.boot_ns()) > 0:
                if self._ending:
                    return GapReason.STOPPED
                time.sleep(min(0.05, left / 1e9))  # footage comes in real time
            if self._clock.boot_ns() - due > _JUMP_NS:
                for run in runs:
                    run.limit_ms = parts[0].start_ms
                return GapReason.SUSPENDED
            for run, part in zip(runs, parts, strict=True):
                run.write(part)
        return GapReason.FFMPEG_DIED

    def tell(self, line: str) -> None:
        """One fact for the lab; it survives this process."""
        with self._told.open("a") as file:
            file.write(line + "\n")


class _Run:
    """One life of one track."""

    def __init__(self, player: Player, track: Track, watch: SealWatch) -> None:
        started = player.time.now()
        self.track = track
        self.started_ns = started.boot_ns
        self.limit_ms: int | None = None
        self._player = player
        self._watch = watch
        self._boot = started.boot_id
        self._record = RunRecord(new_id(), track, started, *_NO_PROCESS, started.boot_ns, ("tape",))
        self._folder = player.spool.new_run_dir(player.session, track, self._record.run)
        self._record.save(self._folder)
        (self._folder / INIT_NAME).write_bytes(player.tape.inits[track])
        watch.begin(self._record)
        self._open: tuple[int, Path] | None = None

    def write(self, part: Fragment) -> None:
        """One more fragment; the segment before waits for its seal when this begins a new one. Raises OSError."""
        path = self._folder / f"{part.index:06d}.m4s"
        if self._open is not None and self._open[0] != part.index:
            self._watch.add(self._record, *self._open)
            self._watch.open_chain()
            self._watch.work()
        self._open = (part.index, path)
        with path.open("ab", buffering=0) as file:
            written = file.write(part.data)
        if written != len(part.data):
            raise OSError(f"{path}: {written} of {len(part.data)} bytes")
        begins = self.started_ns + part.start_ms * 1_000_000
        self._player.tell(f"{self.track} {self._record.run} {self._boot} {begins} {part.end_ms - part.start_ms}")

    def finish(self, reason: GapReason) -> None:
        """What is left of it waits for its seal."""
        self._watch.finish(self._record, self.limit_ms, reason)
