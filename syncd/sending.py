"""One worker's dealing with one upload: from a job out of the queue to the state the queue keeps.

Owns no thread and no SQL. The order of completing an upload is: bytes acknowledged by the center → state in the
queue. A kill between the two costs one HEAD at the next start.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.errors import HashMismatch, SegmentDamaged, ZhishiError
from domain.identity import LinkKind
from domain.seal import Seal
from domain.status import StoredState, UploadState
from domain.wire.tus import UPLOADS_PATH, seal_metadata
from host.clock import Clock
from host.durable import hash_file, translate
from host.spool import Spool
from syncd.config import SyncConfig
from syncd.flows import Meter
from syncd.keyring import DeviceKey, Keyring
from syncd.pace import Pace
from syncd.retry import NETWORK, Course, Step
from syncd.sites import Site, Sites
from syncd.store import Job, Now, Store
from syncd.transport import Wire
from syncd.tusclient import CenterTus, Resent, SegmentUploader, Sent, same_origin


class Cancelled(Exception):
    """The program stops: the upload is left where it is."""


@dataclass(slots=True)
class Active:
    """An upload under way; read by other threads for the status."""

    job: Job
    resent: Resent
    position: int
    moved_ns: int  # boot clock at the last block taken by the network
    handed_over: Callable[[], None]  # told when the last byte is with the network
    place: str | None = None
    offset: int = 0
    waits: bool = False  # every byte is handed over: only the answer is missing
    anew: bool = False  # its connection is being broken on purpose: it lagged behind


@dataclass(slots=True)
class Sender:
    """Shared by all workers; ``send`` is called by each with its own wire."""

    spool: Spool
    store: Store
    sites: Sites
    keyring: Keyring
    config: SyncConfig
    clock: Clock
    chance: random.Random
    meter: Meter
    pace: Pace
    stop: threading.Event
    resent: dict[int, Resent] = field(default_factory=dict)

    def begin(self, job: Job, handed_over: Callable[[], None]) -> Active:
        """The record of an attempt that is about to be made."""
        resent = self.resent.setdefault(job.id, Resent())
        return Active(job, resent, job.offset, self.clock.boot_ns(), handed_over, job.place, job.offset)

    def send(self, active: Active, wire: Wire) -> UploadState:
        """Send what is left of one upload and write down what came of it; answers its new state."""
        job = active.job
        course = Course(job.failures, self.chance, self.stop)
        resent_before = active.resent.bytes
        try:
            record = self.spool.session(job.session)
            site = self.sites.of(record)
            sent = _Attempts(self, active, site, self.keyring.device(job.seal.device), wire, course).run()
        except Cancelled:
            self._later(active, 0.0, job.failures, None)
            return UploadState.QUEUED
        except ZhishiError as why:
            return self._failed(active, course, why)
        finally:
            if active.resent.bytes > resent_before:
                self.store.count_resent(job.session, active.resent.bytes - resent_before)
        self.resent.pop(job.id, None)
        state = UploadState.VERIFIED if sent.state is StoredState.VERIFIED else UploadState.RECEIVED
        self.store.finished(job.id, state, sent.place, sent.offset)
        return state

    def path(self, job: Job) -> str:
        """How messages name the file of ``job``."""
        return str(self.spool.root / job.path)

    def _failed(self, active: Active, course: Course, why: ZhishiError) -> UploadState:
        if course.decision.step is Step.BLOCK or course.failures == 0:  # 0: it never came to an attempt
            self.store.block(active.job.id, why.code, why.detail)
            return UploadState.BLOCKED
        if active.anew:  # the line is well
            self._later(active, 0.0, course.failures, None)
            return UploadState.QUEUED
        site = self.sites.of(self.spool.session(active.job.session))
        if isinstance(why, NETWORK):
            site.doubt(why)
        if course.decision.whole_center:
            site.hold(course.wait_s)
        if course.decision.step is Step.CREATE:  # whenever the next attempt comes, it begins there
            active.place, active.offset = None, 0
        self._later(active, course.wait_s, course.failures, why)
        return UploadState.QUEUED

    def _later(self, active: Active, wait_s: float, failures: int, why: ZhishiError | None) -> None:
        due = Now(self.clock.boot_id(), self.clock.boot_ns() + int(wait_s * 1e9))
        self.store.later(
            active.job.id,
            due=due,
            place=active.place,
            offset=active.offset,
            failures=failures,
            code=why.code if why else "",
            detail=why.detail if why else "",
        )


@dataclass(slots=True)
class _Attempts:
    """The attempts at one upload while one worker holds it."""

    sender: Sender
    active: Active
    site: Site
    device: DeviceKey
    wire: Wire
    course: Course
    token: str | None = None

    def run(self) -> Sent:
        return self.course.run(self._attempt)

    def _attempt(self, step: Step) -> Sent:
        active, seal = self.active, self.active.job.seal
        active.waits = False
        if self.sender.stop.is_set():
            raise Cancelled
        if step is Step.CREATE:
            active.place, active.offset = None, 0
        self._check_file(seal)
        self.token = self.site.token(self.device, refused=self.token if step is Step.RENEW else None)
        base = self.site.url + UPLOADS_PATH
        tus = CenterTus(base, self.wire, headers={"Authorization": f"Bearer {self.token}"})
        # After a failed creation it is not known what arrived: ask for the upload first, then send the rest.
        fresh = active.place is None and self.course.failures == 0
        uploader: SegmentUploader | None = None
        try:
            uploader = tus.uploader(
                None if seal.kind is LinkKind.GAP else self.sender.spool.root / active.job.path,
                seal.size,
                metadata=seal_metadata(seal),
                url=None if active.place is None else same_origin(base, active.place),
                with_body=fresh and seal.size <= self.sender.config.small_bytes,
                progress=self._moved,
                pace=self._paced,
                resent=active.resent,
                created=self._created,
            )
            return uploader.send()
        except HashMismatch:
            self._check_hash(seal)  # ours is damaged: SegmentDamaged; else the line spoilt it: sent again
            raise
        finally:
            if uploader is not None and uploader.offset > active.offset:
                active.offset = uploader.offset
                self.course.progressed()

    def _created(self, place: str, offset: int) -> None:
        self.active.place, self.active.offset = place, offset
        if offset < self.active.job.seal.size:  # else the next thing written is its final state
            self.sender.store.placed(self.active.job.id, place, offset)

    def _moved(self, position: int, count: int) -> None:
        active = self.active
        self.sender.meter.add(count)
        active.position = position
        active.moved_ns = self.sender.clock.boot_ns()
        if position >= active.job.seal.size:
            active.waits = True
            active.handed_over()
        if self.sender.stop.is_set():
            raise Cancelled

    def _paced(self, count: int) -> int:
        pace = self.sender.pace
        count = min(count, pace.block)
        pace.take(count, self.sender.stop.wait)
        return count

    def _check_file(self, seal: Seal) -> None:
        """Size always; the hash of small files that were never offered (cheap, and damage is named at once)."""
        if seal.kind is LinkKind.GAP:
            return
        path = self.sender.spool.root / self.active.job.path
        with translate(path):
            size = path.stat().st_size
        if size != seal.size:
            raise SegmentDamaged(f"{path}: {size} bytes, sealed with {seal.size}")
        if self.active.place is None and size <= self.sender.config.small_bytes:
            self._check_hash(seal)

    def _check_hash(self, seal: Seal) -> None:
        if seal.kind is LinkKind.GAP:
            return
        path = self.sender.spool.root / self.active.job.path
        sha256, _ = hash_file(path)
        if sha256 != seal.sha256:
            raise SegmentDamaged(f"{path}: SHA-256 is {sha256[:16]}…, sealed with {seal.sha256[:16]}…")
