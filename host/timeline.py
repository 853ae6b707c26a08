"""The timeline track: events of a session as JSON lines, sealed like footage.

::

    tracks/timeline/<run>/000000.jsonl            one event a line, fsynced as it is written
    tracks/timeline/<run>/000000.jsonl.seal.json

Owns the form of a line, sealing and salvage; whoever calls holds the timeline's lock (``host.locks``). What the events
mean is their writer's business. Nothing is sealed once ended.json is there: the manifest may be written already.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import AlreadyRunning, BadInput, EvidenceError, SegmentTruncated, StorageError
from domain.identity import LinkKind, Track
from domain.seal import Seal
from host.centertime import CenterTime
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.durable import read_bytes, sync_fd, sync_folder, translate
from host.identity import new_id
from host.locks import sealing_lock
from host.sealing import cut_back
from host.spool import SessionRecord, Spool, seal_path, segment_files

SEGMENT_BYTES = 64 * 1024
SEGMENT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when by all clocks, what kind, and its own fields (JSON values)."""

    id: str
    at: Moment
    kind: str
    data: Mapping[str, Any]

    def line(self) -> bytes:
        """The event as one line of the track."""
        at = self.at
        fields = {
            "v": 1,
            "id": self.id,
            "kind": self.kind,
            "boot_id": at.boot_id,
            "boot_ns": str(at.boot_ns),
            "center_ms": at.center_ms,
            "center_est": at.center_est,
            "wall_ms": at.wall_ms,
            "data": dict(self.data),
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_events(raw: bytes) -> list[Event]:
    """The events in a segment's whole lines; raises SegmentTruncated when a line is none of ours."""
    found = []
    for number, line in enumerate(raw.splitlines()):
        try:
            told = json.loads(line)
            at = Moment(
                str(told["boot_id"]),
                int(told["boot_ns"]),
                int(told["center_ms"]),
                bool(told["center_est"]),
                int(told["wall_ms"]),
            )
            found.append(Event(str(told["id"]), at, str(told["kind"]), dict(told["data"])))
        except (ValueError, KeyError, TypeError) as why:
            raise SegmentTruncated(f"line {number + 1} is no event: {why!r}") from why
    return found


class EventLog:
    """Writes one session's timeline; holds its lock from ``open`` to ``close``. Not safe to share between threads."""

    def __init__(self, spool: Spool, record: SessionRecord, center_time: CenterTime) -> None:
        self._spool = spool
        self._record = record
        self._time = center_time
        self._lock = sealing_lock(spool, record.session, Track.TIMELINE)
        self._folder: Path | None = None
        self._run = ""
        self._index = 0
        self._first: Moment | None = None
        self._size = 0

    @property
    def session(self) -> str:
        """Whose timeline this is."""
        return self._record.session

    def open(self) -> None:
        """Take the lock, finish what a killed writer left, begin a run.

        Raises AlreadyRunning (another writer), BadInput (the session has ended here), StorageError, ChainBroken.
        """
        if self._spool.ended(self._record.session) is not None:
            raise BadInput(f"session {self._record.session} has ended")
        if not self._lock.take():
            raise AlreadyRunning(f"{self._lock.path}")
        try:
            salvage_timeline(self._spool, self._record.session, self._record.device, self._time)
            self._run = new_id()
            self._folder = self._spool.new_run_dir(self._record.session, Track.TIMELINE, self._run)
            sync_folder(self._folder.parent)
        except (StorageError, EvidenceError):
            self._lock.release()
            raise

    def write(self, event: Event) -> None:
        """Append ``event`` durably; seals when the segment is large or old enough. Raises StorageError."""
        if self._folder is None:
            raise StorageError("the timeline is not open")
        path = self._path()
        line = event.line()
        with translate(path), path.open("ab") as file:
            file.write(line)
            file.flush()
            sync_fd(file.fileno())
        if self._first is None:
            sync_folder(self._folder)
            self._first = event.at
        self._size += len(line)
        if self._size >= SEGMENT_BYTES:
            self.seal()

    def tick(self) -> None:
        """Seal an open segment that is a minute old. Raises StorageError, EvidenceError."""
        if self._first is not None and self._time.now().ms_since(self._first) >= SEGMENT_MS:
            self.seal()

    def seal(self) -> Seal | None:
        """Seal what is open, so that it is sent; None when nothing is, or when the session has ended here."""
        if self._first is None or self._spool.ended(self._record.session) is not None:
            return None
        chain = ChainWriter(self._spool, self._record.session, self._record.device, Track.TIMELINE)
        sealed = _seal(chain, self._run, self._index, self._path())
        self._index += 1
        self._first, self._size = None, 0
        return sealed

    def close(self) -> None:
        """Seal what is open and let the lock go. The lock goes even when sealing fails."""
        try:
            self.seal()
        finally:
            self._folder = None
            self._lock.release()

    def _path(self) -> Path:
        assert self._folder is not None  # noqa: S101 -- callers looked
        return self._folder / f"{self._index:06d}.jsonl"


def salvage_timeline(spool: Spool, session: str, device: str, center_time: CenterTime) -> list[Seal]:
    """Seal every event file a killed writer left, up to its last whole line. Safe to call again.

    The caller holds the timeline's lock, and no manifest has been written. Raises ChainBroken, StorageError.
    """
    left = [
        (run, index, path)
        for run in spool.runs(session, Track.TIMELINE)
        for index, path in segment_files(spool.run_dir(session, Track.TIMELINE, run))
        if not seal_path(path).exists()
    ]
    if not left:
        return []
    chain = ChainWriter(spool, session, device, Track.TIMELINE)
    done = []
    for run, index, path in left:
        whole = _whole_lines(read_bytes(path))
        if whole != path.stat().st_size:
            cut_back(path, whole)
        if whole:
            done.append(_seal(chain, run, index, path))
    return done


def _seal(chain: ChainWriter, run: str, index: int, path: Path) -> Seal:
    events = read_events(read_bytes(path))
    first, last = events[0].at, events[-1].at
    return chain.seal_file(LinkKind.SEGMENT, run, index, path, start=first, duration_ms=max(0, last.ms_since(first)))


def _whole_lines(raw: bytes) -> int:
    """Bytes up to the end of the last line that is an event of ours (a cut one is kept beside, never sealed)."""
    end = 0
    for line in raw.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            read_events(line)
        except SegmentTruncated:
            break
        end += len(line)
    return end
