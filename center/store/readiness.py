"""Queries over installations and visits. Decides nothing."""

from sqlmodel import Session, col, func, select

from center.store import projects, receipts
from center.tables.interview import Candidate
from center.tables.readiness import Installation, Visit
from domain.receipt import ReceiptKind

_MOST = 20  # installations of one candidate; more are somebody's play, and tell nothing


def visited(db: Session, session: str, installation: str, now_ms: int) -> None:
    """A candidate's right numbers were typed there."""
    row = db.get(Visit, (session, installation))
    if row is None:
        known = db.exec(select(func.count()).select_from(Visit).where(Visit.session == session)).one()
        if known >= _MOST:
            return
        row = Visit(session=session, installation=installation, first_ms=now_ms, at_ms=now_ms)
    row.at_ms = now_ms
    projects.keep(db, row)


def rehearses(db: Session, installation: str, rehearsal: str, now_ms: int) -> None:
    """A rehearsal begins there; what became of the one before is kept."""
    row = db.get(Installation, installation) or Installation(id=installation, seen_ms=now_ms)
    if row.rehearsal is not None:
        row.rehearsed_ms = _confirmed(db, row.rehearsal) or row.rehearsed_ms
    row.seen_ms, row.rehearsal = now_ms, rehearsal
    projects.keep(db, row)


def keep_before_forgetting(db: Session, rehearsal: str) -> None:
    """A rehearsal is about to be deleted: whether it was confirmed stays with its installation."""
    for row in db.exec(select(Installation).where(Installation.rehearsal == rehearsal)):
        row.rehearsed_ms = _confirmed(db, rehearsal) or row.rehearsed_ms
        row.rehearsal = None
        projects.keep(db, row)


def visits(db: Session, project: str) -> dict[str, list[tuple[Visit, Installation | None]]]:
    """Every visit of a project's candidates with the installation, by session."""
    query = (
        select(Visit, Installation)
        .join(Candidate, col(Candidate.session) == col(Visit.session))
        .join(Installation, col(Installation.id) == col(Visit.installation), isouter=True)
        .where(Candidate.project == project)
    )
    found: dict[str, list[tuple[Visit, Installation | None]]] = {}
    for visit, installation in db.exec(query):
        found.setdefault(visit.session, []).append((visit, installation))
    return found


def rehearsed_ms(db: Session, installation: Installation) -> int | None:
    """When a rehearsal of it was confirmed last."""
    confirmed = None if installation.rehearsal is None else _confirmed(db, installation.rehearsal)
    return confirmed or installation.rehearsed_ms


def _confirmed(db: Session, rehearsal: str) -> int | None:
    found = receipts.newest_receipt(db, rehearsal, ReceiptKind.SESSION)
    return None if found is None else found.issued_ms
