"""The bytes of one part, piece after piece, on one clock. Owns leaving out what is damaged; keeps nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from center.review.parts import Part
from center.review.reel import Reel
from center.tables import Upload
from domain.errors import FootageDamaged
from domain.footage import Lane, Piece
from domain.identity import Track
from domain.media import is_webm
from domain.onefile import Mp4Clock, mp4_clock, mp4_moved, mp4_split, mp4_start_ms, webm_head, webm_moved

Whole = Callable[[Upload], Awaitable[bytes]]
Clip = Callable[[Upload], Awaitable[Path]]


async def assembled(reel: Reel, lane: Lane, part: Part, whole: Whole, clip: Clip) -> AsyncIterator[bytes]:
    """The file's bytes. A damaged piece is left out: its time then has no picture, like a gap.

    Raises FootageDamaged when nothing of it can be played; StorageError.
    """
    source = _phone(reel, lane, part, clip) if part.track is Track.COMPANION else _laptop(reel, lane, part, whole)
    some = False
    async for block in source:
        some = True
        yield block
    if not some:
        raise FootageDamaged(f"{part.track.value}: nothing in it can be played")


async def _laptop(reel: Reel, lane: Lane, part: Part, whole: Whole) -> AsyncIterator[bytes]:
    """The init file, then every segment with its fragments where center time puts the run."""
    init = await whole(reel.uploads[lane.inits[part.pieces[0].seal.run]])
    clock = mp4_clock(init)
    begun, by_ms, run, sequence = False, 0, "", 1
    for piece in part.pieces:
        try:
            segment = await whole(reel.uploads[piece.seal])
            if piece.seal.run != run:
                by_ms, run = _offset(lane, piece) - mp4_start_ms(segment, clock), piece.seal.run
            moved, sequence = await asyncio.to_thread(mp4_moved, segment, clock, by_ms, sequence)
        except FootageDamaged:
            continue
        yield moved if begun else init + moved
        begun = True


async def _phone(reel: Reel, lane: Lane, part: Part, clip: Clip) -> AsyncIterator[bytes]:
    """Clips as they are remuxed for playing, each where its seal says it began."""
    webm: bool | None = None
    clock: Mp4Clock | None = None
    sequence = 1
    for piece in part.pieces:
        try:
            content = await asyncio.to_thread((await clip(reel.uploads[piece.seal])).read_bytes)
            first, at = webm is None, _offset(lane, piece)
            if webm is None:
                webm = is_webm(content)
            if webm is not is_webm(content):
                continue  # one file cannot hold both
            if webm:
                head = webm_head(content, lane.to_ms - lane.from_ms) if first else b""
                yield head + await asyncio.to_thread(webm_moved, content, at)
            else:
                init, fragments = mp4_split(content)
                clock = clock or mp4_clock(init)
                moved, sequence = mp4_moved(fragments, clock, at, sequence)
                yield init + moved if first else moved
        except FootageDamaged:
            continue


def _offset(lane: Lane, piece: Piece) -> int:
    return piece.start_ms - lane.from_ms
