"""What laptops said last: written together, none lost to a refusing disk, a chart that stays bounded."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlmodel import Session

from center import pulse
from center.pulse import SAMPLE_MS, SAMPLES, Pulse
from center.store import projects, watching
from center.store.database import Database
from center.tables import Batch, Project, SessionRow
from domain.errors import DiskFull
from domain.wire.interview import Progress

T = TypeVar("T")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'center.db'}").start()

    def fill(db: Session) -> None:
        projects.keep(db, Project(id="P", title="p", window_ms=0))
        projects.keep(db, Batch(id="b", project="P", name="b", start_ms=0, answer_ms=0))
        for name in ("one", "two"):
            projects.keep(db, SessionRow(id=name, batch="b", number=name, created_ms=0))

    made.write(fill)
    yield made
    made.close()


class Refusing:
    """The real database behind a disk that is full for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.full = True

    async def awrite(self, change: Callable[[Session], T]) -> T:
        if self.full:
            raise DiskFull("database")
        return await self._database.awrite(change)


def left(database: Database, session: str) -> int | None:
    word = database.read(lambda db: watching.word_of(db, session))
    return None if word is None else Progress.model_validate_json(word.progress).remaining_bytes


def test_the_newest_word_of_everybody_is_written(database: Database) -> None:
    kept = Pulse(database)
    for remaining in (5, 6, 7):
        kept.heard("one", "answering", Progress(remaining_bytes=remaining), remaining)
    kept.heard("two", "answering", Progress(remaining_bytes=8), 8)
    kept.heard("a rehearsal that was deleted", "answering", Progress(), 9)
    asyncio.run(kept.write())
    assert (left(database, "one"), left(database, "two")) == (7, 8)
    kept.heard("one", "answering", Progress(remaining_bytes=1), 10)
    asyncio.run(kept.settle("two"))
    assert left(database, "one") == 7
    asyncio.run(kept.settle("one"))
    assert left(database, "one") == 1


def test_a_disk_that_refuses_loses_no_word(database: Database) -> None:
    disk: Any = Refusing(database)
    kept = Pulse(disk)
    kept.heard("one", "answering", Progress(remaining_bytes=5), 5)
    kept.heard("two", "answering", Progress(remaining_bytes=6), 6)
    with pytest.raises(DiskFull):
        asyncio.run(kept.write())
    kept.heard("one", "answering", Progress(remaining_bytes=4), 7)
    disk.full = False
    asyncio.run(kept.write())
    assert (left(database, "one"), left(database, "two")) == (4, 6)


def test_a_session_keeps_no_more_than_its_samples(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SAMPLES", 5)
    kept = Pulse(database)
    for number in range(13):
        kept.heard("one", "answering", Progress(remaining_bytes=99), number * SAMPLE_MS)
        kept.heard("one", "answering", Progress(remaining_bytes=number), number * SAMPLE_MS + 1)
        if number % 3:  # some are written together
            asyncio.run(kept.write())
    asyncio.run(kept.write())
    found = database.read(lambda db: [row.remaining_bytes for row in watching.backlog(db, "one")])
    assert found == [8, 9, 10, 11, 12]
    assert SAMPLES * SAMPLE_MS == 6 * 3_600_000
