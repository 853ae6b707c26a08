"""A phone's segments as clips that a browser plays one after the other, each made once and kept for a while.

Owns that no clip is made twice at the same time and that a damaged one is asked of ffmpeg once. The evidence itself is
only read. What ffmpeg is told: ``center.review.remux``.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from center.review import remux
from center.review.copies import Copies
from center.tables import Upload
from domain.errors import FootageDamaged
from domain.media import is_webm, media_type
from domain.onefile import webm_head, webm_moved

_BLOCK = 1 << 20
_BAD = ".bad"
_HEAD = 64 * 1024
Read = Callable[[str, int, int], bytes]  # key, start, most


class Clips:
    """One per process."""

    def __init__(
        self, copies: Copies, read: Read, ffmpeg: Path | None, *, workers: int, seconds: float, most_bytes: int
    ) -> None:
        self._copies = copies
        self._read = read
        self._ffmpeg = ffmpeg
        self._seconds = seconds
        self._most = most_bytes
        self._workers = ThreadPoolExecutor(workers, "center-remux")
        self._making: dict[str, asyncio.Task[Path]] = {}

    async def clip(self, row: Upload) -> Path:
        """Where the clip of a phone's segment lies; raises FootageDamaged, DiskFull, StorageError."""
        making = self._making.get(row.id)
        if making is None:
            making = asyncio.create_task(self._off(row))
            self._making[row.id] = making
            making.add_done_callback(lambda _: self._making.pop(row.id, None))
        return await asyncio.shield(making)  # whoever asked may go; the others still wait for it

    def close(self) -> None:
        """Wait for what is under way."""
        self._workers.shutdown()

    async def _off(self, row: Upload) -> Path:
        return await asyncio.get_running_loop().run_in_executor(self._workers, self._made, row)

    def _made(self, row: Upload) -> Path:
        found = self._copies.find(row.session, row.id)
        if found is not None:
            return found
        bad = self._copies.find(row.session, row.id + _BAD)
        if bad is not None:
            raise FootageDamaged(bad.read_text())
        if not 0 < row.size <= self._most:
            raise FootageDamaged(f"{row.size} bytes")
        source = self._copies.begin(row.session, row.size)
        try:
            return self._remuxed(row, source)
        except FootageDamaged as why:
            note = self._copies.begin(row.session, 0)
            note.write_text(why.detail)
            self._copies.finish(note, row.id + _BAD)
            raise
        finally:
            source.unlink(missing_ok=True)

    def _remuxed(self, row: Upload, source: Path) -> Path:
        with source.open("wb") as file:
            for at in range(0, row.size, _BLOCK):
                file.write(self._read(row.key, at, min(_BLOCK, row.size - at)))
        with source.open("rb") as file:
            head = file.read(16)
        ffmpeg = self._ffmpeg or remux.bundled()
        refused = FootageDamaged()
        for demuxer, muxer in remux.forms(head):
            target = self._copies.begin(row.session, 2 * row.size)
            try:
                order = remux.arguments(demuxer, muxer, source, target)
                remux.run(ffmpeg, order, self._seconds, 2 * self._most)
                content = target.read_bytes()
                media_type(content[:_HEAD])  # a clip without a picture is none
                if is_webm(content):
                    target.write_bytes(webm_head(content) + webm_moved(content, 0))
                return self._copies.finish(target, row.id)
            except FootageDamaged as why:
                target.unlink(missing_ok=True)
                refused = why
        raise refused
