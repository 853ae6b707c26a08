"""Turning files of a run into links of a chain, with every missing stretch declared.

Used by the recorder while it records and by ``host.salvage`` afterwards: one rule for both. Times come from the
segment's own fragments, never from ffmpeg's list or an exit code.
"""

import os
from pathlib import Path

from domain.errors import SegmentTruncated
from domain.identity import LinkKind
from domain.seal import GapReason, Seal
from host.centertime import CenterTime
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.durable import replace, sync_fd, sync_folder, translate, write_bytes
from host.fragments import InitFacts, SegmentFacts, inspect, read_init
from host.runrecord import RunRecord
from host.spool import INIT_NAME, seal_path

GAP_MS = 500  # inside a run a shorter hole is jitter of the segment cut, not missing footage
LIMIT_SLACK_MS = 20  # a fragment ends on a frame, a limit is told in whole frames
CUT_SUFFIX = ".cut"


class TrackSealer:
    """Seals the files of one track's runs in order."""

    def __init__(self, chain: ChainWriter, center_time: CenterTime) -> None:
        self.chain = chain
        self.center_time = center_time
        self._inits: dict[str, InitFacts] = {}

    def run_dir(self, record: RunRecord) -> Path:
        """Folder of a run."""
        return self.chain.spool.run_dir(self.chain.session, self.chain.track, record.run)

    def init_facts(self, record: RunRecord) -> InitFacts:
        """What the run's init.mp4 says; raises SegmentTruncated, StorageError."""
        if record.run not in self._inits:
            self._inits[record.run] = read_init(self.run_dir(record) / INIT_NAME)
        return self._inits[record.run]

    def seal_segment(self, record: RunRecord, index: int, path: Path, reason: GapReason) -> list[Seal]:
        """Seal one segment of ``record``: the gap before it (named ``reason``), the run's init, the segment.

        Only whole fragments within the record's ``limit_ms`` are sealed. What is cut off stays beside the segment under
        ``.cut``, and a segment of filling alone is renamed so. Answers the new links (none when nothing is there to be
        sealed). Raises SegmentTruncated when init.mp4 is not whole, StorageError, EvidenceError.
        """
        if seal_path(path).exists():
            return []
        facts = inspect(path, self.init_facts(record))
        keep = _honest(facts, record.limit_ms)
        if keep is None:
            if facts.whole_bytes:
                replace(path, path.with_name(path.name + CUT_SUFFIX))
            return []
        whole_bytes, end_ms = keep
        if whole_bytes < facts.size:
            cut_back(path, whole_bytes)
        start = record.moment(facts.start_ms, self.center_time)
        links = self.declare_gap(record, start, reason)
        links += self._seal_init(record)
        links.append(
            self.chain.seal_file(
                LinkKind.SEGMENT, record.run, index, path, start=start, duration_ms=end_ms - facts.start_ms
            )
        )
        return links

    def declare_gap(self, record: RunRecord, until: Moment, reason: GapReason) -> list[Seal]:
        """Declare what is missing between the end of what the chain covers and ``until``.

        Between two runs any hole is one, however short; inside a run it is one from over ``GAP_MS``.

        Before the first footage there is nothing to be missing: a track's time begins with its first frame (a track
        that never begins is declared by ``declare_nothing``).
        """
        covered = self.chain.covered_until
        if covered is None:
            return []
        missing = until.ms_since(covered)
        least = GAP_MS if self.chain.last_run == record.run else 0
        if missing <= least:
            return []
        return [self.chain.seal_gap(record.run, start=covered, duration_ms=missing, reason=reason)]

    def declare_nothing(self, record: RunRecord, since: Moment, until: Moment, reason: GapReason) -> list[Seal]:
        """Declare that a track without any footage was to be recorded from ``since`` to ``until``."""
        missing = until.ms_since(since)
        if self.chain.covered_until is not None or missing <= 0:
            return []
        return [self.chain.seal_gap(record.run, start=since, duration_ms=missing, reason=reason)]

    def _seal_init(self, record: RunRecord) -> list[Seal]:
        path = self.run_dir(record) / INIT_NAME
        if seal_path(path).exists():
            return []
        start = record.moment(0, self.center_time)
        return [self.chain.seal_file(LinkKind.INIT, record.run, 0, path, start=start, duration_ms=0)]


def _honest(facts: SegmentFacts, limit_ms: int | None) -> tuple[int, int] | None:
    """(bytes, end on the media clock in ms) of the whole fragments that end by ``limit_ms``; None without any."""
    if limit_ms is None:
        return (facts.whole_bytes, facts.end_ms) if facts.whole_bytes else None
    inside = [end for end in facts.fragment_ends if end[1] <= limit_ms + LIMIT_SLACK_MS]
    return inside[-1] if inside else None


def cut_back(path: Path, keep_bytes: int) -> Path:
    """Shorten ``path`` to its first ``keep_bytes`` durably; what is cut off is kept beside it. Raises StorageError."""
    aside = path.with_name(path.name + CUT_SUFFIX)
    if keep_bytes < 0:
        raise SegmentTruncated(f"{path}: cannot keep {keep_bytes} bytes")
    with translate(path):
        with path.open("rb") as file:
            file.seek(keep_bytes)
            tail = file.read()
        if tail and not aside.exists():
            write_bytes(aside, tail)
        fd = os.open(path, os.O_RDWR)
        try:
            os.ftruncate(fd, keep_bytes)
            sync_fd(fd)
        finally:
            os.close(fd)
    sync_folder(path.parent)
    return aside
