"""Results published as it is done: two administrators with accounts of their own, and no appeal delay for tests."""

from sqlmodel import Session

from center import publishing
from center.accounts import desk
from center.accounts.factors import Passwords
from center.accounts.roles import Role
from center.staff import Actor
from center.store import accounts, projects
from center.store.database import Database

FIRST, SECOND = "赵静", "孙宁"


def publish(database: Database, project: str, now_ms: int, *, appeal_ms: int = 0) -> None:
    """Proposed by one, confirmed by another, with an appeal delay of ``appeal_ms``; again it is a no-op."""
    row = database.read(lambda db: projects.project(db, project))
    if row is not None and row.results_published_ms is not None:
        return
    administrators(database, now_ms)

    def shorten(db: Session) -> None:
        row = projects.project(db, project)
        assert row is not None
        row.appeal_ms = appeal_ms
        projects.keep(db, row)

    database.write(shorten)
    publishing.propose(database, project, Actor(FIRST, "公告 1 号", now_ms))
    publishing.confirm(database, project, Actor(SECOND, "", now_ms))


def administrators(database: Database, now_ms: int) -> None:
    """Both accounts, made once."""
    for name in (FIRST, SECOND):
        if database.read(lambda db, name=name: accounts.account(db, name)) is None:  # type: ignore[misc]
            desk.add(database, Passwords(256), name, frozenset({Role.ADMINISTRATOR}), "test", "test", now_ms)
