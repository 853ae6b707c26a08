"""The manifest: what a session consists of on one device, signed by that device."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.chain import TrackSummary
from domain.errors import BadInput
from domain.identity import Track, check_sha256, check_uuid


class EndedBy(StrEnum):
    """Who or what ended the recording on this device."""

    ORDER = "order"  # recorder or ui was told to
    CENTER = "center"
    SCHEDULE = "schedule"  # scheduled end + grace, with the lock in syncd's hands


@dataclass(frozen=True, slots=True)
class Ended:
    """How the session ended here: center time in milliseconds (``center_est`` when estimated) and by whom."""

    by: EndedBy
    center_ms: int
    center_est: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """One revision; ``supersedes`` is the SHA-256 of the revision before (None for revision 1)."""

    session: str
    device: str
    revision: int
    supersedes: str | None
    ended: Ended
    tracks: dict[Track, TrackSummary]

    def to_dict(self) -> dict[str, Any]:
        """Payload of the manifest's JWS."""
        return {
            "v": 1,
            "session": self.session,
            "device": self.device,
            "revision": self.revision,
            "supersedes": self.supersedes,
            "ended": {
                "by": self.ended.by.value,
                "center_ms": self.ended.center_ms,
                "center_est": self.ended.center_est,
            },
            "tracks": {track.value: self.tracks[track].to_dict() for track in sorted(self.tracks)},
        }

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> "Manifest":
        """Read a payload; raises BadInput naming what is wrong."""
        try:
            supersedes = raw["supersedes"]
            ended = raw["ended"]
            manifest = Manifest(
                session=check_uuid(str(raw["session"]), "session"),
                device=check_uuid(str(raw["device"]), "device"),
                revision=_count(raw, "revision"),
                supersedes=None if supersedes is None else check_sha256(str(supersedes), "supersedes"),
                ended=Ended(EndedBy(ended["by"]), int(ended["center_ms"]), bool(ended["center_est"])),
                tracks={Track(name): summary_from_dict(track) for name, track in raw["tracks"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise BadInput(f"manifest: {why!r}") from why
        if raw.get("v") != 1 or manifest.revision < 1:
            raise BadInput("manifest: not version 1, or revision below 1")
        return manifest


def summary_from_dict(raw: dict[str, Any]) -> TrackSummary:
    """Read one track's summary; raises BadInput, KeyError or TypeError for the caller to name."""
    return TrackSummary(
        links=_count(raw, "links"),
        segments=_count(raw, "segments"),
        bytes=_count(raw, "bytes"),
        duration_ms=_count(raw, "duration_ms"),
        gaps=_count(raw, "gaps"),
        gap_ms=_count(raw, "gap_ms"),
        head=check_sha256(str(raw["head"]), "head"),
    )


def manifest_sha256(token: str) -> str:
    """SHA-256 (hex) of the manifest's JWS as sent: what receipts and later revisions refer to."""
    return hashlib.sha256(token.encode()).hexdigest()


def _count(raw: dict[str, Any], name: str) -> int:
    value = raw[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadInput(f"manifest: {name} must be a whole number, not {value!r}")
    return value
