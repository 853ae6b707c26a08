"""The live overview of a project: looked at once a second for all who watch, and sent as what changed.

Owns the watchers of one process. Reads beside the writer, and writes the events' text off the event loop; a project
nobody watches costs nothing but the minute in which somebody may come back.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from pydantic import BaseModel
from sqlmodel import Session

from center.dashboard.board import Board, Phones
from center.dashboard.tally import Tally
from center.pulse import Pulse
from center.store import projects
from center.store.database import Database
from domain.errors import ProjectUnknown, ZhishiError
from domain.wire.staff import Overview, Row

EVERY_S = 1.0
LINGER_ROUNDS = 60  # looked at for so long after the last watcher left: a page that is loaded again finds it ready
_log = logging.getLogger(__name__)
_WAITING = 64  # rounds a watcher may be behind; then it starts anew


class Told(NamedTuple):
    """One event as it is sent: its name, and its body as JSON."""

    name: str
    body: str


class Live:
    """One per process. ``phones`` tells the phone's state of each session of a project."""

    def __init__(self, database: Database, pulse: Pulse, now_ms: Callable[[], int], phones: Phones) -> None:
        self._database = database
        self._pulse = pulse
        self._now_ms = now_ms
        self._phones = phones
        self._tally = Tally()
        self._turn = asyncio.Lock()
        self._boards: dict[str, Board] = {}
        self._watched: dict[str, _Watched] = {}

    async def overview(self, project: str) -> Overview:
        """Everybody, most urgent first; raises ProjectUnknown."""
        async with self._turn:
            await self._round(project)
            return self._boards[project].overview()

    async def row(self, project: str, session: str) -> Row | None:
        """One candidate."""
        await self._pulse.settle(session)
        async with self._turn:
            board = self._board(project)
            return await self._database.aread(lambda db: board.one(db, self._now_ms(), session))

    async def check(self, project: str) -> None:
        """Raises ProjectUnknown."""
        if await self._database.aread(lambda db: projects.project(db, project)) is None:
            raise ProjectUnknown(project)

    async def watch(self, project: str) -> AsyncIterator[Told]:
        """The overview, then what changes, until the caller stops. Raises ProjectUnknown."""
        news: asyncio.Queue[Told | None] = asyncio.Queue(_WAITING)
        async with self._turn:  # nothing changes between the overview and the first change that is told
            watched = self._watched.get(project)
            if watched is None:
                await self._round(project)
                watched = self._watched[project] = _Watched()
                watched.task = asyncio.create_task(self._follow(project, watched))
            board = self._boards[project]
            first = await asyncio.to_thread(lambda: _told("overview", board.overview()))
            watched.queues.add(news)
        try:
            yield first
            while (told := await news.get()) is not None:
                yield told
        finally:
            watched.queues.discard(news)

    def close(self) -> None:
        """End every watch."""
        for watched in self._watched.values():
            watched.stop()
        self._watched.clear()

    async def _follow(self, project: str, watched: "_Watched") -> None:
        lonely = 0
        while lonely < LINGER_ROUNDS:
            await asyncio.sleep(EVERY_S)
            try:
                async with self._turn:
                    await self._round(project)
            except ProjectUnknown:
                break
            except ZhishiError as why:  # the disk or the database refuses for a moment: the next round asks again
                _log.warning("overview of %s: %s", project, why)
            lonely = 0 if watched.queues else lonely + 1
        del self._watched[project]
        watched.tell(None)

    async def _round(self, project: str) -> None:
        """Look, and tell who watches. The caller holds the turn."""
        await self._pulse.write()
        board, watched = self._board(project), self._watched.get(project)

        def look(db: Session) -> Told | None:
            changes = board.update(db, self._now_ms())
            return None if watched is None else _told("changes", changes)

        told = await self._database.aread(look)
        self._boards[project] = board
        if watched is not None and told is not None:
            watched.tell(told)

    def _board(self, project: str) -> Board:
        return self._boards.get(project) or Board(project, self._tally, self._phones)


class _Watched:
    """One project with its listeners."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[Told | None]] = set()
        self.task: asyncio.Task[None] | None = None

    def tell(self, what: Told | None) -> None:
        """Everybody; one who is too far behind is sent away and begins anew."""
        for news in self.queues:
            if what is not None and not news.full():
                news.put_nowait(what)
                continue
            while not news.empty():
                news.get_nowait()
            news.put_nowait(None)

    def stop(self) -> None:
        """No more rounds."""
        self.tell(None)
        if self.task is not None:
            with contextlib.suppress(RuntimeError):  # the loop may be gone already
                self.task.cancel()


def _told(name: str, body: BaseModel) -> Told:
    return Told(name, body.model_dump_json())
