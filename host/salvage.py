"""Finishing what a dead recorder left behind: end the orphan, seal what is whole, declare the rest.

Whoever calls this holds the sealing lock. Running ffmpeg processes are ended, never adopted. Footage is sealed in the
order it was recorded in, and nothing behind footage that the disk refuses just now: a gap declared over it would be
a lie.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import EvidenceError, SpoolUnreadable, StorageError
from domain.identity import Track
from domain.seal import GapReason, Seal
from host.centertime import CenterTime
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.fragments import inspect
from host.machine import end_process
from host.runrecord import RUN_NAME, RunRecord
from host.sealing import TrackSealer
from host.spool import INIT_NAME, Spool, seal_path, segment_files

VIDEO_TRACKS = (Track.CAMERA, Track.SCREEN)


@dataclass(slots=True)
class Salvaged:
    """What was done: new links, orphans ended, and files that could not be used (they stay as they are)."""

    links: list[Seal] = field(default_factory=list)
    ended_orphans: int = 0
    damaged: list[tuple[Path, EvidenceError | StorageError]] = field(default_factory=list)


def salvage_track(
    spool: Spool,
    session: str,
    device: str,
    track: Track,
    center_time: CenterTime,
    *,
    until: Moment | None = None,
    end_reason: GapReason = GapReason.STOPPED,
    only: Collection[str] | None = None,
) -> Salvaged:
    """Bring every unsealed file of ``track`` into its chain; the newest open segment up to its last whole fragment.

    With ``until`` (the session's end) the stretch from the last footage to there is declared too, as ``end_reason``.
    ``only`` names the runs to look at; without it all. Safe to call again: what is sealed is left alone. Raises
    ChainBroken when the chain itself is damaged, StorageError when the disk refuses (what can never be read is named in
    the answer instead).
    """
    done = Salvaged()
    runs = _records(spool, session, track, only, done)
    for record in runs:  # every orphan first: none may write into what is sealed next
        if end_process(record.pid, record.create_time):
            done.ended_orphans += 1
    sealer = TrackSealer(ChainWriter(spool, session, device, track), center_time)
    for record in runs:
        _salvage_run(sealer, record, done)
    if until is not None and runs:
        last = runs[-1]
        if sealer.chain.covered_until is None:
            done.links += sealer.declare_nothing(last, runs[0].started, until, GapReason.NO_FOOTAGE)
        else:
            done.links += sealer.declare_gap(last, until, end_reason)
    return done


def _records(spool: Spool, session: str, track: Track, only: Collection[str] | None, done: Salvaged) -> list[RunRecord]:
    records = []
    for run in spool.runs(session, track):
        if only is not None and run not in only:
            continue
        folder = spool.run_dir(session, track, run)
        if not (folder / RUN_NAME).exists() and not segment_files(folder):
            continue  # killed before the run began
        try:
            records.append(RunRecord.load(folder))
        except StorageError as why:
            done.damaged.append((folder / RUN_NAME, why))
    return _in_order(records)


def _in_order(records: list[RunRecord]) -> list[RunRecord]:
    """Oldest first by the boot clock (the wall clock, and with it a run's name, may have been set back in between);
    boots by center time.
    """
    boots: dict[str, int] = {}
    for record in records:
        started = record.started
        boots[started.boot_id] = min(started.center_ms, boots.get(started.boot_id, started.center_ms))
    return sorted(
        records, key=lambda record: (boots[record.started.boot_id], record.started.boot_id, record.started.boot_ns)
    )


def _salvage_run(sealer: TrackSealer, record: RunRecord, done: Salvaged) -> None:
    folder = sealer.run_dir(record)
    files = [(index, path) for index, path in segment_files(folder) if not seal_path(path).exists()]
    if not files:
        return
    try:
        record = _with_zero(sealer, record, files[-1][1])
    except (EvidenceError, SpoolUnreadable) as why:
        done.damaged.append((folder / INIT_NAME, why))
        return
    reason = _why(record, sealer.center_time)
    for index, path in files:
        try:
            done.links += sealer.seal_segment(record, index, path, reason)
        except (EvidenceError, SpoolUnreadable) as why:
            done.damaged.append((path, why))


def _why(record: RunRecord, center_time: CenterTime) -> GapReason:
    """The reason for a gap in front of a salvaged segment."""
    same_boot = record.started.boot_id == center_time.clock.boot_id()
    return GapReason.RECORDER_DIED if same_boot else GapReason.REBOOTED


def _with_zero(sealer: TrackSealer, record: RunRecord, newest: Path) -> RunRecord:
    """The record with media time 0 known: when it was never written, from the last write to the newest segment."""
    init = sealer.init_facts(record)
    if record.zero_boot_ns is not None:
        return record
    facts = inspect(newest, init)
    written_wall_ms = newest.stat().st_mtime_ns // 1_000_000
    since_start_ms = max(0, written_wall_ms - record.started.wall_ms - facts.end_ms)
    return record.with_zero(record.started.boot_ns + since_start_ms * 1_000_000)
