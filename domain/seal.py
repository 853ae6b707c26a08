"""The seal: one link of a track's hash chain.

A seal is one JSON object in RFC 8785 canonical form (contract "Seal"). Its hash is
``SHA-256("zhishi/seal/1\\n" + canonical)``; ``prev`` is the hash before it, and the first ``prev`` is
``SHA-256("zhishi/genesis/1\\n" + session + "\\n" + device + "\\n" + track)``.

``boot_ns`` travels as a decimal string: canonical JSON numbers are exact only below 2**53, which a machine that has
been up for 104 days exceeds (see docs/decisions).
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

from domain.errors import SealDamaged
from domain.identity import Identity, LinkKind, Track, check_sha256, check_uuid

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_SAFE = 2**53 - 1


class GapReason(StrEnum):
    """Why a stretch of a track has no footage."""

    RECORDER_DIED = "recorder_died"  # the recorder (and with it ffmpeg) was killed
    FFMPEG_DIED = "ffmpeg_died"
    STALLED = "stalled"  # ffmpeg lived but gave no new footage
    SUSPENDED = "suspended"  # the machine or the process slept
    CLOCK_STEPPED = "clock_stepped"
    DEVICE_LOST = "device_lost"
    DEVICE_SWITCHED = "device_switched"  # the candidate chose another device
    DISK_FULL = "disk_full"
    DAMAGED = "damaged"  # footage was cut because its boxes were not whole
    REBOOTED = "rebooted"
    LATE_START = "late_start"
    NO_FOOTAGE = "no_footage"  # the track never gave anything
    STOPPED = "stopped"  # recording ended before the session did


@dataclass(frozen=True, slots=True)
class Seal:
    """One sealed link.

    Times: ``boot_ns`` nanoseconds of the boot-time clock at the link's first moment, valid within ``boot_id``;
    ``center_ms`` and ``wall_ms`` milliseconds since the epoch at the same moment by center time and by the
    machine's wall clock; ``center_est`` tells that center time was estimated. ``size`` bytes, ``duration_ms``
    milliseconds. A gap has size 0 and the hash of nothing.
    """

    kind: LinkKind
    session: str
    device: str
    track: Track
    run: str
    index: int
    seq: int
    prev: str
    boot_id: str
    boot_ns: int
    center_ms: int
    center_est: bool
    wall_ms: int
    duration_ms: int
    size: int
    sha256: str
    reason: GapReason | None = None

    def __post_init__(self) -> None:
        check_uuid(self.session, "session")
        check_uuid(self.device, "device")
        check_uuid(self.run, "run")
        check_sha256(self.prev, "prev")
        check_sha256(self.sha256, "sha256")
        for name in ("index", "seq", "boot_ns", "duration_ms", "size"):
            if getattr(self, name) < 0:
                raise SealDamaged(f"{name} is negative")
        for name in ("index", "seq", "center_ms", "wall_ms", "duration_ms", "size"):
            if abs(getattr(self, name)) > _SAFE:
                raise SealDamaged(f"{name} is out of range")
        if not 0 < len(self.boot_id) <= 64:
            raise SealDamaged("boot_id must have 1 to 64 characters")
        if (self.kind is LinkKind.GAP) != (self.reason is not None):
            raise SealDamaged("a gap has a reason, and only a gap")
        if self.kind is LinkKind.GAP and (self.size != 0 or self.sha256 != EMPTY_SHA256):
            raise SealDamaged("a gap has no bytes")

    @property
    def identity(self) -> Identity:
        """What makes this link's upload this one."""
        return Identity(self.device, self.track, self.run, self.kind, self.index)

    def canonical(self) -> bytes:
        """RFC 8785 form: what is written beside the file, sent and hashed."""
        fields: dict[str, Any] = {
            "v": 1,
            "kind": self.kind.value,
            "session": self.session,
            "device": self.device,
            "track": self.track.value,
            "run": self.run,
            "index": self.index,
            "seq": self.seq,
            "prev": self.prev,
            "boot_id": self.boot_id,
            "boot_ns": str(self.boot_ns),
            "center_ms": self.center_ms,
            "center_est": self.center_est,
            "wall_ms": self.wall_ms,
            "duration_ms": self.duration_ms,
            "size": self.size,
            "sha256": self.sha256,
        }
        if self.reason is not None:
            fields["reason"] = self.reason.value
        return rfc8785.dumps(fields)

    def hash(self) -> str:
        """The link's hash in hex: the next link's ``prev``."""
        return hashlib.sha256(b"zhishi/seal/1\n" + self.canonical()).hexdigest()


def genesis(session: str, device: str, track: Track) -> str:
    """The first ``prev`` of a chain, in hex."""
    return hashlib.sha256(f"zhishi/genesis/1\n{session}\n{device}\n{track.value}".encode()).hexdigest()


def parse_seal(raw: bytes) -> Seal:
    """The seal written as ``raw``; raises SealDamaged when it is cut short, not canonical or has a wrong field."""
    try:
        fields = json.loads(raw)
    except (ValueError, UnicodeDecodeError, RecursionError) as why:
        raise SealDamaged(f"not JSON: {why}") from why
    if not isinstance(fields, dict) or fields.get("v") != 1:
        raise SealDamaged("not a seal of version 1")
    try:
        reason = fields.get("reason")
        boot_ns = fields["boot_ns"]
        if not isinstance(boot_ns, str) or not boot_ns.isascii() or not boot_ns.isdigit() or len(boot_ns) > 20:
            raise SealDamaged("boot_ns must be a decimal string")
        seal = Seal(
            kind=LinkKind(fields["kind"]),
            session=_text(fields, "session"),
            device=_text(fields, "device"),
            track=Track(fields["track"]),
            run=_text(fields, "run"),
            index=_whole(fields, "index"),
            seq=_whole(fields, "seq"),
            prev=_text(fields, "prev"),
            boot_id=_text(fields, "boot_id"),
            boot_ns=int(boot_ns),
            center_ms=_whole(fields, "center_ms"),
            center_est=_truth(fields, "center_est"),
            wall_ms=_whole(fields, "wall_ms"),
            duration_ms=_whole(fields, "duration_ms"),
            size=_whole(fields, "size"),
            sha256=_text(fields, "sha256"),
            reason=None if reason is None else GapReason(reason),
        )
    except KeyError as why:
        raise SealDamaged(f"field {why} is missing") from why
    except ValueError as why:
        raise SealDamaged(str(why)) from why
    if seal.canonical() != raw:
        raise SealDamaged("not in canonical form")
    return seal


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise SealDamaged(f"{name} must be text")
    return value


def _whole(fields: dict[str, Any], name: str) -> int:
    value = fields[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise SealDamaged(f"{name} must be a whole number")
    return value


def _truth(fields: dict[str, Any], name: str) -> bool:
    value = fields[name]
    if not isinstance(value, bool):
        raise SealDamaged(f"{name} must be true or false")
    return value
