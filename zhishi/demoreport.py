"""What a demo really did: read from the spool, the receipt and the daemon, never from the plan."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from domain.identity import LinkKind, Track
from domain.receipt import Receipt
from domain.status import LocalSessionState
from domain.wire.syncd import SessionStatus
from host.durable import write_bytes
from host.paths import Home
from host.spool import INIT_NAME, Spool, segment_files

FOOTAGE = (Track.CAMERA, Track.SCREEN)  # the timeline's segments are events, not footage


@dataclass(slots=True)
class Report:
    """The demo's result, as ``--json`` writes it."""

    session: str
    tracks: dict[str, dict[str, Any]]
    recorded_segments: int
    verified_segments: int
    resent_bytes: int
    assessment: str
    confirmed: bool
    seconds_end_to_confirmed: float | None
    receipt: str | None
    center_key: str | None
    evidence_dir: str
    footage: dict[str, list[str]] = field(default_factory=dict)

    @staticmethod
    def read(home: Home, status: SessionStatus, took_s: float, evidence: Path) -> "Report":
        """From what lies on disk and what syncd says; ``verified_segments`` is what the center confirmed."""
        tracks = _tracks(Spool(home.spool), status.session)
        confirmed = status.state == LocalSessionState.CONFIRMED
        return Report(
            session=status.session,
            tracks=tracks,
            recorded_segments=sum(int(track["segments"]) for track in tracks.values()),
            verified_segments=sum(track.verified_segments for name, track in status.tracks.items() if name in FOOTAGE),
            resent_bytes=status.resent_bytes,
            assessment=status.assessment,
            confirmed=confirmed,
            seconds_end_to_confirmed=round(took_s, 2) if confirmed else None,
            receipt=status.receipt,
            center_key=status.center_key,
            evidence_dir=str(evidence),
        )

    def count_verified(self, receipt: Receipt) -> None:
        """Take the number of verified segments from the receipt instead."""
        self.verified_segments = sum(entry.summary.segments for entry in receipt.tracks if entry.track in FOOTAGE)

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        write_bytes(path, json.dumps(asdict(self), ensure_ascii=False, indent=2).encode() + b"\n", mode=0o644)


def _tracks(spool: Spool, session: str) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for track in FOOTAGE:
        if track not in spool.tracks(session):
            continue
        seals = spool.read_seals(session, track).seals
        segments = [seal for seal in seals if seal.kind is LinkKind.SEGMENT]
        told[track.value] = {
            "segments": len(segments),
            "bytes": sum(seal.size for seal in seals),
            "duration_s": round(sum(seal.duration_ms for seal in segments) / 1000, 3),
            "gaps": [
                {"start_ms": seal.center_ms, "duration_ms": seal.duration_ms, "reason": str(seal.reason)}
                for seal in seals
                if seal.kind is LinkKind.GAP
            ],
        }
    return told


def write_footage(home: Home, session: str, folder: Path) -> dict[str, list[str]]:
    """One playable MP4 per run: init.mp4 and its segments joined as they are. Track → files."""
    spool = Spool(home.spool)
    made: dict[str, list[str]] = {}
    for track in FOOTAGE:
        for number, run in enumerate(spool.runs(session, track), start=1):
            source = spool.run_dir(session, track, run)
            if not (source / INIT_NAME).exists():
                continue
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / f"{track.value}-{number}.mp4"
            with target.open("wb") as out:
                for path in [source / INIT_NAME, *(path for _, path in segment_files(source))]:
                    out.write(path.read_bytes())
            made.setdefault(track.value, []).append(str(target))
    return made
