"""A laptop for sync tests: a home with a spool that a hand-worked recorder fills, and syncd in this process or its own.

Segments are random bytes: what they show is the recorder's business, syncd carries any.
"""

import functools
import json
import random
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from domain.identity import LinkKind, Track
from domain.manifest import Ended, EndedBy
from domain.seal import GapReason, Seal
from domain.wire.syncd import EnrolRequest, SessionStatus, SyncStatus
from host.centertime import CenterTime
from host.chainwriter import ChainWriter
from host.clock import Clock, SystemClock
from host.durable import write_bytes
from host.identity import new_id
from host.localapi import LocalClient
from host.paths import Home
from host.runrecord import RunRecord
from host.spool import INIT_NAME, Spool
from syncd.config import SyncConfig
from syncd.daemon import Daemon
from syncd.queuefile import prepare
from tests.support.hatchery import Hatched, programs
from tests.support.waiting import wait_until

QUICK = {
    "scan_every_s": 1.0,
    "view_every_s": 0.5,
    "view_idle_s": 1.0,
    "probe_most_s": 1.0,
    "connect_timeout_s": 3.0,
    "stall_s": 3.0,
    "api_timeout_s": 3.0,
}


def quick_config(**settings: Any) -> SyncConfig:
    """As shipped, with short waits."""
    return SyncConfig(**{**QUICK, **settings})


def with_queue(home: Home) -> Home:
    """``home`` with an empty queue, unless it has one: copied, since making it takes a process a second each time."""
    if not home.queue_db.exists():
        write_bytes(home.queue_db, _empty_queue())
    return home


@functools.cache
def _empty_queue() -> bytes:
    with tempfile.TemporaryDirectory(prefix="zhishi-queue-") as folder:
        file = Path(folder) / "queue.db"
        prepare(file)
        return file.read_bytes()


@dataclass
class HandRecorder:
    """Seals bytes as one run of one track, as the recorder would; holds no lock."""

    home: Home
    session: str
    device: str
    track: Track = Track.CAMERA
    run: str = field(default_factory=new_id)
    clock: Clock = field(default_factory=SystemClock)
    seed: int = 7

    def __post_init__(self) -> None:
        self.spool = Spool(self.home.spool)
        self.time = CenterTime(self.home.center_time, self.clock)
        self.folder = self.spool.new_run_dir(self.session, self.track, self.run)
        start = self.time.now()
        RunRecord(self.run, self.track, start, 2**22 - 1, 0.0, start.boot_ns, ()).save(self.folder)
        self.chain = ChainWriter(self.spool, self.session, self.device, self.track)
        self.next = 0
        self.chance = random.Random(self.seed)
        self._file(LinkKind.INIT, 0, INIT_NAME, 800, 0)

    def segment(self, size: int = 20_000) -> Seal:
        """One more sealed segment of ``size`` random bytes."""
        index, self.next = self.next, self.next + 1
        return self._file(LinkKind.SEGMENT, index, f"{index:06d}.m4s", size, 100)

    def gap(self) -> Seal:
        """One declared gap."""
        return self.chain.seal_gap(self.run, start=self.time.now(), duration_ms=1000, reason=GapReason.STALLED)

    def end(self) -> None:
        """No more footage will come; the session ends where the footage does, so that no gap follows."""
        now = self.chain.covered_until or self.time.now()
        self.spool.save_ended(self.session, Ended(EndedBy.ORDER, now.center_ms, now.center_est))

    def path(self, seal: Seal) -> Path:
        """Where the sealed file lies."""
        return self.folder / (INIT_NAME if seal.kind is LinkKind.INIT else f"{seal.index:06d}.m4s")

    def _file(self, kind: LinkKind, index: int, name: str, size: int, duration_ms: int) -> Seal:
        path = self.folder / name
        path.write_bytes(self.chance.randbytes(size))
        return self.chain.seal_file(kind, self.run, index, path, start=self.time.now(), duration_ms=duration_ms)


