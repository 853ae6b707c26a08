"""Queries over what reviewers see and say. Decides nothing."""

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from center.tables import Batch, ReceiptRow, SessionRow, Upload
from center.tables.interview import TimelineRow
from center.tables.review import Conclusion, ReviewMark
from domain.receipt import ReceiptKind
from domain.status import StoredState


def verified(db: Session, session: str) -> list[Upload]:
    """Every verified link of every device, in no order that matters; none once the retention rule deleted them."""
    query = select(Upload).where(Upload.session == session, Upload.state == StoredState.VERIFIED.value)
    rows = list(db.exec(query))
    return rows if any(row.key for row in rows) else []


def standing(db: Session, session: str) -> tuple[int, int, int]:
    """How many links are verified, of how many the bytes are here, when the last one was: the same as long as nothing
    came or was deleted.
    """
    query = select(
        func.count(), func.count(func.nullif(Upload.key, "")), func.coalesce(func.max(Upload.finished_ms), 0)
    ).where(Upload.session == session, Upload.state == StoredState.VERIFIED.value)
    count, here, last = db.exec(query).one()
    return count, here, last or 0


def verified_upload(db: Session, session: str, upload: str) -> Upload | None:
    """One verified link of this session."""
    row = db.get(Upload, upload)
    return row if row is not None and row.session == session and row.state == StoredState.VERIFIED.value else None


def sessions_of(db: Session, project: str) -> list[tuple[SessionRow, Batch, int]]:
    """Sessions of a project with how many links of each are verified, by batch."""
    links = (
        sa.select(col(Upload.session).label("session"), func.count().label("links"))
        .where(col(Upload.state) == StoredState.VERIFIED.value)
        .group_by(col(Upload.session))
        .subquery()
    )
    query = (
        sa.select(SessionRow, Batch, func.coalesce(links.c.links, 0))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .join(links, links.c.session == col(SessionRow.id), isouter=True)
        .where(col(Batch.project) == project)
        .order_by(col(Batch.start_ms), col(SessionRow.id))
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query)]


def receipts_of(db: Session, project: str) -> dict[str, ReceiptRow]:
    """The newest session receipt of every session of a project that has one."""
    query = (
        select(ReceiptRow)
        .join(SessionRow, col(SessionRow.id) == col(ReceiptRow.session))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .where(Batch.project == project, ReceiptRow.kind == ReceiptKind.SESSION.value)
        .order_by(col(ReceiptRow.issued_ms))
    )
    return {row.session: row for row in db.exec(query)}


def marks(db: Session, session: str) -> list[ReviewMark]:
    """Marks by moment."""
    query = select(ReviewMark).where(ReviewMark.session == session)
    return list(db.exec(query.order_by(col(ReviewMark.at_ms), col(ReviewMark.id))))


def conclusions(db: Session, session: str) -> list[Conclusion]:
    """Conclusions in the order in which they were made."""
    return list(db.exec(select(Conclusion).where(Conclusion.session == session).order_by(col(Conclusion.made_ms))))


def concluded(db: Session, project: str) -> dict[str, list[Conclusion]]:
    """The conclusions of every session of a project."""
    query = (
        select(Conclusion)
        .join(SessionRow, col(SessionRow.id) == col(Conclusion.session))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .where(Batch.project == project)
        .order_by(col(Conclusion.made_ms))
    )
    found: dict[str, list[Conclusion]] = {}
    for row in db.exec(query):
        found.setdefault(row.session, []).append(row)
    return found


def events(db: Session, session: str) -> list[TimelineRow]:
    """What the laptop and the phone told of the session, by their own time."""
    query = select(TimelineRow).where(
        TimelineRow.session == session, col(TimelineRow.source).in_(["laptop", "phone", "center"])
    )
    return list(db.exec(query.order_by(col(TimelineRow.said_ms))))
