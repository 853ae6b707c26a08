"""The chain: one per (device, track); its last hash is the head."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.errors import ChainBroken
from domain.identity import LinkKind, Track
from domain.seal import Seal, genesis


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """What one track consists of, as manifests and receipts state it.

    ``links`` counts every seal; ``bytes`` counts init files and segments; durations are milliseconds of footage and
    of declared gaps; ``head`` is the hash of the last seal.
    """

    links: int
    segments: int
    bytes: int
    duration_ms: int
    gaps: int
    gap_ms: int
    head: str

    def to_dict(self) -> dict[str, int | str]:
        """The form used in manifests, receipts and status."""
        return {
            "links": self.links,
            "segments": self.segments,
            "bytes": self.bytes,
            "duration_ms": self.duration_ms,
            "gaps": self.gaps,
            "gap_ms": self.gap_ms,
            "head": self.head,
        }


def follow(seals: Iterable[Seal], session: str, device: str, track: Track) -> TrackSummary:
    """Follow ``seals`` (in ``seq`` order) from the genesis and sum them up.

    Raises ChainBroken naming the first link that does not fit.
    """
    head = genesis(session, device, track)
    links = segments = size = duration = gaps = gap_ms = 0
    for seal in seals:
        where = f"{track.value} link {links}"
        if (seal.session, seal.device, seal.track) != (session, device, track):
            raise ChainBroken(f"{where}: belongs to another session, device or track")
        if seal.seq != links:
            raise ChainBroken(f"{where}: has seq {seal.seq}")
        if seal.prev != head:
            raise ChainBroken(f"{where}: prev is {seal.prev[:12]}…, expected {head[:12]}…")
        head = seal.hash()
        links += 1
        size += seal.size
        if seal.kind is LinkKind.SEGMENT:
            segments += 1
            duration += seal.duration_ms
        elif seal.kind is LinkKind.GAP:
            gaps += 1
            gap_ms += seal.duration_ms
    return TrackSummary(links, segments, size, duration, gaps, gap_ms, head)
