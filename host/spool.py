"""The spool's layout: where evidence lies on this machine. The truth here; no database is asked.

::

    sessions/<session>/session.json              who and where: device, center, facts
    sessions/<session>/ended.json                no more footage will come
    sessions/<session>/tracks/<track>/<run>/     init.mp4, 000000.m4s …, segments.csv, run.json
    …/000000.m4s.seal.json                       write-once seal beside its file
    …/gap-000000.seal.json                       a declared gap (no file)

Owns names and reading. Seals are written by ``host.chainwriter`` alone.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from domain.errors import BadInput, EvidenceError, SealDamaged, SpoolUnreadable, StorageError
from domain.identity import LinkKind, Track, check_uuid
from domain.manifest import Ended, EndedBy
from domain.seal import Seal, parse_seal
from domain.wire.center import SessionFacts
from host.durable import private_folder, read_bytes, read_json, replace, translate, write_json

SEAL_SUFFIX = ".seal.json"
INIT_NAME = "init.mp4"
LIST_NAME = "segments.csv"
_SEGMENT = re.compile(r"(\d{6,})\.(m4s|jsonl)")


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """session.json: what this machine knows of a session without asking anybody."""

    session: str
    device: str
    center: str
    facts: SessionFacts

    def to_dict(self) -> dict[str, Any]:
        """Form on disk."""
        return {
            "session": self.session,
            "device": self.device,
            "center": self.center,
            "facts": self.facts.model_dump(mode="json"),
        }


@dataclass(frozen=True, slots=True)
class SealFile:
    """A seal as found on disk: the sidecar and the evidence file beside it (None for a gap)."""

    path: Path
    seal: Seal

    @property
    def evidence(self) -> Path | None:
        """The sealed file; None for a gap."""
        if self.seal.kind is LinkKind.GAP:
            return None
        return self.path.with_name(self.path.name.removesuffix(SEAL_SUFFIX))


@dataclass(frozen=True, slots=True)
class SealScan:
    """All seals of one track in ``seq`` order, and the sidecars that could not be read."""

    files: tuple[SealFile, ...]
    damaged: tuple[tuple[Path, EvidenceError | StorageError], ...] = field(default=())

    @property
    def seals(self) -> tuple[Seal, ...]:
        """The seals alone."""
        return tuple(file.seal for file in self.files)


class Spool:
    """Names and reading below one spool folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def session_dir(self, session: str) -> Path:
        """Folder of one session; raises BadInput when ``session`` is no UUID (so no path can be smuggled in)."""
        return self.root / "sessions" / check_uuid(session, "session")

    def track_dir(self, session: str, track: Track) -> Path:
        """Folder of one track."""
        return self.session_dir(session) / "tracks" / track.value

    def run_dir(self, session: str, track: Track, run: str) -> Path:
        """Folder of one run."""
        return self.track_dir(session, track) / check_uuid(run, "run")

    def sessions(self) -> list[str]:
        """Sessions with a session.json, oldest first (UUIDv7 sort by time)."""
        return sorted(path.parent.name for path in self.root.glob("sessions/*/session.json"))

    def tracks(self, session: str) -> list[Track]:
        """Tracks that have a folder."""
        return [track for track in Track if self.track_dir(session, track).is_dir()]

    def runs(self, session: str, track: Track) -> list[str]:
        """Runs of a track, oldest first."""
        folder = self.track_dir(session, track)
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []

    def new_run_dir(self, session: str, track: Track, run: str) -> Path:
        """Make the folder of a new run."""
        return private_folder(self.run_dir(session, track, run))

    def save_session(self, record: SessionRecord) -> None:
        """Write session.json; raises BadInput when another device of this machine already owns the session."""
        path = self.session_dir(record.session) / "session.json"
        if path.exists() and (held := self.session(record.session)).device != record.device:
            raise BadInput(f"session {record.session} is recorded here by device {held.device}")
        private_folder(path.parent)
        write_json(path, record.to_dict())

    def session(self, session: str) -> SessionRecord:
        """Read session.json; raises SpoolUnreadable naming the file."""
        path = self.session_dir(session) / "session.json"
        raw = read_json(path)
        try:
            return SessionRecord(
                session=check_uuid(raw["session"], "session"),
                device=check_uuid(raw["device"], "device"),
                center=str(raw["center"]),
                facts=SessionFacts.model_validate(raw["facts"]),
            )
        except (KeyError, TypeError, ValidationError, BadInput) as why:
            raise SpoolUnreadable(f"{path}: {why}") from why

    def save_ended(self, session: str, ended: Ended) -> None:
        """Write ended.json once; a second call keeps the first."""
        path = self.session_dir(session) / "ended.json"
        if not path.exists():
            write_json(path, {"by": ended.by.value, "center_ms": ended.center_ms, "center_est": ended.center_est})

    def ended(self, session: str) -> Ended | None:
        """How the session ended here; None while it has not."""
        path = self.session_dir(session) / "ended.json"
        if not path.exists():
            return None
        raw = read_json(path)
        try:
            return Ended(EndedBy(raw["by"]), int(raw["center_ms"]), bool(raw["center_est"]))
        except (KeyError, TypeError, ValueError) as why:
            raise SpoolUnreadable(f"{path}: {why!r}") from why

    def reopen(self, session: str) -> None:
        """Re-entry after an end: the old ended.json is kept under a number."""
        path = self.session_dir(session) / "ended.json"
        if path.exists():
            count = len(list(path.parent.glob("ended-*.json")))
            replace(path, path.with_name(f"ended-{count + 1}.json"))

    def entered_again(self, session: str) -> bool:
        """The session has ended here before and was entered again."""
        return any(self.session_dir(session).glob("ended-*.json"))

    def read_seals(self, session: str, track: Track) -> SealScan:
        """Every seal of a track, all runs, in ``seq`` order."""
        found: list[SealFile] = []
        damaged: list[tuple[Path, EvidenceError | StorageError]] = []
        for path in sorted(self.track_dir(session, track).glob(f"*/*{SEAL_SUFFIX}")):
            try:
                found.append(SealFile(path, read_seal(path)))
            except (EvidenceError, StorageError) as why:
                damaged.append((path, why))
        return SealScan(tuple(sorted(found, key=lambda file: file.seal.seq)), tuple(damaged))


def read_seal(path: Path) -> Seal:
    """The seal at ``path``; raises SealDamaged naming the file, SpoolUnreadable."""
    raw = read_bytes(path)
    try:
        return parse_seal(raw)
    except (EvidenceError, BadInput) as why:
        raise SealDamaged(f"{path}: {why.detail}") from why


def seal_path(evidence: Path) -> Path:
    """The sidecar of ``evidence``."""
    return evidence.with_name(evidence.name + SEAL_SUFFIX)


def gap_path(run_dir: Path, index: int) -> Path:
    """The seal of a run's ``index``-th declared gap."""
    return run_dir / f"gap-{index:06d}{SEAL_SUFFIX}"


def segment_index(path: Path) -> int | None:
    """The index in a segment's name; None when ``path`` is no segment."""
    match = _SEGMENT.fullmatch(path.name)
    return int(match.group(1)) if match else None


def segment_files(run_dir: Path) -> list[tuple[int, Path]]:
    """(index, path) of the segment files of a run, in order; raises StorageError."""
    with translate(run_dir):
        named = [(segment_index(path), path) for path in run_dir.iterdir()]
    return sorted((index, path) for index, path in named if index is not None)
