"""Sealing while recording: completed segments become links of the chain, in order, and are never lost on the way.

Owns the queue of segments that wait for their seal, and the sums told in status. What an earlier recorder left is
salvaged first: until that is done everything new waits. Everything here blocks (fsync, hash) and is called from worker
threads, one call at a time. Uses ``host.sealing`` for every decision about bytes.
"""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ChainBroken, EvidenceError, SegmentTruncated, StorageError, ZhishiError
from domain.identity import LinkKind, Track
from domain.seal import GapReason, Seal
from host.centertime import CenterTime
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.fragments import inspect
from host.runrecord import RUN_NAME, RunRecord
from host.salvage import salvage_track
from host.sealing import TrackSealer
from host.spool import Spool, seal_path, segment_files


@dataclass(slots=True)
class Sums:
    """What the track's chain holds by now."""

    segments: int = 0
    bytes: int = 0
    gaps: int = 0
    gap_ms: int = 0
    media_ms: int = 0

    def add(self, seal: Seal) -> None:
        """Count one more link."""
        self.bytes += seal.size
        if seal.kind is LinkKind.SEGMENT:
            self.segments += 1
            self.media_ms += seal.duration_ms
        elif seal.kind is LinkKind.GAP:
            self.gaps += 1
            self.gap_ms += seal.duration_ms


@dataclass(frozen=True, slots=True)
class _Waiting:
    record: RunRecord
    index: int
    path: Path


@dataclass(frozen=True, slots=True)
class _Finished:
    """A run that is over: what is left of it waits too, and ``reason`` names the gap that follows."""

    record: RunRecord
    reason: GapReason


class SealWatch:
    """The sealing side of one track of one session. The caller holds the sealing lock."""

    def __init__(self, spool: Spool, session: str, device: str, track: Track, center_time: CenterTime) -> None:
        self._spool, self._session, self._device, self._track = spool, session, device, track
        self._center_time = center_time
        self._sealer: TrackSealer | None = None
        self._waiting: deque[_Waiting | _Finished] = deque()
        self._reason = GapReason.RECORDER_DIED  # of a gap in front of the next segment
        self._last: RunRecord | None = None
        self.sums = Sums()
        self.error: ZhishiError | None = None
        self._earlier = tuple(spool.runs(session, track))
        self.open_chain()

    def open_chain(self) -> None:
        """Salvage what lay here when this began, then read the chain's tail.

        When the chain is damaged, or the disk refuses, footage is kept and waits, and ``error`` says so.
        """
        if self._sealer is not None:
            return
        where = (self._spool, self._session, self._device, self._track)
        try:
            salvage_track(*where, self._center_time, only=self._earlier)
            chain = ChainWriter(*where)
        except (ChainBroken, StorageError) as why:
            self.error = why
            return
        self._sealer = TrackSealer(chain, self._center_time)
        self.error = None
        self.sums = Sums()
        for seal in self._spool.read_seals(self._session, self._track).seals:
            self.sums.add(seal)

    def begin(self, record: RunRecord) -> None:
        """A new run has started."""
        self._last = record

    def add(self, record: RunRecord, index: int, path: Path) -> None:
        """A completed segment whose time has been confirmed waits for its seal."""
        self._waiting.append(_Waiting(record, index, path))

    def finish(self, record: RunRecord, limit_ms: int | None, reason: GapReason) -> None:
        """The run's ffmpeg is dead: all that is left of it waits for its seal, up to ``limit_ms`` of its media clock.

        What lies beyond the limit is set aside under ``.cut``, never sealed, never deleted. ``reason`` names the gap
        that follows.
        """
        if limit_ms is not None:
            record = record.with_limit(limit_ms)
            self._remember(record)
        self._waiting.append(_Finished(record, reason))
        self.work()

    def work(self) -> int:
        """Seal what waits, oldest first; returns how many new links.

        A refusing disk, or a damaged chain that may have been mended meanwhile, is tried again next time.
        """
        made = 0
        if self._waiting:
            self.open_chain()
        while self._waiting and self._sealer is not None:
            one = self._waiting[0]
            try:
                if isinstance(one, _Finished):
                    left = self._left_of(self._sealer, one)
                    self._waiting.popleft()
                    self._waiting.extendleft(reversed(left))
                    if not left:
                        self._reason = one.reason
                    continue
                links = self._sealer.seal_segment(one.record, one.index, one.path, self._reason)
            except StorageError as why:
                self.error = why
                return made
            except EvidenceError as why:  # nothing of it can be sealed; the file stays, the hole becomes a gap
                self.error = why
                self._waiting.popleft()
                continue
            self._waiting.popleft()
            self.error = None
            made += self._count(links)
            if links:
                self._reason = GapReason.DAMAGED  # a hole inside a run: what was cut there
        return made

    def _left_of(self, sealer: TrackSealer, over: _Finished) -> list[_Waiting | _Finished]:
        """The unsealed segments of a finished run; then the run's end again."""
        folder = sealer.run_dir(over.record)
        queued = {one.path for one in self._waiting if isinstance(one, _Waiting)}
        left: list[_Waiting | _Finished] = []
        for index, path in segment_files(folder) if folder.is_dir() else []:
            one = _Waiting(over.record, index, path)
            # A file without one whole fragment is never sealed: it must not come back here for ever.
            if path not in queued and not seal_path(path).exists() and _has_whole(sealer, one):
                left.append(one)
        return [*left, over] if left else []

    def _remember(self, record: RunRecord) -> None:
        """Write the limit down before anything is cut: who salvages after a crash must know it too."""
        try:
            record.save(self._spool.run_dir(self._session, self._track, record.run))
        except StorageError as why:
            self.error = why  # the limit holds in memory; only a crash before the disk recovers would forget it

    def declare_until(self, until: Moment, reason: GapReason, since: Moment | None) -> None:
        """The session is over here: declare what is missing up to ``until``. Raises StorageError.

        ``since`` is when recording was first ordered: with no footage at all the whole stretch is declared.
        """
        if self._sealer is None or self._last is None:
            return
        folder = self._spool.new_run_dir(self._session, self._track, self._last.run)
        if not (folder / RUN_NAME).exists():
            self._last.save(folder)
        if self._sealer.chain.covered_until is None and since is not None:
            self._count(self._sealer.declare_nothing(self._last, since, until, GapReason.NO_FOOTAGE))
        else:
            self._count(self._sealer.declare_gap(self._last, until, reason))

    @property
    def waiting(self) -> int:
        """Segments that wait for their seal."""
        return len(self._waiting)

    def _count(self, links: list[Seal]) -> int:
        for seal in links:
            self.sums.add(seal)
        return len(links)


def _has_whole(sealer: TrackSealer, one: _Waiting) -> bool:
    """Something of it can be sealed."""
    try:
        return inspect(one.path, sealer.init_facts(one.record)).whole_bytes > 0
    except SegmentTruncated:
        return False  # init.mp4 is not whole: nothing of the run can be played
