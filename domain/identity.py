"""Names that are made on the device and mean the same everywhere.

Owns the kinds of tracks and links and the identity of one upload. Never mints an id: ``host.identity`` does.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import BadInput

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Track(StrEnum):
    """One stream of evidence."""

    CAMERA = "camera"  # picture and microphone
    SCREEN = "screen"
    COMPANION = "companion"  # the phone
    TIMELINE = "timeline"  # JSON lines of events


class LinkKind(StrEnum):
    """What one link of a chain stands for."""

    INIT = "init"  # the run's init.mp4
    SEGMENT = "segment"
    GAP = "gap"  # no file


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What makes one upload this one: sending it twice is a no-op that answers the same.

    ``index`` counts per (run, kind) from 0; an init's index is always 0.
    """

    device: str
    track: Track
    run: str
    kind: LinkKind
    index: int

    def __str__(self) -> str:
        return f"{self.device}/{self.track}/{self.run}/{self.kind}/{self.index}"


def check_uuid(value: str, what: str) -> str:
    """``value`` itself when it is a lower-case UUID; raises BadInput naming ``what`` otherwise."""
    if not _UUID.fullmatch(value):
        raise BadInput(f"{what}: {value[:64]!r} is not a UUID")
    return value


def check_sha256(value: str, what: str) -> str:
    """``value`` itself when it is 64 lower-case hex digits; raises BadInput naming ``what`` otherwise."""
    if not _SHA256.fullmatch(value):
        raise BadInput(f"{what}: {value[:80]!r} is not a SHA-256 in lower-case hex")
    return value
