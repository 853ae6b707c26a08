"""What can be played of a session, from its seals: pieces in order of center time, and HLS playlists over them. Pure.

A reviewer's clock is center time: every piece says when it was recorded, so pictures of laptop and phone stand side by
side, and a gap is a stretch of that clock without a piece. Playlists: RFC 8216 with EXT-X-MAP, nothing is transcoded.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

from domain.identity import LinkKind, Track
from domain.seal import Seal

PLAYED = (Track.CAMERA, Track.SCREEN, Track.COMPANION)


@dataclass(frozen=True, slots=True)
class Piece:
    """One segment or declared gap of a track. ``media_ms``: where it lies on the clock of what is played. For a laptop
    that is its playlist's, which has no gaps; for a phone, whose segments are whole files, center time since the first
    piece. ``estimated``: center time was an estimate of the device.
    """

    seal: Seal
    start_ms: int
    duration_ms: int
    media_ms: int
    estimated: bool

    @property
    def gap(self) -> bool:
        """Nothing to play."""
        return self.seal.kind is LinkKind.GAP

    @property
    def end_ms(self) -> int:
        """Center time at its end."""
        return self.start_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class Lane:
    """One track over all devices of the session."""

    track: Track
    pieces: tuple[Piece, ...]
    inits: dict[str, Seal]  # by run

    @property
    def from_ms(self) -> int:
        """Center time of its first piece."""
        return min(piece.start_ms for piece in self.pieces)

    @property
    def to_ms(self) -> int:
        """Center time of its last end."""
        return max(piece.end_ms for piece in self.pieces)


def lanes(seals: Iterable[Seal]) -> tuple[Lane, ...]:
    """One lane for each track that has anything, in the order of ``PLAYED``.

    Segments of a run whose init file is missing cannot be played and are left out, unless the run has none by nature
    (a phone's segments are whole files).
    """
    found: dict[Track, list[Seal]] = {track: [] for track in PLAYED}
    inits: dict[Track, dict[str, Seal]] = {track: {} for track in PLAYED}
    for seal in seals:
        if seal.track not in found:
            continue
        if seal.kind is LinkKind.INIT:
            inits[seal.track][seal.run] = seal
        else:
            found[seal.track].append(seal)
    made = []
    for track in PLAYED:
        pieces = tuple(_pieces(found[track], None if track is Track.COMPANION else inits[track]))
        if pieces:
            made.append(Lane(track, pieces, inits[track]))
    return tuple(made)


def _pieces(seals: list[Seal], inits: dict[str, Seal] | None) -> Iterable[Piece]:
    media_ms, first_ms = 0, min((seal.center_ms for seal in seals), default=0)
    for seal in sorted(seals, key=lambda one: (one.center_ms, one.device, one.seq)):
        if seal.kind is LinkKind.SEGMENT and inits is not None and seal.run not in inits:
            continue
        at_ms = seal.center_ms - first_ms if inits is None else media_ms
        yield Piece(seal, seal.center_ms, seal.duration_ms, at_ms, seal.center_est)
        if seal.kind is LinkKind.SEGMENT:
            media_ms += seal.duration_ms


def playlist(lane: Lane, uri: Callable[[Seal], str]) -> str:
    """The media playlist of a lane: a discontinuity and a map where a run begins, program time by center time."""
    segments = [piece for piece in lane.pieces if not piece.gap]
    longest = max((piece.duration_ms for piece in segments), default=1000)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXT-X-TARGETDURATION:{ceil(longest / 1000)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
    ]
    run = None
    for piece in segments:
        if piece.seal.run != run:
            if run is not None:
                lines.append("#EXT-X-DISCONTINUITY")
            run = piece.seal.run
            if run in lane.inits:
                lines.append(f'#EXT-X-MAP:URI="{uri(lane.inits[run])}"')
        lines += [f"#EXTINF:{piece.duration_ms / 1000:.3f},", uri(piece.seal)]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
