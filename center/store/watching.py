"""Queries of the dashboard: a whole project at once, and what arrived lately. Decides nothing."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from center.interviewtables import BindingCode, Candidate, Heartbeat, HelpRow, Progress
from center.tables import Batch, ManifestRow, Project, ReceiptRow, SessionRow, Upload
from domain.receipt import ReceiptKind
from domain.status import StoredState


@dataclass(frozen=True, slots=True)
class Person:
    """One candidate as the tables have it."""

    candidate: Candidate
    session: SessionRow
    batch: Batch
    progress: Progress
    heartbeat: Heartbeat | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """One link that was verified."""

    upload: str
    session: str
    track: str
    kind: str
    size: int
    at_ms: int


def projects(db: Session) -> list[tuple[Project, int]]:
    """Every project with how many candidates it has, by code."""
    query = (
        select(Project, func.count(col(Candidate.session)))
        .join(Candidate, col(Candidate.project) == col(Project.id), isouter=True)
        .group_by(col(Project.id))
        .order_by(col(Project.id))
    )
    return [(row[0], row[1]) for row in db.exec(query)]


def people(db: Session, project: str, session: str | None = None) -> list[Person]:
    """Everybody of a project (or one of them), by number."""
    query = (
        sa.select(Candidate, SessionRow, Batch, Progress, Heartbeat)
        .join(SessionRow, col(SessionRow.id) == col(Candidate.session))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .join(Progress, col(Progress.session) == col(Candidate.session))
        .join(Heartbeat, col(Heartbeat.session) == col(Candidate.session), isouter=True)
        .where(col(Candidate.project) == project)
        .order_by(col(Candidate.number))
    )
    if session is not None:
        query = query.where(col(Candidate.session) == session)
    return [Person(*row) for row in db.execute(query)]


def waiting_help(db: Session) -> dict[str, HelpRow]:
    """The oldest unanswered request of each session."""
    query = select(HelpRow).where(col(HelpRow.answer).is_(None)).order_by(col(HelpRow.asked_ms).desc())
    return {row.session: row for row in db.exec(query) if row.session is not None}


def early_calls(db: Session, project: str) -> list[HelpRow]:
    """Calls without an answer from before login that name this project, or none that is known; oldest first."""
    known = select(Project.id)
    query = select(HelpRow).where(
        col(HelpRow.answer).is_(None),
        col(HelpRow.session).is_(None),
        sa.or_(col(HelpRow.project) == project, col(HelpRow.project).not_in(known)),
    )
    return list(db.exec(query.order_by(col(HelpRow.asked_ms))))


def confirmed(db: Session, project: str) -> dict[str, tuple[int, str]]:
    """(issue time, assessment) of each session's newest session receipt, unless a later manifest waits for another."""
    newest = select(ManifestRow.session, func.max(ManifestRow.received_ms)).group_by(col(ManifestRow.session))
    told: dict[str, int] = {row[0]: int(row[1]) for row in db.exec(newest)}
    query = (
        select(ReceiptRow)
        .join(Candidate, col(Candidate.session) == col(ReceiptRow.session))
        .where(Candidate.project == project, ReceiptRow.kind == ReceiptKind.SESSION.value)
        .order_by(col(ReceiptRow.issued_ms))
    )
    rows = {row.session: (row.issued_ms, row.assessment) for row in db.exec(query)}
    return {session: row for session, row in rows.items() if row[0] >= told.get(session, 0)}


def arrived_since(db: Session, since_ms: int) -> list[Arrived]:
    """Links verified from ``since_ms`` on."""
    query = sa.select(
        col(Upload.id),
        col(Upload.session),
        col(Upload.track),
        col(Upload.kind),
        col(Upload.size),
        col(Upload.finished_ms),
    ).where(col(Upload.finished_ms) >= since_ms, col(Upload.state) == StoredState.VERIFIED.value)
    return [Arrived(*row[:5], at_ms=row[5] or 0) for row in db.connection().execute(query)]


def sums(db: Session, until_ms: int) -> dict[str, dict[tuple[str, str], tuple[int, int]]]:
    """(links, bytes) verified before ``until_ms``, by session, then by (track, kind)."""
    query = (
        sa.select(col(Upload.session), col(Upload.track), col(Upload.kind), func.count(), func.sum(col(Upload.size)))
        .where(col(Upload.finished_ms) < until_ms, col(Upload.state) == StoredState.VERIFIED.value)
        .group_by(col(Upload.session), col(Upload.track), col(Upload.kind))
    )
    found: dict[str, dict[tuple[str, str], tuple[int, int]]] = defaultdict(dict)
    for session, track, kind, links, size in db.connection().execute(query):
        found[session][(track, kind)] = (links, int(size or 0))
    return found


def codes_until(db: Session) -> dict[str, int]:
    """Until when each session's binding code that no phone has used is good."""
    query = select(BindingCode).where(col(BindingCode.used_by).is_(None))
    return {row.session: row.expires_ms for row in db.exec(query)}
