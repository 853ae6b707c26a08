"""One run: one ffmpeg life of one track, from its start to the reason of its end.

Watches the process, its reports, its files and its devices; hands completed segments whose time is confirmed to
whoever seals. Never restarts anything and never seals: ``supervisor`` does.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from domain.errors import NoDevice, NoFrames, RecordingFailed, SegmentTruncated, StorageError, ZhishiError
from domain.identity import Track
from domain.seal import GapReason
from domain.wire.recorder import DeviceEntry
from host.centertime import CenterTime
from host.durable import sync_file, sync_folder
from host.fragments import inspect, read_init
from host.runrecord import RunRecord
from host.spool import INIT_NAME, segment_files
from recorder.arguments import Outlets
from recorder.complaint import classify, start_epoch_ms
from recorder.config import RecorderConfig
from recorder.devices import pulse
from recorder.devices.catalog import present
from recorder.inlet import Inlet, Taker
from recorder.process import Ffmpeg
from recorder.progress import Report, parse
from recorder.segmentlist import Listed, SegmentList
from recorder.truth import Break, TimeTruth

_ZERO_MOVED_NS = 50_000_000
_EPOCH_PLAUSIBLE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``command`` builds the arguments for given outlets; ``pulse`` is the source that must stay ours.

    ``fps`` is the recorded rate; ``epoch`` says that ffmpeg prints the start of the first input as wall time;
    ``packet`` is the largest datagram for pictures.
    """

    track: Track
    command: Callable[[Outlets], list[str]]
    fps: int
    devices: tuple[DeviceEntry, ...]
    preview: Taker
    level: Taker
    pulse: str | None = None
    epoch: bool = False
    packet: int = 65000


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Why a run ended: the reason of the gap that follows, how far its footage is honest, and the error to show."""

    reason: GapReason
    limit_ms: int | None
    error: ZhishiError | None


class Capture:
    """A run being recorded into ``folder`` (in monitor mode an empty folder where nothing is kept)."""

    def __init__(
        self, plan: Plan, run: str, folder: Path, config: RecorderConfig, center_time: CenterTime, *, keep: bool
    ) -> None:
        self.plan = plan
        self.folder = folder
        self._config = config
        self._patience = config.patience
        self._center_time = center_time
        self._clock = center_time.clock
        self._keep = keep
        started = center_time.now()
        self.record = RunRecord(run, plan.track, started, 0, 0.0, None, ())
        self._truth = TimeTruth(
            plan.fps,
            started.boot_ns // 1_000_000,
            self._clock.wall_ms(),
            int(self._patience.first_frame_s * 1000),
            int(self._patience.stall_s * 1000),
        )
        self._list = SegmentList(folder)
        self._reports: list[tuple[int, Report]] = []
        self._listed: list[Listed] = []
        self._process: Ffmpeg | None = None
        self._inlets: list[Inlet] = []
        self._checked_ns = started.boot_ns
        self._stream = pulse.StreamWatch(dict(config.desktop.environ))
        self._synced: Path | None = None
        self._grown: tuple[str, int] = ("", 0)
        self._grown_ns = started.boot_ns
        self.frame_ns: int | None = None  # boot clock of the newest sign of fresh footage

    @property
    def pid(self) -> int | None:
        """Of ffmpeg, while there is one."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start ffmpeg and write run.json. Raises RecordingFailed, StorageError."""
        takers: tuple[Taker, ...] = (self._take_report, self.plan.preview, self.plan.level)
        self._inlets = [await Inlet(take).open() for take in takers]
        ports = [inlet.port for inlet in self._inlets]
        argv = self.plan.command(Outlets(ports[0], ports[1], ports[2], self.plan.packet))
        started = self._center_time.now()
        self._process = await Ffmpeg.start(
            argv, self.folder, dict(self._config.desktop.environ), tied=self._config.leash, on_line=self._take_line
        )
        self.record = replace(
            self.record,
            started=started,
            pid=self._process.pid,
            create_time=self._process.create_time,
            argv=tuple(argv),
        )
        if self._keep:
            await asyncio.to_thread(self.record.save, self.folder)

    async def watch(self, wake: asyncio.Event, confirmed: Callable[[list[Listed]], object]) -> RunEnd | None:
        """Until the run ends by itself or must end; None when ``wake`` was set first (ffmpeg then still runs).

        Once a tick: list → clocks → reports → hand on what is listed and confirmed (in that order, so that nothing
        listed after a step is ever handed on) → fsync the open segment → devices.
        """
        assert self._process is not None  # noqa: S101 -- start() came first
        ended = asyncio.create_task(self._process.wait())
        woken = asyncio.create_task(wake.wait())
        try:
            while True:
                await asyncio.wait((ended, woken), timeout=self._patience.tick_s, return_when=asyncio.FIRST_COMPLETED)
                if self._keep:
                    self._listed += self._list.new_lines()
                found = self._look()
                if found is not None:
                    return self._broken(found)
                if ended.done():
                    return self._died(ended.result())
                if woken.done():
                    return None
                await self._hand_on(confirmed)
                if stuck := self._no_new_bytes():
                    return stuck
                if lost := await self._device_lost():
                    return lost
        finally:
            woken.cancel()
            ended.cancel()

    async def end(self, *, gently: bool) -> None:
        """End ffmpeg and stop listening; afterwards ``record`` knows media time 0 as well as it ever will."""
        if self._process is not None:
            if gently:
                await self._process.stop(self._patience.stop_s)
            else:
                await self._process.kill()
        ended_ms = self._clock.boot_ns() // 1_000_000
        for inlet in self._inlets:
            inlet.drain()
            inlet.close()
        self._inlets = []
        if self._keep:
            if self._truth.zero_ms is None:
                await asyncio.to_thread(self._zero_from_files, ended_ms)
            await self._save_zero(force=False)

    def _zero_from_files(self, ended_ms: int) -> None:
        """A run too short for a report: what it wrote last was recorded just before it ended."""
        files = segment_files(self.folder)
        if not files or not (self.folder / INIT_NAME).exists():
            return
        try:
            facts = inspect(files[-1][1], read_init(self.folder / INIT_NAME))
        except SegmentTruncated:
            return  # nothing of this run can be sealed, so no time is needed
        if facts.whole_bytes:
            self._truth.start_was(max(self.record.started.boot_ns // 1_000_000, ended_ms - facts.end_ms))

    def _look(self) -> Break | None:
        boot_ms = self._clock.boot_ns() // 1_000_000
        found = self._truth.tick(boot_ms, self._clock.wall_ms())
        for inlet in self._inlets[:1]:
            inlet.drain()
        while found is None and self._reports:
            at_ms, report = self._reports.pop(0)
            before = self._truth.media_ms
            found = self._truth.report(at_ms, report)
            if self._truth.media_ms > before:
                self.frame_ns = at_ms * 1_000_000
        return found or self._truth.silence(boot_ms)

    def _broken(self, found: Break) -> RunEnd:
        frames = self.frame_ns is not None
        error: ZhishiError = RecordingFailed(found.detail) if frames else NoFrames(self._names())
        return RunEnd(found.reason, found.limit_ms, error)

    def _died(self, code: int) -> RunEnd:
        assert self._process is not None  # noqa: S101 -- it has just ended
        error = classify(list(self._process.lines), code)
        reason = GapReason.FFMPEG_DIED
        if isinstance(error, NoDevice):
            reason, error = GapReason.DEVICE_LOST, NoDevice(f"{self._names()}: {error.detail}")
        elif isinstance(error, StorageError):
            reason = GapReason.DISK_FULL
        return RunEnd(reason, None, error)

    async def _hand_on(self, confirmed: Callable[[list[Listed]], object]) -> None:
        if not self._keep:
            return
        until = self._truth.confirmed_ms
        ready = [one for one in self._listed if one.end_ms <= until]
        if ready:
            self._listed = [one for one in self._listed if one.end_ms > until]
            self._truth.freeze_zero()
            await self._save_zero(force=False)
        else:  # whoever salvages this run dates it by what is written here: the first estimate is the worst one
            await self._save_zero(force=False)
        await asyncio.to_thread(self._sync_and_confirm, ready, confirmed)

    def _sync_and_confirm(self, ready: list[Listed], confirmed: Callable[[list[Listed]], object]) -> None:
        """Bring the open segment to the disk: a power cut then costs at most a tick. Then hand on, in this thread."""
        path = self._list.open_segment()
        if path is not None:
            if path != self._synced:
                # nothing of a run can be played without init; and what was written last to the segment before
                # this one waits for its seal
                for needed in (self.folder / INIT_NAME, self._synced):
                    if needed is not None and needed.exists():
                        sync_file(needed)
            sync_file(path)
            now = (path.name, path.stat().st_size)
            if now != self._grown:
                self._grown, self._grown_ns = now, self._clock.boot_ns()
            if path != self._synced:
                sync_folder(self.folder)
                self._synced = path
        confirmed(ready)

    def _no_new_bytes(self) -> RunEnd | None:
        """Reports may go on while nothing reaches the disk any more: only new bytes are recording."""
        quiet_s = (self._clock.boot_ns() - self._grown_ns) / 1e9
        if not self._keep or self.frame_ns is None or quiet_s < 2 * self._patience.stall_s:
            return None
        return RunEnd(GapReason.STALLED, None, RecordingFailed(f"no new bytes for {quiet_s:.0f} s"))

    async def _save_zero(self, *, force: bool) -> None:
        zero_ms = self._truth.zero_ms
        if zero_ms is None:
            return
        known = self.record.zero_boot_ns
        if known is None or force or abs(known - zero_ms * 1_000_000) > _ZERO_MOVED_NS:
            self.record = self.record.with_zero(zero_ms * 1_000_000)
            await asyncio.to_thread(self.record.save, self.folder)

    async def _device_lost(self) -> RunEnd | None:
        now = self._clock.boot_ns()
        if now - self._checked_ns < self._patience.device_check_s * 1e9:
            return None
        self._checked_ns = now
        for device in self.plan.devices:
            if not present(device):
                return RunEnd(GapReason.DEVICE_LOST, None, NoDevice(device.name))
        if self.plan.pulse is not None and self.pid is not None:
            source = await asyncio.to_thread(self._stream.source_of, self.pid)
            if source is not None and source != self.plan.pulse:
                return RunEnd(GapReason.DEVICE_LOST, None, NoDevice(f"{self.plan.pulse} → {source}"))
        return None

    def _take_report(self, datagram: bytes, age_ns: int) -> None:
        report = parse(datagram)
        if report is not None:
            self._reports.append(((self._clock.boot_ns() - age_ns) // 1_000_000, report))

    def _take_line(self, line: str) -> None:
        epoch_ms = start_epoch_ms(line) if self.plan.epoch else None
        if epoch_ms is None:
            return
        age_ms = self._clock.wall_ms() - epoch_ms
        if 0 <= age_ms <= _EPOCH_PLAUSIBLE_MS:
            self._truth.start_was(self._clock.boot_ns() // 1_000_000 - age_ms)

    def _names(self) -> str:
        return ", ".join(device.name for device in self.plan.devices)
