"""Who works on an upload: one request at a time, and the newest wins.

Half-open connections are normal here: the device is back on another network while its old request still waits
for bytes that never come. So a new request for the same upload interrupts the old one, waits until what the
old one received is durable, and goes on from there. In-process; several workers put a database lock behind
the same face.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from domain.errors import UploadLocked


class Hold:
    """One request's right to an upload; ``superseded`` once a newer request wants it."""

    def __init__(self) -> None:
        self.superseded = False
        self._interrupt: Callable[[], None] | None = None

    def on_interrupt(self, interrupt: Callable[[], None] | None) -> None:
        """What wakes this request when it waits for its body (None: it does not wait now)."""
        self._interrupt = interrupt

    def supersede(self) -> None:
        """A newer request is here."""
        self.superseded = True
        if self._interrupt is not None:
            self._interrupt()


class Holds:
    """All holds of this process, by upload."""

    def __init__(self, takeover_s: float) -> None:
        self._takeover_s = takeover_s
        self._queues: dict[str, list[Hold]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[Hold]:
        """Hold ``name``; raises UploadLocked when a newer request came first or the old one does not let
        go.
        """
        waiting = self._queues.setdefault(name, [])
        lock = self._locks.setdefault(name, asyncio.Lock())
        for older in waiting:
            older.supersede()
        hold = Hold()
        waiting.append(hold)
        try:
            try:
                async with asyncio.timeout(self._takeover_s):
                    await lock.acquire()
            except TimeoutError as why:
                raise UploadLocked("the request before does not let go") from why
            try:
                if hold.superseded:
                    raise UploadLocked("a newer request holds this upload")
                yield hold
            finally:
                lock.release()
        finally:
            waiting.remove(hold)
            if not waiting:
                del self._queues[name], self._locks[name]
