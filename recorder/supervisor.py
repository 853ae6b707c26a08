"""One track kept recording: run after run until told to stop, with every stretch between them declared.

Owns the track's health, restart budget and fall-back. Starts and ends ``capture`` runs, hands their files to
``sealwatch``. Never gives up while recording is ordered, and says when it is only trying.
"""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from domain.errors import DeviceError, DiskFull, StorageError, ZhishiError
from domain.identity import Track
from domain.seal import GapReason
from domain.status import CAPTURE_MOVES, CaptureHealth, move
from domain.wire.failure import to_body
from domain.wire.recorder import CaptureStatus
from host.centertime import CenterTime
from host.clock import Moment
from host.identity import new_id
from host.spool import Spool, seal_path, segment_files
from recorder.budget import RestartBudget
from recorder.capture import Capture, Plan, RunEnd
from recorder.config import RecorderConfig
from recorder.sealwatch import SealWatch
from recorder.segmentlist import Listed

log = logging.getLogger(__name__)
Fallback = Callable[[Plan, ZhishiError], Plan | None]
_FALLBACK_AFTER = 2  # failures of a device before another one is taken


class Supervisor:
    """Records (or, without ``watch``, only monitors) one track by ``plan``.

    ``fallback`` may offer another plan after repeated device failures; it is called in a worker thread.
    """

    def __init__(
        self,
        plan: Plan,
        config: RecorderConfig,
        center_time: CenterTime,
        place: tuple[Spool, str] | Path,
        watch: SealWatch | None,
        fallback: Fallback,
    ) -> None:
        self._plan = plan
        self._config = config
        self._center_time = center_time
        self._place = place
        self._watch = watch
        self._fallback = fallback
        self._budget = RestartBudget(config.patience.slow_retry_s)
        self._wake = asyncio.Event()
        self._stopping = False
        self._paused = False
        self._asked: tuple[GapReason, Plan] | None = None
        self._capture: Capture | None = None
        self._restarts = 0
        self._ordered: Moment = center_time.now()
        self._reason = GapReason.STOPPED  # why there is no footage now
        self._error: ZhishiError | None = None
        self._notice: ZhishiError | None = None
        self._health = CaptureHealth.STARTING
        self._silent: Callable[[], bool] = lambda: False

    @property
    def track(self) -> Track:
        """What is recorded."""
        return self._plan.track

    @property
    def plan(self) -> Plan:
        """The plan of the current or next run."""
        return self._plan

    def hear(self, silent: Callable[[], bool]) -> None:
        """Ask ``silent`` for the silence told in status."""
        self._silent = silent

    def switch(self, plan: Plan, reason: GapReason) -> None:
        """End the current run and go on with ``plan``; the gap between is named ``reason``."""
        self._asked = (reason, plan)
        self._notice = None
        self._wake.set()

    def pause(self, paused: bool) -> None:
        """Hold while the disk is full, or go on."""
        if paused != self._paused:
            self._paused = paused
            self._wake.set()

    def stop(self) -> None:
        """End cleanly; ``run`` returns soon."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Record until ``stop``. One broad except: whatever goes wrong in a run is recorded and the next run starts."""
        while not self._stopping:
            if self._paused:
                self._set(CaptureHealth.RESTARTING, DiskFull(f"< {self._config.keep_free_bytes >> 20} MiB"))
                await self._rest(self._config.patience.slow_retry_s)
                continue
            self._take_asked()
            self._wake.clear()
            self._set(CaptureHealth.STARTING, self._error)
            try:
                end = await self._one_run()
            except ZhishiError as why:
                reason = GapReason.DISK_FULL if isinstance(why, StorageError) else GapReason.FFMPEG_DIED
                end = RunEnd(reason, None, why)
            except Exception as why:  # the one of this loop: recorded, then tried again
                log.exception("%s: run failed", self.track.value)
                end = RunEnd(GapReason.FFMPEG_DIED, None, ZhishiError(repr(why)))
            if end is not None:
                await self._failed(end)
        self._set(CaptureHealth.STOPPED, None)

    def declare_until(self, until: Moment) -> None:
        """The session is over here at ``until``; blocks. Raises StorageError, ZhishiError."""
        if self._watch is not None:
            self._watch.work()
            self._watch.declare_until(until, self._reason, self._ordered)

    def bytes_so_far(self) -> int:
        """Sealed bytes and those of the running run."""
        total = self._watch.sums.bytes if self._watch is not None else 0
        if self._watch is not None and self._capture is not None:
            total += _unsealed_bytes(self._capture.folder)
        return total

    def status(self) -> CaptureStatus:
        """In the words of the API."""
        capture = self._capture
        age = None
        if capture is not None and capture.frame_ns is not None:
            age = max(0, (self._center_time.clock.boot_ns() - capture.frame_ns) // 1_000_000)
        health = self._told_health(age)
        sums = self._watch.sums if self._watch is not None else None
        shown = None if health is CaptureHealth.HEALTHY else self._error
        error = shown or (self._watch.error if self._watch is not None else None) or self._notice
        return CaptureStatus(
            track=self.track.value,
            health=health.value,
            run=capture.record.run if capture is not None else None,
            pid=capture.pid if capture is not None else None,
            restarts=self._restarts,
            segments=sums.segments if sums else 0,
            bytes=sums.bytes if sums else 0,
            gaps=sums.gaps if sums else 0,
            gap_ms=sums.gap_ms if sums else 0,
            media_ms=sums.media_ms if sums else 0,
            frame_age_ms=age,
            silent=self._silent(),
            error=to_body(error) if error is not None else None,
        )

    def _told_health(self, age_ms: int | None) -> CaptureHealth:
        """A run that gives fresh footage is healthy; one that gave some and stopped is stalled."""
        if self._health is not CaptureHealth.STARTING or age_ms is None:
            return self._health
        fresh = age_ms <= self._config.patience.stall_s * 1000
        return move(CAPTURE_MOVES, self._health, CaptureHealth.HEALTHY if fresh else CaptureHealth.STALLED)

    async def _one_run(self) -> RunEnd | None:
        """One run; None when it ended because somebody asked."""
        run = new_id()
        capture = Capture(
            self._plan, run, self._folder(run), self._config, self._center_time, keep=self._watch is not None
        )
        self._capture = capture
        end: RunEnd | None = RunEnd(GapReason.FFMPEG_DIED, None, None)
        gently = False
        try:
            await capture.start()
            if self._watch is not None:
                self._watch.begin(capture.record)
                await asyncio.to_thread(self._watch.open_chain)
            end = await capture.watch(self._wake, lambda ready: self._confirmed(capture, ready))
            gently = end is None
        except StorageError as why:
            end = RunEnd(GapReason.DISK_FULL, None, why)
        finally:
            try:
                await capture.end(gently=gently)
            except StorageError as why:  # run.json could not take media time 0; the run itself is unharmed
                self._error = why
            self._capture = None
            await self._finish(capture, end)
        return end

    def _confirmed(self, capture: Capture, ready: list[Listed]) -> None:
        """In a worker thread: completed segments whose time is confirmed are sealed."""
        if self._watch is None:
            return
        for one in ready:
            self._watch.add(capture.record, one.index, one.path)
        self._watch.work()

    async def _finish(self, capture: Capture, end: RunEnd | None) -> None:
        limit = None
        if end is not None:
            self._reason, limit = end.reason, end.limit_ms
        else:
            self._reason = GapReason.DISK_FULL if self._paused else GapReason.STOPPED
        self._take_asked()
        if self._watch is not None:
            await asyncio.to_thread(self._watch.finish, capture.record, limit, self._reason)
            await asyncio.to_thread(_drop_empty, capture.folder)

    async def _failed(self, end: RunEnd) -> None:
        restart = self._budget.failed(self._center_time.clock.boot_ns() / 1e9)
        self._restarts += 1
        log.warning("%s: %s, next run in %.1f s (%s)", self.track.value, end.reason, restart.delay_s, end.error)
        self._set(CaptureHealth.FAILED if restart.spent else CaptureHealth.RESTARTING, end.error)
        if isinstance(end.error, DeviceError) and self._budget.failures >= _FALLBACK_AFTER:
            other = await asyncio.to_thread(self._fallback, self._plan, end.error)
            if other is not None:
                self._plan = other
                self._notice = type(end.error)(f"{end.error.detail} → {', '.join(d.name for d in other.devices)}")
        if not self._stopping:
            await self._rest(restart.delay_s)

    async def _rest(self, seconds: float) -> None:
        """Wait, but wake when something was asked."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        if not self._stopping:
            self._wake.clear()

    def _take_asked(self) -> None:
        """What was asked holds for the next run, and its reason for the gap before it."""
        if self._asked is not None:
            self._reason, self._plan = self._asked
            self._asked = None

    def _folder(self, run: str) -> Path:
        if isinstance(self._place, Path):
            return self._place
        spool, session = self._place
        return spool.new_run_dir(session, self.track, run)

    def _set(self, health: CaptureHealth, error: ZhishiError | None) -> None:
        self._health = move(CAPTURE_MOVES, self._health, health)
        self._error = error


def _unsealed_bytes(folder: Path) -> int:
    """Bytes of a run's segments that have no seal yet."""
    try:
        return sum(path.stat().st_size for _, path in segment_files(folder) if not seal_path(path).exists())
    except (OSError, StorageError):
        return 0  # the folder is being tidied: the next look counts


def _drop_empty(folder: Path) -> None:
    """Remove the folder of a run that never wrote anything: no segment, no seal. Evidence is never touched.

    The last folder of a track stays: it tells that the track was to be recorded.
    """
    kept = [path for path in folder.glob("*") if path.name.startswith(("0", "gap")) and path.stat().st_size]
    if not kept and sum(1 for entry in folder.parent.iterdir() if entry.is_dir()) > 1:
        shutil.rmtree(folder, ignore_errors=True)
