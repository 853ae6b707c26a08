"""The receipt: the center's signed statement that everything is verified."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.chain import TrackSummary
from domain.errors import BadInput
from domain.identity import Track, check_sha256, check_uuid
from domain.manifest import summary_from_dict
from domain.window import Assessment


class ReceiptKind(StrEnum):
    """A device receipt covers one manifest revision; the session receipt covers the whole session."""

    DEVICE = "device"
    SESSION = "session"


class CompanionState(StrEnum):
    """What the session receipt says of the phone."""

    VERIFIED = "verified"
    WAIVED = "waived"
    NOT_REQUIRED = "not_required"


@dataclass(frozen=True, slots=True)
class ManifestRef:
    """One manifest revision that a receipt covers."""

    device: str
    revision: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TrackEntry:
    """One device's track as verified by the center."""

    device: str
    track: Track
    summary: TrackSummary


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who of support decided that the phone's evidence is not waited for, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Claims of a receipt; times are center time in milliseconds. ``waiver`` where ``companion`` is ``waived``."""

    kind: ReceiptKind
    issuer: str
    issued_ms: int
    practice: bool
    project: str
    batch: str
    session: str
    number: str
    device: str | None
    manifests: tuple[ManifestRef, ...]
    tracks: tuple[TrackEntry, ...]
    ended_ms: int
    deadline_ms: int
    assessment: Assessment
    companion: CompanionState
    waiver: Waiver | None = None

    def to_dict(self) -> dict[str, Any]:
        """Payload of the receipt's JWS; ``iat`` is in seconds as in RFC 7519, ``iat_ms`` exact."""
        claims: dict[str, Any] = {
            "v": 1,
            "iss": self.issuer,
            "iat": self.issued_ms // 1000,
            "iat_ms": self.issued_ms,
            "kind": self.kind.value,
            "practice": self.practice,
            "project": self.project,
            "batch": self.batch,
            "session": self.session,
            "number": self.number,
            "manifests": [{"device": m.device, "revision": m.revision, "sha256": m.sha256} for m in self.manifests],
            "tracks": [{"device": t.device, "track": t.track.value, **t.summary.to_dict()} for t in self.tracks],
            "ended_at": self.ended_ms,
            "deadline": self.deadline_ms,
            "assessment": self.assessment.value,
            "companion": self.companion.value,
        }
        if self.device is not None:
            claims["device"] = self.device
        if self.waiver is not None:
            claims["waiver"] = {"by": self.waiver.by, "reason": self.waiver.reason}
        return claims

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> "Receipt":
        """Read a payload; raises BadInput naming what is wrong."""
        try:
            device, waiver = raw.get("device"), raw.get("waiver")
            return Receipt(
                kind=ReceiptKind(raw["kind"]),
                issuer=str(raw["iss"]),
                issued_ms=int(raw["iat_ms"]),
                practice=bool(raw["practice"]),
                project=str(raw["project"]),
                batch=str(raw["batch"]),
                session=check_uuid(str(raw["session"]), "session"),
                number=str(raw["number"]),
                device=None if device is None else check_uuid(str(device), "device"),
                manifests=tuple(
                    ManifestRef(
                        check_uuid(str(m["device"]), "device"),
                        int(m["revision"]),
                        check_sha256(m["sha256"], "sha256"),
                    )
                    for m in raw["manifests"]
                ),
                tracks=tuple(
                    TrackEntry(check_uuid(str(t["device"]), "device"), Track(t["track"]), summary_from_dict(t))
                    for t in raw["tracks"]
                ),
                ended_ms=int(raw["ended_at"]),
                deadline_ms=int(raw["deadline"]),
                assessment=Assessment(raw["assessment"]),
                companion=CompanionState(raw["companion"]),
                waiver=None if waiver is None else Waiver(str(waiver["by"]), str(waiver["reason"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise BadInput(f"receipt: {why!r}") from why
