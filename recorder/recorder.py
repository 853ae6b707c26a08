"""The recorder of this machine: what is recorded now, by whose order, and whether the disk will last.

Owns the mode (idle, monitor, record), the sealing lock of the session being recorded, and the two supervisors. Decides
nothing about interviews: it records from the order to the stop, through every restart of itself.
"""

import asyncio
import contextlib
import logging
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from domain.ending import end_due
from domain.errors import AlreadyRunning, BadInput, DiskFull, DiskNearlyFull, StorageError, ZhishiError
from domain.identity import Track
from domain.manifest import Ended, EndedBy
from domain.seal import GapReason
from domain.status import RECORDER_MOVES, RecorderMode, move
from domain.wire.failure import to_body
from domain.wire.recorder import CaptureOrder, CaptureStatus, DeviceEntry, DiskStatus, RecorderStatus
from host.centertime import CenterTime
from host.locks import OsLock, sealing_lock
from host.machine import disk_free
from host.paths import Home
from host.salvage import VIDEO_TRACKS
from host.spool import SessionRecord, Spool
from recorder import disk, orders
from recorder.capture import Plan
from recorder.config import Quality, RecorderConfig
from recorder.devices.catalog import Chosen, Missing, choose, list_devices, replacement
from recorder.plans import camera_plan, screen_plan
from recorder.sealwatch import SealWatch
from recorder.supervisor import Supervisor
from recorder.trial import Trial
from recorder.views import Views

log = logging.getLogger(__name__)
_LOCK_PATIENCE_S = 10.0  # syncd may hold it while it salvages


