"""Queries over rehearsals: the project that is open for them, how many run, and forgetting one. Decides nothing."""

from sqlalchemy import delete as delete_rows
from sqlmodel import Session, col, func, select

from center.projecttexts import is_rehearsal
from center.store import projects, readiness
from center.tables import METADATA, Batch, Project, SessionRow, Upload

_KEPT = "audit"  # append-only: who did what stays, and names nobody


def open_project(db: Session) -> Project | None:
    """The project anybody may rehearse on; the first by its code where there are several."""
    query = select(Project).where(col(Project.practice)).order_by(col(Project.id))
    return next((row for row in db.exec(query) if is_rehearsal(row)), None)


def begun_since(db: Session, project: str, since_ms: int) -> int:
    """How many rehearsals were begun since then."""
    query = select(func.count()).select_from(SessionRow).join(Batch, col(Batch.id) == col(SessionRow.batch))
    return int(db.exec(query.where(Batch.project == project, SessionRow.created_ms >= since_ms)).one())


def ended_before(db: Session, before_ms: int) -> list[str]:
    """Rehearsals whose last moment, by their schedule, is past ``before_ms``."""
    found = []
    for project in db.exec(select(Project).where(col(Project.practice))):
        if not is_rehearsal(project):
            continue
        query = select(SessionRow).join(Batch, col(Batch.id) == col(SessionRow.batch))
        for row in db.exec(query.where(Batch.project == project.id, Batch.start_ms < before_ms)):
            case = projects.session_case(db, row.id)
            if case is not None and case.latest_end_ms < before_ms:
                found.append(row.id)
    return found


def keys_of(db: Session, session: str) -> list[str]:
    """The storage's names for every byte of a session."""
    return list(db.exec(select(Upload.key).where(Upload.session == session, Upload.key != "")))


def is_rehearsed(db: Session, session: str) -> bool:
    """Whether the session is a rehearsal."""
    case = projects.session_case(db, session)
    return case is not None and is_rehearsal(case.project)


def taken_bytes(db: Session, session: str) -> int:
    """Bytes of every upload that a session began."""
    return int(db.exec(select(func.coalesce(func.sum(Upload.size), 0)).where(Upload.session == session)).one())


def forget(db: Session, session: str) -> None:
    """Delete every row that names the session, in every table but the audit, then its batch when it is alone there."""
    row = db.get(SessionRow, session)
    if row is None:
        return
    batch = row.batch
    readiness.keep_before_forgetting(db, session)
    for table in reversed(METADATA.sorted_tables):
        if table.name not in (_KEPT, "session") and "session" in table.c:
            db.execute(delete_rows(table).where(table.c.session == session))
    sessions = METADATA.tables["session"]
    db.execute(delete_rows(sessions).where(sessions.c.id == session))
    alone = db.exec(select(SessionRow.id).where(SessionRow.batch == batch)).first() is None
    if alone:
        for table in reversed(METADATA.sorted_tables):
            if table.name not in (_KEPT, "session") and "batch" in table.c:
                db.execute(delete_rows(table).where(table.c.batch == batch))
        batches = METADATA.tables["batch"]
        db.execute(delete_rows(batches).where(batches.c.id == batch))
    db.expire_all()
