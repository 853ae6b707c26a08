"""Queries over attempts. Decides nothing."""

from sqlmodel import Session, col, delete, func, select

from center.tables import Attempt


def since(db: Session, who: str, after_ms: int) -> tuple[int, int]:
    """How many of ``who`` count after ``after_ms``, and when the oldest of them was (0 for none)."""
    query = select(func.count(), func.min(Attempt.at_ms)).where(Attempt.who == who, col(Attempt.at_ms) > after_ms)
    count, oldest = db.exec(query).one()
    return count, oldest or 0


def add(db: Session, who: str, at_ms: int) -> int:
    """One more; its id."""
    row = Attempt(who=who, at_ms=at_ms)
    db.add(row)
    db.flush()
    return row.id or 0


def remove(db: Session, ids: list[int]) -> None:
    """They count no longer."""
    db.exec(delete(Attempt).where(col(Attempt.id).in_(ids)))


def drop_before(db: Session, before_ms: int) -> int:
    """Forget what no longer counts; how many."""
    return db.exec(delete(Attempt).where(col(Attempt.at_ms) < before_ms)).rowcount
