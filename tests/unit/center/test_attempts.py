"""Tries at secrets: counted in the database, so by all workers together and across a restart."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from center.attempts import Attempts, Limit, LoginAttempts
from center.failures import Refused
from center.store import attempts
from center.store.database import Database

NOW = 1_700_000_000_000


class Wrong(Exception):
    """The secret did not fit."""


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Database]]:
    """Two processes' ways to one database."""
    made = [Database(f"sqlite:///{tmp_path / 'center.db'}").start() for _ in range(2)]
    yield made
    for database in made:
        database.close()


def _logins(database: Database, *, most: int = 3, anywhere: int = 5, address: int = 8) -> LoginAttempts:
    return LoginAttempts(database, "login", most, anywhere, address, 60)


async def _wrong() -> str:
    raise Wrong


async def _right() -> str:
    return "in"


def test_failures_are_counted_by_all_workers_together_and_forgotten(workers: list[Database]) -> None:
    here, there = (Attempts(database, Limit("code", 3, 60_000)) for database in workers)

    async def ask() -> None:
        for second in range(3):
            worker = (here, there)[second % 2]
            await worker.check("a", NOW + second * 1000)
            await worker.note("a", NOW + second * 1000)
        for worker in (here, there):
            with pytest.raises(Refused) as refused:
                await worker.check("a", NOW + 3000)
            assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "58")
        await here.check("b", NOW + 3000)
        await there.check("a", NOW + 60_000)
        await Attempts(workers[0], Limit("other", 3, 60_000)).check("a", NOW + 3000)  # kinds are apart

    asyncio.run(ask())


def test_who_tried_is_not_readable_and_does_not_stay(workers: list[Database], tmp_path: Path) -> None:
    counted = Attempts(workers[0], Limit("code", 3, 60_000))
    asyncio.run(counted.note("203.0.113.7", NOW))
    kept = sqlite3.connect(tmp_path / "center.db").execute("select who from attempt").fetchall()
    assert len(kept) == 1
    assert "203.0.113.7" not in kept[0][0]
    assert workers[0].write(lambda db: attempts.drop_before(db, NOW)) == 0
    assert workers[0].write(lambda db: attempts.drop_before(db, NOW + 1)) == 1


def test_many_at_once_are_no_more_than_many_in_a_row(workers: list[Database]) -> None:
    here, there = (_logins(database) for database in workers)

    async def burst() -> list[BaseException | str]:
        tries = [
            worker.trying("0001", "a", NOW, Wrong, _wrong, with_leave=False)
            for worker in (here, there)
            for _ in range(20)
        ]
        return await asyncio.gather(*tries, return_exceptions=True)

    answers = [type(answer) for answer in asyncio.run(burst())]
    assert (answers.count(Wrong), answers.count(Refused)) == (3, 37)


def test_success_counts_nothing(workers: list[Database]) -> None:
    logins = _logins(workers[0])

    async def ask() -> list[str]:
        return [await logins.trying("0001", "a", NOW, Wrong, _right) for _ in range(10)]

    assert asyncio.run(ask()) == ["in"] * 10


def test_with_supports_leave_others_cannot_lock_a_person_out(workers: list[Database]) -> None:
    logins = _logins(workers[0])

    async def ask() -> None:
        for number in range(5):
            with pytest.raises(Wrong):
                await logins.trying("0001", f"elsewhere {number}", NOW, Wrong, _wrong)
        with pytest.raises(Refused):
            await logins.trying("0001", "home", NOW, Wrong, _right)
        assert await logins.trying("0001", "home", NOW, Wrong, _right, with_leave=True) == "in"

    asyncio.run(ask())


def test_one_address_does_not_try_everybody(workers: list[Database]) -> None:
    logins = _logins(workers[0])

    async def ask() -> None:
        for number in range(8):
            with pytest.raises(Wrong):
                await logins.trying(str(number), "a", NOW, Wrong, _wrong)
        with pytest.raises(Refused):
            await logins.trying("9", "a", NOW, Wrong, _right)
        assert await logins.trying("9", "b", NOW, Wrong, _right) == "in"

    asyncio.run(ask())
