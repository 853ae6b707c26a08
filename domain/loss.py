"""Closing a session with declared loss (缺失说明结案): what the center signs when evidence is gone for good. Pure.

It is no receipt and can never be taken for one: its media type (``domain.signature.LOSS_TYP``) is another. It says what
is here, what is missing, whose doing it was, and the two people who closed the session with their reasons. Once closed
a session is never confirmed; what arrives later is still taken and verified.
"""

from dataclasses import dataclass
from typing import Any

from domain.causes import Cause
from domain.errors import BadInput
from domain.identity import Track, check_uuid


@dataclass(frozen=True, slots=True)
class Holding:
    """What is here of one device's track when the session is closed. ``missing`` links that its manifest names are
    not here; None: the device sent no manifest, so nobody knows.
    """

    device: str
    track: Track
    links: int
    bytes: int
    missing: int | None


@dataclass(frozen=True, slots=True)
class Signer:
    """One of the two people, why, and when (center time)."""

    by: str
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class LossStatement:
    """Claims of the statement; times are center time in milliseconds. ``silent``: devices that sent nothing at all."""

    issuer: str
    issued_ms: int
    practice: bool
    project: str
    batch: str
    session: str
    number: str
    ended_ms: int
    deadline_ms: int
    cause: Cause
    held: tuple[Holding, ...]
    silent: tuple[str, ...]
    proposed: Signer
    confirmed: Signer

    def to_dict(self) -> dict[str, Any]:
        """Payload of the JWS."""
        return {
            "v": 1,
            "iss": self.issuer,
            "iat": self.issued_ms // 1000,
            "iat_ms": self.issued_ms,
            "kind": "closed_with_loss",
            "practice": self.practice,
            "project": self.project,
            "batch": self.batch,
            "session": self.session,
            "number": self.number,
            "ended_at": self.ended_ms,
            "deadline": self.deadline_ms,
            "cause": self.cause.value,
            "held": [
                {
                    "device": one.device,
                    "track": one.track.value,
                    "links": one.links,
                    "bytes": one.bytes,
                    "missing": one.missing,
                }
                for one in self.held
            ],
            "silent": list(self.silent),
            "proposed": _signer(self.proposed),
            "confirmed": _signer(self.confirmed),
        }

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> "LossStatement":
        """Read a payload; raises BadInput naming what is wrong."""
        try:
            if raw["kind"] != "closed_with_loss":
                raise BadInput(f"loss statement: kind is {raw['kind']!r}")
            return LossStatement(
                issuer=str(raw["iss"]),
                issued_ms=int(raw["iat_ms"]),
                practice=bool(raw["practice"]),
                project=str(raw["project"]),
                batch=str(raw["batch"]),
                session=check_uuid(str(raw["session"]), "session"),
                number=str(raw["number"]),
                ended_ms=int(raw["ended_at"]),
                deadline_ms=int(raw["deadline"]),
                cause=Cause(raw["cause"]),
                held=tuple(
                    Holding(
                        check_uuid(str(one["device"]), "device"),
                        Track(one["track"]),
                        int(one["links"]),
                        int(one["bytes"]),
                        None if one["missing"] is None else int(one["missing"]),
                    )
                    for one in raw["held"]
                ),
                silent=tuple(check_uuid(str(one), "device") for one in raw["silent"]),
                proposed=_read_signer(raw["proposed"]),
                confirmed=_read_signer(raw["confirmed"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise BadInput(f"loss statement: {why!r}") from why


def _signer(one: Signer) -> dict[str, Any]:
    return {"by": one.by, "reason": one.reason, "at": one.at_ms}


def _read_signer(raw: dict[str, Any]) -> Signer:
    return Signer(str(raw["by"]), str(raw["reason"]), int(raw["at"]))
