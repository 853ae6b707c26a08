"""The live overview of a project: computed once a second for all who watch, and sent as what changed.

Owns the watchers of one process. Reads beside the writer; a project nobody watches costs nothing.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from sqlmodel import Session

from center.dashboard.rows import call_of, row_of
from center.dashboard.tally import Tally
from center.store import projects, watching
from center.store.database import Database
from domain.errors import ProjectUnknown, ZhishiError
from domain.risk import ORDER, Risk
from domain.wire.staff import Changes, Overview, Row

EVERY_S = 1.0
_log = logging.getLogger(__name__)
_WAITING = 64  # rounds a watcher may be behind; then it starts anew


class Live:
    """One per process. ``phones`` tells the phone's state of each session of a project."""

    def __init__(
        self,
        database: Database,
        now_ms: Callable[[], int],
        phones: Callable[[Session, str, int], dict[str, str]],
    ) -> None:
        self._database = database
        self._now_ms = now_ms
        self._phones = phones
        self._tally = Tally()
        self._turn = asyncio.Lock()
        self._watched: dict[str, _Watched] = {}

    async def overview(self, project: str) -> Overview:
        """Everybody, most urgent first; raises ProjectUnknown."""
        async with self._turn:
            return await self._database.aread(lambda db: self._overview(db, project))

    async def row(self, project: str, session: str) -> Row | None:
        """One candidate."""
        async with self._turn:
            found = await self._database.aread(lambda db: self._overview(db, project, session))
        return found.rows[0] if found.rows else None

    async def check(self, project: str) -> None:
        """Raises ProjectUnknown."""
        if await self._database.aread(lambda db: projects.project(db, project)) is None:
            raise ProjectUnknown(project)

    async def watch(self, project: str) -> AsyncIterator[Overview | Changes]:
        """The overview, then what changes, until the caller stops. Raises ProjectUnknown."""
        watched = self._watched.get(project)
        if watched is None:
            first = await self.overview(project)
            watched = self._watched.get(project)  # somebody else may have come first meanwhile
        if watched is None:
            watched = self._watched[project] = _Watched(first)
            watched.task = asyncio.create_task(self._follow(project, watched))
        news: asyncio.Queue[Overview | Changes | None] = asyncio.Queue(_WAITING)
        watched.queues.add(news)
        try:
            yield watched.newest
            while (told := await news.get()) is not None:
                yield told
        finally:
            watched.queues.discard(news)
            if not watched.queues and self._watched.get(project) is watched:
                del self._watched[project]
                watched.stop()

    def close(self) -> None:
        """End every watch."""
        for watched in self._watched.values():
            watched.stop()
            watched.tell(None)
        self._watched.clear()

    async def _follow(self, project: str, watched: "_Watched") -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                fresh = await self.overview(project)
            except ZhishiError as why:  # the disk or the database refuses for a moment: the next round asks again
                _log.warning("overview of %s: %s", project, why)
                continue
            before = {row.session: row for row in watched.newest.rows}
            changed = [row for row in fresh.rows if before.get(row.session) != row]
            watched.newest = fresh
            watched.tell(Changes(center_ms=fresh.center_ms, rows=changed, calls=fresh.calls))

    def _overview(self, db: Session, project: str, session: str | None = None) -> Overview:
        found = projects.project(db, project)
        if found is None:
            raise ProjectUnknown(project)
        now = self._now_ms()
        self._tally.update(db, now)
        asked = watching.waiting_help(db)
        done = watching.confirmed(db, project)
        phones = self._phones(db, project, now)
        rows = [
            row_of(
                person,
                found,
                self._tally.of(person.session.id),
                done.get(person.session.id),
                asked.get(person.session.id),
                phones.get(person.session.id, "none"),
                now,
            )
            for person in watching.people(db, project, session)
        ]
        rows.sort(key=lambda row: (ORDER[Risk(row.risk)], row.deadline_ms or 1 << 62, row.number))
        calls = [call_of(row) for row in watching.early_calls(db, project)]
        return Overview(project=project, title=found.title, center_ms=now, rows=rows, calls=calls)


class _Watched:
    """One project with its listeners."""

    def __init__(self, newest: Overview) -> None:
        self.newest = newest
        self.queues: set[asyncio.Queue[Overview | Changes | None]] = set()
        self.task: asyncio.Task[None] | None = None

    def tell(self, what: Changes | None) -> None:
        """Everybody; one who is too far behind gets the whole overview instead."""
        for news in self.queues:
            try:
                news.put_nowait(what)
            except asyncio.QueueFull:
                while not news.empty():
                    news.get_nowait()
                news.put_nowait(self.newest if what is not None else None)

    def stop(self) -> None:
        """No more rounds."""
        if self.task is not None:
            with contextlib.suppress(RuntimeError):  # the loop may be gone already
                self.task.cancel()
