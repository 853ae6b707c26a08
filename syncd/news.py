"""``GET /events``: the status as server-sent events, for whoever would otherwise ask every second.

One event whenever the status differs from the one told before, at most one a second; its data is the JSON of
``GET /status``. What only counts down with the clock is no news. Owns no thread; listeners are bounded.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from domain.errors import AlreadyRunning
from domain.wire.syncd import SyncStatus

EVERY_S = 1.0
MOST_LISTENERS = 8
_STILL_HERE_LOOKS = 5
_COUNTDOWNS: dict[str, Any] = {
    "next_due_in_ms": True,
    "paused_for_ms": True,
    "center_offset_ms": True,
    "disk": True,
    "sessions": {"__all__": {"finish_in_ms", "window_left_ms"}},
}


class News:
    """The listeners of one daemon. ``every_s``: between two looks at the status."""

    def __init__(self, status: Callable[[], SyncStatus], every_s: float = EVERY_S) -> None:
        self._status = status
        self._every_s = every_s
        self._listeners = 0

    def response(self) -> StreamingResponse:
        """One listener more; raises AlreadyRunning when there are too many."""
        if self._listeners >= MOST_LISTENERS:
            raise AlreadyRunning(f"{MOST_LISTENERS} programs listen already")
        return StreamingResponse(self._told(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _told(self) -> AsyncIterator[str]:
        self._listeners += 1
        try:
            yield "retry: 1000\n\n"
            before, quiet, number = "", 0, 0
            while True:
                status = await run_in_threadpool(self._status)
                now = status.model_dump_json(exclude=_COUNTDOWNS)
                if now != before:
                    before, quiet, number = now, 0, number + 1
                    yield f"id: {number}\nevent: status\ndata: {status.model_dump_json()}\n\n"
                elif quiet >= _STILL_HERE_LOOKS:
                    quiet = 0
                    yield ": still here\n\n"
                quiet += 1
                await asyncio.sleep(self._every_s)
        finally:
            self._listeners -= 1
