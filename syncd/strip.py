"""The evidence strip: which stretch of which track is recorded, sent, verified, or a declared gap. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.identity import LinkKind
from domain.status import UploadState
from domain.wire.syncd import StripPart, StripReply, StripTrack

_JOIN_MS = 1_000  # neighbours further apart stay apart: nothing is drawn where nothing is


@dataclass(frozen=True, slots=True)
class StripLink:
    """One link as the queue holds it; ``start_ms`` is center time."""

    track: str
    kind: str
    state: str
    start_ms: int
    duration_ms: int


def strip(links: Iterable[StripLink]) -> StripReply:
    """Join neighbours of one state; ``links`` per track in time order. An init has no time and is left out."""
    tracks: dict[str, list[StripPart]] = {}
    for link in links:
        if link.kind == LinkKind.INIT:
            continue
        parts = tracks.setdefault(link.track, [])
        state, end_ms = _shown(link), link.start_ms + link.duration_ms
        last = parts[-1] if parts else None
        if last is not None and last.state == state and abs(link.start_ms - last.to_ms) <= _JOIN_MS:
            parts[-1] = StripPart(from_ms=last.from_ms, to_ms=end_ms, state=state, count=last.count + 1)
        else:
            parts.append(StripPart(from_ms=link.start_ms, to_ms=end_ms, state=state, count=1))
    return StripReply(tracks=[StripTrack(track=track, parts=parts) for track, parts in sorted(tracks.items())])


def _shown(link: StripLink) -> str:
    if link.kind == LinkKind.GAP:
        return "gap"
    if link.state == UploadState.VERIFIED:
        return "verified"
    return "sent" if link.state == UploadState.RECEIVED else "recorded"
