"""A recorder to test with: home, session, the program itself, and what its chains say afterwards."""

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from domain.chain import TrackSummary, follow
from domain.errors import NotRunning
from domain.identity import LinkKind, Track
from domain.seal import Seal
from domain.wire.center import SessionFacts
from domain.wire.recorder import CaptureOrder, CaptureStatus, RecorderStatus, StopOrder
from host.durable import hash_file
from host.identity import new_id
from host.instance import find
from host.localapi import LocalClient
from host.paths import Home
from host.spool import SessionRecord, Spool
from tests.support.hatchery import Hatched, programs
from tests.support.waiting import wait_until


def make_session(home: Home, scheduled_end_ms: int = 4_000_000_000_000) -> SessionRecord:
    """A session this machine knows, as enrolment leaves it."""
    home.prepare()
    session = new_id()
    facts = SessionFacts(
        session=session,
        project="P1",
        title="测试",
        batch="1",
        number="001",
        practice=True,
        scheduled_end_ms=scheduled_end_ms,
        window_ms=3_600_000,
    )
    record = SessionRecord(session=session, device=new_id(), center="http://127.0.0.1:9", facts=facts)
    Spool(home.spool).save_session(record)
    return record


@dataclass
class Rig:
    """A home with one session, and the recorder as a child process."""

    home: Home
    record: SessionRecord
    given: dict[str, Any]
    environ: dict[str, str]
    child: Hatched | None = None
    pids: set[int] = field(default_factory=set)

    @property
    def spool(self) -> Spool:
        return Spool(self.home.spool)

    @property
    def client(self) -> LocalClient:
        return LocalClient(self.home, "recorder", timeout_s=30)

    def start(self) -> None:
        """Start the recorder and wait until it answers."""
        given = {"home": str(self.home.root), **self.given}
        self.child = programs().start("tests.support.recorder_child:main", [json.dumps(given)], self.environ)
        pid = self.child.pid

        def answers() -> bool:
            assert self.child is not None
            assert self.child.alive(), "the recorder ended"
            found = find(self.home, "recorder")
            return found is not None and found.pid == pid

        wait_until(answers, 30)

    def status(self) -> RecorderStatus:
        status = self.client.get("/status", RecorderStatus)
        self.pids |= {capture.pid for capture in status.captures if capture.pid}
        return status

    def capture(self, track: Track) -> CaptureStatus:
        return next(capture for capture in self.status().captures if capture.track == track.value)

    def record_now(self, **devices: str) -> None:
        """Order recording and wait until every capture gives fresh footage."""
        order = CaptureOrder(session=self.record.session, **devices)
        self.client.post("/record", order, RecorderStatus)
        self.wait_healthy()

    def wait_healthy(self, timeout_s: float = 30) -> None:
        def healthy() -> bool:
            try:
                captures = self.status().captures
            except NotRunning:
                return False
            return bool(captures) and all(capture.health == "healthy" for capture in captures)

        wait_until(healthy, timeout_s)

    def stop(self, *, end: bool = True) -> None:
        self.client.post("/stop", StopOrder(end=end), RecorderStatus)

    def kill(self) -> None:
        """kill -9 of the recorder itself."""
        assert self.child is not None
        self.child.kill()

    def close(self) -> None:
        """End the recorder and whatever ffmpeg of ours is left."""
        if self.child is not None and self.child.alive():
            self.child.go_on()
            try:
                self.child.kill(signal.SIGTERM, 15)
            except AssertionError:  # it does not listen
                self.kill()
        for pid in self.pids:
            if psutil.pid_exists(pid) and "ffmpeg" in psutil.Process(pid).name():
                psutil.Process(pid).kill()

    def seals(self, track: Track) -> tuple[Seal, ...]:
        scan = self.spool.read_seals(self.record.session, track)
        assert not scan.damaged
        return scan.seals

    def check_chain(self, track: Track) -> TrackSummary:
        """Every link follows, every sealed file has its hash; no overlap, no uncovered hole over 0.6 s."""
        scan = self.spool.read_seals(self.record.session, track)
        assert not scan.damaged
        for file in scan.files:
            if file.evidence is not None:
                assert hash_file(file.evidence) == (file.seal.sha256, file.seal.size)
        covered: int | None = None
        for seal in scan.seals:
            if seal.kind is LinkKind.INIT:
                continue
            if covered is not None:
                assert abs(seal.boot_ns - covered) < 600_000_000, f"link {seal.seq} does not join"
            covered = seal.boot_ns + seal.duration_ms * 1_000_000
        return follow(scan.seals, self.record.session, self.record.device, track)


@contextmanager
def rig(environ: dict[str, str], root: Path | None = None, **given: Any) -> Iterator[Rig]:
    """A recorder, running; ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="zhishi-rec-") as folder:
        home = Home(root or Path(folder))
        made = Rig(home, make_session(home), given, {**os.environ, **environ})
        try:
            made.start()
            yield made
        finally:
            made.close()


def footage_ms(seals: tuple[Seal, ...], from_ns: int, to_ns: int) -> float:
    """Milliseconds of footage that the chain claims between two moments of the boot clock."""
    total = 0
    for seal in seals:
        if seal.kind is LinkKind.SEGMENT:
            end = seal.boot_ns + seal.duration_ms * 1_000_000
            total += max(0, min(end, to_ns) - max(seal.boot_ns, from_ns))
    return total / 1e6


def around(seals: tuple[Seal, ...], moment_ns: int) -> tuple[int, int]:
    """For a kill at ``moment_ns``: boot clock at which the run before it ends and at which the next one begins.

    A run begun before the kill cannot end after it: no second is made up.
    """
    spans: dict[str, tuple[int, int]] = {}
    for seal in seals:
        if seal.kind is LinkKind.SEGMENT:
            first, last = spans.get(seal.run, (seal.boot_ns, 0))
            spans[seal.run] = (first, max(last, seal.boot_ns + seal.duration_ms * 1_000_000))
    before = max(last for first, last in spans.values() if first < moment_ns)
    after = min(first for first, last in spans.values() if first > moment_ns)
    return before, after
