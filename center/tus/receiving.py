"""Takes a request body to the storage: constant memory, disk work off the event loop, nothing acknowledged
before it is durable.

Two blocks are on their way at most: one being filled from the socket, one being written. Behind them, every
few MiB, the storage makes durable (and hashes) what was written, so little is left to do after the last byte.
Interrupting happens only while waiting for the body, never in the middle of a write.
"""

import asyncio
import hmac
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from starlette.types import Receive

from center.tus.holds import Hold
from center.tus.protocol import Checksum
from center.tus.storage import Writer
from domain.errors import HashMismatch, ZhishiError

if TYPE_CHECKING:
    from hashlib import _Hash

P = ParamSpec("P")
T = TypeVar("T")
BLOCK = 1 << 20
_SYNC_EVERY = 16 << 20


class BodyEnd(StrEnum):
    """How a body ended."""

    WHOLE = "whole"
    DISCONNECTED = "disconnected"
    IDLE = "idle"  # nothing came for too long
    SUPERSEDED = "superseded"  # a newer request holds the upload
    TOO_LONG = "too_long"  # more bytes than the upload has left


class Body:
    """One request's body, piece by piece."""

    def __init__(self, receive: Receive, hold: Hold, idle_s: float, limit: int) -> None:
        self.end: BodyEnd | None = None
        self.taken = 0
        self._receive = receive
        self._hold = hold
        self._idle_s = idle_s
        self._limit = limit
        self._more = True
        self._timer: asyncio.Timeout | None = None
        hold.on_interrupt(self._interrupt)

    async def next(self) -> bytes | None:
        """The next piece (never empty); None when there is none, and ``end`` tells why."""
        while self._more and self.end is None:
            if self._hold.superseded:
                self.end = BodyEnd.SUPERSEDED
                return None
            try:
                async with asyncio.timeout(self._idle_s) as self._timer:
                    message = await self._receive()
            except TimeoutError:
                self.end = BodyEnd.SUPERSEDED if self._hold.superseded else BodyEnd.IDLE
                return None
            finally:
                self._timer = None
            if message["type"] == "http.disconnect":
                self.end = BodyEnd.DISCONNECTED
                return None
            self._more = message.get("more_body", False)
            piece: bytes = message.get("body", b"")
            if self.taken + len(piece) > self._limit:
                piece = piece[: self._limit - self.taken]
                self.end = BodyEnd.TOO_LONG
            self.taken += len(piece)
            if piece:
                return piece
        if self.end is None:
            self.end = BodyEnd.WHOLE
        return None

    async def whole(self) -> list[bytes]:
        """Everything that comes (the caller has bounded it with ``limit``)."""
        pieces = []
        while (piece := await self.next()) is not None:
            pieces.append(piece)
        return pieces

    def _interrupt(self) -> None:
        if self._timer is not None:
            self._timer.reschedule(asyncio.get_running_loop().time())


@dataclass(frozen=True, slots=True)
class Poured:
    """How it went: the durable offset, how the body ended, and what the storage refused, if anything."""

    durable: int
    end: BodyEnd
    error: ZhishiError | None = None


def matches(checksum: Checksum, pieces: Sequence[bytes]) -> bool:
    """Whether ``pieces`` have this checksum."""
    digest = checksum.begin()
    for piece in pieces:
        digest.update(piece)
    return hmac.compare_digest(digest.digest(), checksum.digest)


async def pour(body: Body, writer: Writer, disk: Executor, checksum: Checksum | None) -> Poured:
    """Write ``body`` at the writer's offset and make it durable.

    With a ``checksum`` nothing counts unless all of it came and matches: HashMismatch is then in ``error``.
    Whatever the end, the returned offset is durable.
    """
    running = checksum.begin() if checksum else None
    if running is not None:
        await _off(disk, writer.mark)
    error = await _stream(body, writer, disk, running)
    end = body.end or BodyEnd.DISCONNECTED
    if checksum is None or running is None:
        try:
            await _off(disk, writer.sync)
        except ZhishiError as why:
            error = error or why
        return Poured(writer.durable, end, error)
    if error is None and end is BodyEnd.WHOLE:
        if hmac.compare_digest(running.digest(), checksum.digest):
            return Poured(await _off(disk, writer.accept), end)
        error = HashMismatch(f"Upload-Checksum {checksum.algorithm}")
    await _off(disk, writer.reject)
    return Poured(writer.durable, end, error)


async def _stream(body: Body, writer: Writer, disk: Executor, running: "_Hash | None") -> ZhishiError | None:
    """Body to writer until one of them ends; returns what the writer refused. No disk job is left behind."""
    pieces: list[bytes] = []
    size = 0
    writing: asyncio.Future[None] | None = None
    syncing: asyncio.Future[int] | None = None
    synced = writer.written
    loop = asyncio.get_running_loop()
    error: ZhishiError | None = None
    try:
        while error is None:
            piece = await body.next()
            if piece is not None:
                pieces.append(piece)
                size += len(piece)
                if size < BLOCK:
                    continue
            if writing is not None:
                done, writing = writing, None
                await done
            if syncing is not None and syncing.done():
                done_sync, syncing = syncing, None
                await done_sync
            if running is None and syncing is None and writer.written - synced >= _SYNC_EVERY:
                synced = writer.written
                syncing = loop.run_in_executor(disk, writer.sync)
            if pieces:
                writing = loop.run_in_executor(disk, _write, writer, pieces, running)
                pieces, size = [], 0
            if piece is None:
                break
    except ZhishiError as why:
        error = why
    finally:
        for job in (writing, syncing):
            if job is not None:
                await asyncio.wait({job})
                late = job.exception()
                if isinstance(late, ZhishiError):
                    error = error or late
                elif late is not None:
                    raise late
    return error


def _write(writer: Writer, pieces: Sequence[bytes], running: "_Hash | None") -> None:
    if running is not None:
        for piece in pieces:
            running.update(piece)
    writer.write(pieces)


async def _off(disk: Executor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking ``work`` off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(disk, lambda: work(*args, **kwargs))
