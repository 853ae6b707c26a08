"""What can be looked at while recording: the newest preview picture and level. Nothing is queued.

A reader that stalls simply sees fewer pictures; ffmpeg and the recording never wait for it.
"""

import asyncio
from collections.abc import Callable

from recorder.pictures import FLOOR_DB, JpegAssembler, level


class Picture:
    """The newest picture of one stream; ``wait_newer`` wakes every reader at once."""

    def __init__(self) -> None:
        self.jpeg: bytes | None = None
        self.number = 0
        self._assembler = JpegAssembler()
        self._came = asyncio.Event()

    def take(self, datagram: bytes, age_ns: int) -> None:
        """One datagram from ffmpeg."""
        picture = self._assembler.take(datagram)
        if picture is not None:
            self.jpeg = picture
            self.number += 1
            came, self._came = self._came, asyncio.Event()
            came.set()

    async def wait_newer(self, number: int) -> tuple[int, bytes]:
        """The newest picture once its number differs from ``number``."""
        while self.jpeg is None or self.number == number:
            await self._came.wait()
        return self.number, self.jpeg

    def clear(self) -> None:
        """Nothing is being captured any more: show nothing rather than an old picture."""
        self.jpeg = None
        self._assembler = JpegAssembler()


class Ear:
    """The newest level, and how long there has been digital silence (every sample exactly zero)."""

    def __init__(self, boot_ns: Callable[[], int]) -> None:
        self._boot_ns = boot_ns
        self.db: float | None = None
        self._zero_since: int | None = None

    def take(self, datagram: bytes, age_ns: int) -> None:
        """One datagram of s16le samples."""
        heard = level(datagram)
        self.db = heard.db if self.db is None else max(FLOOR_DB, 0.5 * self.db + 0.5 * heard.db)
        if not heard.silent:
            self._zero_since = None
        elif self._zero_since is None:
            self._zero_since = self._boot_ns()

    def silent_for_s(self) -> float:
        """Seconds of digital silence up to now; 0.0 when there is sound (a quiet room is never exactly zero)."""
        return 0.0 if self._zero_since is None else (self._boot_ns() - self._zero_since) / 1e9

    def clear(self) -> None:
        """No microphone is open."""
        self.db, self._zero_since = None, None


class Views:
    """Everything one recorder shows: the camera's preview, the screen while monitoring, the level.

    The preview is 640 px wide, so that it serves as the still for face checks too.
    """

    def __init__(self, boot_ns: Callable[[], int]) -> None:
        self.preview = Picture()
        self.screen = Picture()
        self.ear = Ear(boot_ns)

    def clear(self) -> None:
        """Nothing is captured."""
        for picture in (self.preview, self.screen):
            picture.clear()
        self.ear.clear()
