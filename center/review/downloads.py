"""Files to download: put together while the first one who asks already receives them, then kept for a while.

Owns one making per file however many ask, what each has received of it, and giving up. What the bytes are:
``center.review.assembling``; where they lie: ``center.review.copies``. All disk work is off the event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, ParamSpec, Protocol, TypeVar

from center.review.copies import Copies
from domain.errors import CenterBusy, StorageError, ZhishiError
from host.durable import translate

P = ParamSpec("P")
T = TypeVar("T")
_BLOCK = 256 * 1024
_WAIT_S = 60.0


class Off(Protocol):
    """Runs blocking work off the event loop."""

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """What it returns."""
        ...


class Making:
    """One file that grows. ``size`` bytes are there; ``over`` when no more come; ``error`` why it was given up.

    It lies at ``part`` until it is whole, then at ``final``.
    """

    def __init__(self, part: Path, name: str) -> None:
        self.part = part
        self.final = part.with_name(name)
        self.size = 0
        self.over = False
        self.error: ZhishiError | None = None
        self._changed = asyncio.Event()

    def tell(self, size: int, *, over: bool = False) -> None:
        """More is there, or all."""
        self.size, self.over = size, over
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def more_than(self, at: int) -> None:
        """Wait until there is more than ``at``, or no more comes."""
        while self.size <= at and not self.over:
            changed = self._changed
            try:
                await asyncio.wait_for(changed.wait(), _WAIT_S)
            except TimeoutError as why:
                raise StorageError("a file that does not grow") from why

    def open(self) -> BinaryIO:
        """For reading, wherever it is by now."""
        try:
            return self.part.open("rb")
        except FileNotFoundError:
            with translate(self.final):
                return self.final.open("rb")


class Downloads:
    """One per process. At most ``most`` files are made at the same time."""

    def __init__(self, copies: Copies, off: Off, most: int) -> None:
        self._copies = copies
        self._off = off
        self._most = most
        self._making: dict[str, Making] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, session: str, name: str) -> Path | None:
        """The finished file."""
        return await self._off(self._copies.find, session, name)

    async def follow(
        self, session: str, name: str, expected: int, blocks: Callable[[], AsyncIterator[bytes]]
    ) -> AsyncIterator[bytes]:
        """The file's bytes as they come, put together from ``blocks()`` unless somebody else's asking did begin it.

        The first block is here when this returns. Raises CenterBusy, DiskFull, FootageDamaged, StorageError.
        """
        key = f"{session}/{name}"
        making = self._making.get(key)
        if making is None:
            if len(self._making) >= self._most:
                raise CenterBusy("other files are being put together", 10)
            making = Making(await self._off(self._copies.begin, session, expected), name)
            self._making[key] = making
            task = asyncio.create_task(self._make(key, making, name, blocks()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await making.more_than(0)
        if making.over and making.error is not None:
            raise making.error
        return self._received(making)

    async def close(self) -> None:
        """Give up what is being made."""
        for task in list(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _make(self, key: str, making: Making, name: str, blocks: AsyncIterator[bytes]) -> None:
        making.error = StorageError("given up")  # what stands if this is cancelled
        try:
            async for block in blocks:
                await self._off(_append, making.part, block)
                making.tell(making.size + len(block))
            await self._off(self._copies.finish, making.part, name)
            making.error = None
        except ZhishiError as why:
            making.error = why
        finally:
            if making.error is not None:
                making.part.unlink(missing_ok=True)
            del self._making[key]
            making.tell(making.size, over=True)

    async def _received(self, making: Making) -> AsyncIterator[bytes]:
        file = await self._off(making.open)
        try:
            at = 0
            while True:
                await making.more_than(at)
                if making.over and making.error is not None:
                    raise making.error  # the connection breaks off: nobody takes half a file for a whole one
                block = await self._off(file.read, min(_BLOCK, making.size - at))
                at += len(block)
                if block:
                    yield block
                elif making.over:
                    return
        finally:
            await self._off(file.close)


def _append(path: Path, block: bytes) -> None:
    with translate(path), path.open("ab") as file:
        file.write(block)
