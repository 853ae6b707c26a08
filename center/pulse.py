"""What laptops said last, kept in memory at once and written down together, twice a second.

A heartbeat is no evidence and the next one is seconds away, so none needs a commit of its own; a thousand laptops would
cost hundreds a second. Owns the words that are not written yet, and how often a backlog is kept for the chart.
"""

import asyncio
import logging
from typing import Any

from center.store import watching
from center.store.database import Database
from domain.errors import ZhishiError
from domain.wire.interview import Progress

EVERY_S = 0.5
SAMPLE_MS = 30_000
SAMPLES = 720  # of each session: six hours, then the oldest is written over
_log = logging.getLogger(__name__)


class Pulse:
    """One per process; used from the event loop only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fresh: dict[str, dict[str, Any]] = {}
        self._samples: dict[tuple[str, int], dict[str, Any]] = {}

    def heard(self, session: str, stage: str, progress: Progress, now_ms: int) -> None:
        """The newest word of a laptop."""
        self._fresh[session] = {
            "session": session,
            "at_ms": now_ms,
            "stage": stage,
            "progress": progress.model_dump_json(),
        }
        slot = now_ms // SAMPLE_MS % SAMPLES
        self._samples[session, slot] = {
            "session": session,
            "slot": slot,
            "at_ms": now_ms,
            "remaining_bytes": progress.remaining_bytes,
            "bytes_per_second": progress.bytes_per_second,
        }

    async def settle(self, session: str) -> None:
        """What this laptop said is written when this returns."""
        if session in self._fresh:
            await self.write()

    async def write(self) -> None:
        """Write what is not written yet; raises StorageError, CenterBusy, and the words wait for the next time."""
        beats, samples = self._fresh, self._samples
        if not beats:
            return
        self._fresh, self._samples = {}, {}
        try:
            await self._database.awrite(lambda db: watching.keep_words(db, beats, list(samples.values())))
        except ZhishiError:
            self._fresh, self._samples = {**beats, **self._fresh}, {**samples, **self._samples}
            raise

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.write()
            except ZhishiError as why:  # the disk or the database refuses for a moment: the next round writes them
                _log.warning("heartbeats: %s", why)