class Recorder:
    """One per process. Its methods run on the event loop; whatever blocks goes to worker threads."""

    def __init__(self, home: Home, config: RecorderConfig, center_time: CenterTime) -> None:
        self._config = config
        self._center_time = center_time
        self._spool = Spool(home.spool)
        self._mode = RecorderMode.IDLE
        self._turn = asyncio.Lock()  # one order at a time
        self._supervisors: list[Supervisor] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._scratch: Path | None = None
        self._record: SessionRecord | None = None
        self._order = CaptureOrder()
        self._lock: OsLock | None = None
        self._quality: Quality = config.quality
        self._sacrifice = disk.Sacrifice.NOTHING
        self._meter = disk.RateMeter()
        self._disk: DiskStatus | None = None
        self._error: ZhishiError | None = None
        self._asked_ns = center_time.clock.boot_ns()
        self._trying: asyncio.Task[None] | None = None
        self.trial = Trial(config, center_time)
        self.views = Views(center_time.clock.boot_ns)

    async def devices(self) -> list[DeviceEntry]:
        """Everything that can be recorded now. Raises RecordingFailed."""
        return await asyncio.to_thread(list_devices, self._config)

    async def monitor(self, order: CaptureOrder) -> None:
        """Preview and level, nothing kept. Raises NoDevice, BadInput while recording."""
        async with self._turn:
            if self._mode is RecorderMode.RECORD:
                raise BadInput("正在录制 / recording is on")
            await self._halt()
            self._asked_ns = self._center_time.clock.boot_ns()
            chosen = choose(order, await self.devices(), Missing.LEFT_OUT)
            self._scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="zhishi-monitor-"))
            self._order, self._quality = order, self._config.quality
            self._start(chosen, {})
            self._mode = move(RECORDER_MOVES, self._mode, RecorderMode.MONITOR)

    async def try_recording(self, seconds: float) -> None:
        """Begin a test recording with the devices being monitored; ``trial`` tells how it goes.

        Raises BadInput when nothing is monitored or a trial is on.
        """
        if self._mode is not RecorderMode.MONITOR or (self._trying is not None and not self._trying.done()):
            raise BadInput("未在预览 / nothing is monitored")
        self.trial.begin(seconds)
        self._trying = asyncio.create_task(self._try())

    async def _try(self) -> None:
        async with self._turn:
            if self._mode is not RecorderMode.MONITOR:  # recording or resting was ordered meanwhile
                await asyncio.to_thread(self.trial.clear)
                return
            await self._halt()
            try:
                chosen = choose(self._order, await self.devices(), Missing.LEFT_OUT)
            except ZhishiError as why:  # everything was unplugged meanwhile
                self._error = why
                self.trial.fail(why)
                return
            await self.trial.make(self._plans(chosen, keep=True))
            self._scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="zhishi-monitor-"))
            self._start(chosen, {})
            self._mode = move(RECORDER_MOVES, self._mode, RecorderMode.MONITOR)

    async def record(self, order: CaptureOrder) -> None:
        """Record ``order.session`` until stopped. Asking again for the same session is a no-op.

        Raises BadInput (no session, unknown session, another session being recorded), NoDevice, AlreadyRunning when
        the sealing lock stays taken, StorageError.
        """
        async with self._turn:
            await self._begin(order)

    async def resume(self) -> None:
        """Go on with what was being recorded when the recorder died; nothing when nothing was."""
        async with self._turn:
            standing = await asyncio.to_thread(orders.standing, self._spool)
            if standing is not None and self._mode is RecorderMode.IDLE:
                await self._begin(standing.order, Missing.WAITED_FOR)

    async def switch(self, order: CaptureOrder) -> None:
        """Use other devices from now on; only the tracks concerned are interrupted. Raises NoDevice, BadInput."""
        async with self._turn:
            if not self._supervisors:
                raise BadInput("没有在录制或预览 / nothing is captured")
            chosen = choose(order, await self.devices())
            if self._mode is RecorderMode.RECORD and self._record is not None:
                order = chosen.order(self._record.session)
                await asyncio.to_thread(orders.save, self._spool, self._record.session, order)
            self._order = order
            plans = self._plans(chosen)
            for supervisor in self._supervisors:
                plan = plans.get(supervisor.track)
                if plan is not None and plan.devices != supervisor.plan.devices:
                    supervisor.switch(plan, GapReason.DEVICE_SWITCHED)

    async def stop(self, *, end: bool, due: Ended | None = None) -> None:
        """Stop capturing. With ``end`` the session is over: missing stretches are declared, ended.json is written.

        ``due`` is an end that nobody here ordered. Raises StorageError when ended.json cannot be written (recording
        has stopped all the same).
        """
        async with self._turn:
            until = self._center_time.now()
            record, supervisors = self._record, list(self._supervisors)
            recording = self._mode is RecorderMode.RECORD
            if recording and record is not None:
                await asyncio.to_thread(orders.clear, self._spool, record.session)
            try:
                await self._halt(release=False)
                if recording and record is not None and end:
                    for supervisor in supervisors:
                        await asyncio.to_thread(supervisor.declare_until, until)
                    ended = due or Ended(EndedBy.ORDER, until.center_ms, until.center_est)
                    await asyncio.to_thread(self._spool.save_ended, record.session, ended)
            finally:
                self._release()

    async def close(self) -> None:
        """The recorder itself ends; a standing order stays, so the next recorder goes on."""
        async with self._turn:
            await self._halt()
            await asyncio.to_thread(self.trial.clear)

    async def look_after(self) -> None:
        """The loop beside everything: disk forecast, standing orders. Runs until cancelled."""
        while True:
            try:
                if self._mode is RecorderMode.IDLE:
                    await self.resume()
                await self._check_disk()
                await self._rest_unwatched()
                await self._end_when_due()
            except ZhishiError as why:
                self._error = why
                log.warning("%s", why)
            await asyncio.sleep(self._config.patience.disk_check_s)

    async def _rest_unwatched(self) -> None:
        """A window that was killed while it only looked must not leave the camera on. A recording is never ended."""
        unasked_s = (self._center_time.clock.boot_ns() - self._asked_ns) / 1e9
        if self._mode is RecorderMode.MONITOR and unasked_s > self._config.patience.unwatched_s:
            await self.stop(end=False)

    async def _end_when_due(self) -> None:
        """A session whose window died for good ends by the center's word or the schedule, like a silent one.

        Not by an estimate of center time, and not after somebody entered again on purpose: then only an order ends it.
        """
        record, now = self._record, self._center_time.now()
        if self._mode is not RecorderMode.RECORD or record is None or self._spool.entered_again(record.session):
            return
        facts = (await asyncio.to_thread(self._spool.session, record.session)).facts
        due = end_due(facts, now.center_ms, now.center_est)
        if due is not None and not due.center_est:
            log.info("the session is over: %s", due.by.value)
            await self.stop(end=True, due=due)

    def status(self) -> RecorderStatus:
        """In the words of the API."""
        self._asked_ns = self._center_time.clock.boot_ns()
        ear = self.views.ear
        return RecorderStatus(
            mode=self._mode.value,
            session=self._record.session if self._record is not None else None,
            captures=self._captures(),
            disk=self._disk,
            level_db=None if ear.db is None else round(ear.db, 1),
            center_offset_ms=self._center_time.offset_ms(),
            clock_wrong=self._center_time.clock_wrong(),
            error=to_body(self._error) if self._error is not None else None,
        )

    def _silent(self) -> bool:
        return self.views.ear.silent_for_s() >= self._config.patience.silence_s

    def _captures(self) -> list[CaptureStatus]:
        return [supervisor.status() for supervisor in self._supervisors]

    async def _begin(self, order: CaptureOrder, missing: Missing = Missing.REFUSED) -> None:
        if order.session is None:
            raise BadInput("session 未给出 / no session is named")
        if self._mode is RecorderMode.RECORD and self._record is not None:
            if self._record.session != order.session:
                raise BadInput(f"正在录制 {self._record.session} / another session is being recorded")
            return
        if not (self._spool.session_dir(order.session) / "session.json").exists():
            raise BadInput(f"{order.session}: 本机没有此面试记录 / this machine does not know the session")
        record = await asyncio.to_thread(self._spool.session, order.session)
        chosen = choose(order, await self.devices(), missing)
        order = chosen.order(order.session)
        await self._halt()
        await self._take_lock(record.session)
        try:
            await asyncio.to_thread(orders.save, self._spool, record.session, order)
            await asyncio.to_thread(self._spool.reopen, record.session)
            watches = await asyncio.to_thread(self._take_over, record)
        except ZhishiError:
            self._release()
            raise
        self._record, self._order = record, order
        self._quality, self._error = self._config.quality, None
        told, _, _ = await self._forecast(disk.Sacrifice.NOTHING)
        self._sacrifice = told.sacrifice
        self._quality = disk.lowered(self._config.quality, told.sacrifice)
        self._start(chosen, watches)
        self._mode = move(RECORDER_MOVES, self._mode, RecorderMode.RECORD)

    def _take_over(self, record: SessionRecord) -> dict[Track, SealWatch]:
        """Finish what an earlier recorder left (orphans first), then read both chains. Blocks."""
        watches = {}
        for track in VIDEO_TRACKS:
            watch = SealWatch(self._spool, record.session, record.device, track, self._center_time)
            if watch.error is not None:  # a damaged chain or a full disk: new footage is kept all the same
                log.warning("%s: salvage: %s", track.value, watch.error)
            watches[track] = watch
        return watches

    def _start(self, chosen: Chosen, watches: dict[Track, SealWatch]) -> None:
        for track, plan in self._plans(chosen).items():
            place: tuple[Spool, str] | Path
            if self._record is not None and track in watches:
                place = (self._spool, self._record.session)
            else:
                place = self._scratch or Path(tempfile.gettempdir())
            supervisor = Supervisor(plan, self._config, self._center_time, place, watches.get(track), self._fall_back)
            if track is Track.CAMERA:
                supervisor.hear(self._silent)
            self._supervisors.append(supervisor)
            self._tasks.append(asyncio.create_task(supervisor.run()))

    def _plans(self, chosen: Chosen, *, keep: bool | None = None) -> dict[Track, Plan]:
        """The captures of ``chosen``; kept when a session is recorded, unless ``keep`` says otherwise."""
        keep = self._record is not None if keep is None else keep
        plans = {}
        if chosen.camera is not None:
            plans[Track.CAMERA] = camera_plan(
                self._config, self._quality, chosen.camera, chosen.microphone, self.views, keep=keep
            )
        if chosen.screen is not None:
            plans[Track.SCREEN] = screen_plan(self._config, self._quality, chosen.screen, self.views, keep=keep)
        return plans

    def _fall_back(self, plan: Plan, error: ZhishiError) -> Plan | None:
        """Another device in the place of one that is gone. Blocks (lists devices). None: keep trying the same."""
        listed = list_devices(self._config)
        ids = {device.id for device in listed if device.usable}
        missing = [device for device in plan.devices if device.id not in ids]
        if not missing:
            return None
        by_kind = {device.kind: device for device in plan.devices}
        for lost in missing:
            other = replacement(lost, listed)
            if other is not None:
                by_kind[lost.kind] = other
            elif lost.kind == "microphone":
                del by_kind[lost.kind]  # a picture without sound is worth more than none
            else:
                return None
        chosen = Chosen(by_kind.get("camera"), by_kind.get("microphone"), by_kind.get("screen"))
        return self._plans(chosen).get(plan.track)

    async def _take_lock(self, session: str) -> None:
        lock = sealing_lock(self._spool, session, Track.CAMERA)
        deadline = self._center_time.clock.boot_ns() + int(_LOCK_PATIENCE_S * 1e9)
        while not await asyncio.to_thread(lock.take):
            if self._center_time.clock.boot_ns() > deadline:
                raise AlreadyRunning(f"{lock.path}")
            await asyncio.sleep(0.2)
        self._lock = lock

    async def _halt(self, *, release: bool = True) -> None:
        """Stop every capture and wait for the last seal."""
        if self._mode in (RecorderMode.MONITOR, RecorderMode.RECORD):
            self._mode = move(RECORDER_MOVES, self._mode, RecorderMode.STOPPING)
        for supervisor in self._supervisors:
            supervisor.stop()
        if self._tasks:
            await asyncio.gather(*self._tasks)
        self._supervisors, self._tasks = [], []
        self._meter.clear()
        self.views.clear()
        if self._scratch is not None:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
            self._scratch = None
        if release:
            self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
        self._lock, self._record = None, None
        if self._mode is RecorderMode.STOPPING:
            self._mode = move(RECORDER_MOVES, self._mode, RecorderMode.IDLE)

    async def _check_disk(self) -> None:
        told, free, rate = await self._forecast(self._sacrifice)
        self._disk = disk.status(free, rate, told)
        if self._mode is not RecorderMode.RECORD:
            return
        before, self._sacrifice = self._sacrifice, told.sacrifice
        paused = told.sacrifice is disk.Sacrifice.PAUSED
        for supervisor in self._supervisors:
            supervisor.pause(paused)
        if told.sacrifice != before:
            log.warning("disk: %s → %s, %d bytes free", before.name, told.sacrifice.name, free)
        if not paused:
            await self._lower(self._sacrifice)
        detail = f"{free >> 20} MiB, {told.lasts_s} s; {told.sacrifice.name.lower()}"
        shown: dict[str, StorageError | None] = {
            "ok": None, "low": DiskNearlyFull(detail), "critical": DiskFull(detail)
        }  # fmt: skip
        self._error = shown[told.level]

    async def _forecast(self, given_up: disk.Sacrifice) -> tuple[disk.Forecast, int, float]:
        """The forecast, the free bytes and the rate it rests on. Raises StorageError."""
        free = await asyncio.to_thread(disk_free, self._spool.root)
        rate = await asyncio.to_thread(self._rate)
        return disk.forecast(free, rate, self._need_s(), self._config.keep_free_bytes, given_up), free, rate

    async def _lower(self, sacrifice: disk.Sacrifice) -> None:
        """Give up rates as the stated order says; each concerned track goes on in a new run."""
        wanted = disk.lowered(self._config.quality, sacrifice)
        if wanted == self._quality:
            return
        before, self._quality = self._quality, wanted
        with contextlib.suppress(ZhishiError):  # a device is missing right now: its next run takes the new rates
            chosen = choose(self._order, await self.devices(), Missing.WAITED_FOR)
            plans = self._plans(chosen)
            for supervisor in self._supervisors:
                plan = plans.get(supervisor.track)
                if plan is not None and disk.concerns(before, wanted, supervisor.track):
                    supervisor.switch(replace(plan), GapReason.DISK_FULL)

    def _rate(self) -> float:
        if self._mode is not RecorderMode.RECORD:
            return disk.expected_rate(self._quality)
        written = sum(supervisor.bytes_so_far() for supervisor in self._supervisors)
        return self._meter.rate(self._center_time.clock.boot_ns(), written, disk.expected_rate(self._quality))

    def _need_s(self) -> float:
        facts = self._record.facts if self._record is not None else None
        return disk.need_s(facts, self._center_time.now().center_ms)