class Laptop:
    """syncd as a daemon object in this process; ``with`` starts and stops it."""

    def __init__(self, root: Path, clock: Clock | None = None, **settings: Any) -> None:
        self.home = with_queue(Home(root).prepare())
        self.clock = clock or SystemClock()
        self.settings = settings
        self.daemon: Daemon | None = None
        self.session = self.device = ""

    def start(self) -> Daemon:
        """Start a new daemon on this home."""
        time = CenterTime(self.home.center_time, self.clock)
        self.daemon = Daemon(self.home, quick_config(**self.settings), time, random.Random(1))
        self.daemon.start()
        return self.daemon

    def stop(self) -> None:
        """Stop it."""
        if self.daemon is not None:
            self.daemon.stop()
            self.daemon = None

    def enrol(self, center: str, code: str) -> None:
        """Become a device of a session."""
        assert self.daemon is not None
        reply = self.daemon.enrol(EnrolRequest(center=center, code=code))
        self.session, self.device = reply.session, reply.device

    def recorder(self, track: Track = Track.CAMERA, **more: Any) -> HandRecorder:
        """A recorder of one track of the enrolled session."""
        return HandRecorder(self.home, self.session, self.device, track, **more)

    def status(self) -> SyncStatus:
        """What it says now."""
        assert self.daemon is not None
        return self.daemon.status()

    def here(self) -> SessionStatus:
        """The enrolled session's status."""
        return next(one for one in self.status().sessions if one.session == self.session)

    def verified(self, links: int, timeout: float = 20.0) -> SessionStatus:
        """Wait until so many links in all are verified."""

        def reached() -> SessionStatus | None:
            here = self.here()
            return here if sum(track.verified_links for track in here.tracks.values()) >= links else None

        return wait_until(reached, timeout, f"{links} links verified")  # type: ignore[return-value]

    def confirmed(self, timeout: float = 30.0) -> SessionStatus:
        """Wait for the session receipt."""
        return wait_until(lambda: (s := self.here()).state == "confirmed" and s, timeout, "confirmed")  # type: ignore[return-value]

    def trouble(self, code: str, timeout: float = 20.0) -> str:
        """Wait until a trouble with ``code`` is named anywhere; its subject and detail."""

        def found() -> str:
            status = self.status()
            everything = [*status.troubles, *(t for s in status.sessions for t in s.troubles)]
            hits = [f"{t.subject} {t.error.detail}" for t in everything if t.error.code == code]
            if status.network_error is not None and status.network_error.code == code:
                hits.append(status.network_error.detail)
            return hits[0] if hits else ""

        return wait_until(found, timeout, f"trouble {code}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def syncd_process(home: Home, **settings: Any) -> Iterator["SyncdProcess"]:
    """``syncd.main.run`` as a program of its own, to be killed."""
    process = SyncdProcess(with_queue(home), settings)
    try:
        process.start()
        yield process
    finally:
        process.kill()


class SyncdProcess:
    """Starts, asks and kills the program."""

    def __init__(self, home: Home, settings: Mapping[str, Any]) -> None:
        self.home = home
        self._settings = json.dumps({**QUICK, **settings})
        self._process: Hatched | None = None
        self.client = LocalClient(home, "syncd")

    @property
    def pid(self) -> int:
        """Of the process running now."""
        assert self._process is not None
        return self._process.pid

    def start(self, wait: bool = True, **more: Any) -> None:
        """Start; with ``wait`` until its API answers."""
        settings = json.dumps({**json.loads(self._settings), **more})
        self._process = programs().start("tests.support.syncd_child:main", [str(self.home.root), settings])
        if wait:
            wait_until(self._answers, 30.0, "syncd answers")

    def ended(self, timeout: float = 30.0) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process is not None
        return self._process.ended(timeout)

    def status(self) -> SyncStatus:
        """What it says now."""
        return self.client.get("/status", SyncStatus)

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _answers(self) -> bool:
        from domain.errors import NotRunning

        assert self._process is not None
        assert self._process.alive(), "syncd ended at its start; its words are above"
        try:
            return bool(self.status())
        except NotRunning:
            return False
