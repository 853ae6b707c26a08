"""What reviewing needs that lives as long as the center: reels, clips, files to download, and who has opened what."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

from center.config import CenterConfig
from center.review.assembling import assembled
from center.review.clips import Clips
from center.review.copies import Copies
from center.review.downloads import Downloads
from center.review.parts import Part
from center.review.reel import Reel, Reels
from center.store import reviews
from center.store.database import Database
from center.tables import Upload
from center.tus.service import UploadService
from domain.errors import FootageDamaged
from domain.footage import Lane
from domain.media import media_type

_HEAD = 64 * 1024
_OPENED = 4096


class ReviewDesk:
    """One per process. Names nobody and asks nobody who they are: the routes do."""

    def __init__(
        self, config: CenterConfig, database: Database, uploads: UploadService, now_ms: Callable[[], int]
    ) -> None:
        self.reels = Reels()
        self._database = database
        self._uploads = uploads
        self._clip_bytes = config.clip_bytes
        self._copies = Copies(config.review, config.review_bytes, config.review_keep_s, now_ms)
        self._clips = Clips(
            self._copies,
            uploads.storage.read,
            config.ffmpeg,
            workers=config.review_workers,
            seconds=config.remux_s,
            most_bytes=config.clip_bytes,
        )
        self._downloads = Downloads(self._copies, uploads.off, config.review_workers)
        self._opened: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def close(self) -> None:
        """Finish or give up what is under way."""
        await self._downloads.close()
        await asyncio.to_thread(self._clips.close)

    async def sweep(self) -> int:
        """Drop copies that are old, too many, or of evidence that was deleted; how many of the former."""
        for session in await self._uploads.off(self._copies.sessions):
            _, here, _ = await self._database.aread(partial(reviews.standing, session=session))
            if not here:
                await self.forget(session)
        return await self._uploads.off(self._copies.sweep)

    async def forget(self, session: str) -> None:
        """A session is deleted: no copy of its footage stays."""
        await self._uploads.off(self._copies.forget, session)

    def first_time(self, sign_in: str, session: str) -> bool:
        """Whether this sign-in has not opened this session yet; from now on it has."""
        key = (sign_in, session)
        known = key in self._opened
        self._opened[key] = None
        self._opened.move_to_end(key)
        while len(self._opened) > _OPENED:
            self._opened.popitem(last=False)
        return not known

    async def clip(self, row: Upload) -> tuple[Path, str]:
        """A phone's segment as browsers append it, and its MIME type; raises FootageDamaged, DiskFull, StorageError."""
        path = await self._clips.clip(row)
        return path, await self._uploads.off(_type_of, path)

    async def made(self, name: str, session: str) -> Path | None:
        """The file to download, once it is whole."""
        return await self._downloads.find(session, name)

    async def download(self, name: str, session: str, reel: Reel, lane: Lane, part: Part) -> AsyncIterator[bytes]:
        """The same while it is put together. Raises CenterBusy, DiskFull, FootageDamaged, StorageError."""

        def blocks() -> AsyncIterator[bytes]:
            return assembled(reel, lane, part, self._whole, self._clips.clip)

        return await self._downloads.follow(session, name, part.bytes + len(part.pieces) * 4096, blocks)

    async def _whole(self, row: Upload) -> bytes:
        if row.size > self._clip_bytes:
            raise FootageDamaged(f"{row.size} bytes")
        return await self._uploads.off(self._uploads.storage.read, row.key, 0, row.size)


def _type_of(path: Path) -> str:
    with path.open("rb") as file:
        return media_type(file.read(_HEAD))
