"""Queries of the dashboard: a whole project at once, and what arrived lately. Decides nothing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from center.tables import METADATA, ManifestRow, Project, ReceiptRow, SessionRow, Upload
from center.tables.interview import BacklogSample, BindingCode, Candidate, Heartbeat, HelpRow, Progress
from domain.receipt import ReceiptKind
from domain.status import StoredState


class Person(NamedTuple):
    """One candidate as the tables have it; plain columns, since everybody is read every second."""

    session: str
    number: str
    name: str
    support_code: str
    batch: str
    extra_ms: int
    window_extra_ms: int
    ended_ms: int | None
    closed_ms: int | None
    act_sha256: str | None
    entered_ms: int | None

    def row(self) -> SessionRow:
        """The session, for ``SessionCase``."""
        return SessionRow(
            id=self.session,
            batch=self.batch,
            number=self.number,
            extra_ms=self.extra_ms,
            window_extra_ms=self.window_extra_ms,
            ended_ms=self.ended_ms,
            closed_ms=self.closed_ms,
            created_ms=0,
        )


class Word(NamedTuple):
    """What a laptop said last; ``progress`` is JSON."""

    at_ms: int
    stage: str
    progress: str


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


def people(db: Session, project: str, session: str | None = None) -> list[tuple[Person, Word | None]]:
    """Everybody of a project (or one of them), by number, with the last word of their laptops."""
    query = (
        sa.select(
            col(Candidate.session),
            col(Candidate.number),
            col(Candidate.name),
            col(Candidate.support_code),
            col(SessionRow.batch),
            col(SessionRow.extra_ms),
            col(SessionRow.window_extra_ms),
            col(SessionRow.ended_ms),
            col(SessionRow.closed_ms),
            col(Progress.act_sha256),
            col(Progress.entered_ms),
            col(Heartbeat.at_ms),
            col(Heartbeat.stage),
            col(Heartbeat.progress),
        )
        .join(SessionRow, col(SessionRow.id) == col(Candidate.session))
        .join(Progress, col(Progress.session) == col(Candidate.session))
        .join(Heartbeat, col(Heartbeat.session) == col(Candidate.session), isouter=True)
        .where(col(Candidate.project) == project)
        .order_by(col(Candidate.number))
    )
    if session is not None:
        query = query.where(col(Candidate.session) == session)
    rows = db.connection().execute(query)
    return [(Person._make(row[:11]), None if row[11] is None else Word(row[11], row[12], row[13])) for row in rows]


def keep_words(db: Session, beats: Mapping[str, dict[str, Any]], samples: list[dict[str, Any]]) -> None:
    """What laptops said last (columns by session) and what they had left, many at once; who is gone meanwhile, a
    rehearsal that was deleted say, is left out.
    """
    known = set(db.exec(select(SessionRow.id).where(col(SessionRow.id).in_(beats))))
    _put(db, "heartbeat", ("session",), [row for session, row in beats.items() if session in known])
    _put(db, "backlog_sample", ("session", "slot"), [row for row in samples if row["session"] in known])


def _put(db: Session, name: str, key: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Insert rows, in the place of those with the same key."""
    if not rows:
        return
    table = METADATA.tables[name]
    old = table.delete().where(*(table.c[column] == sa.bindparam(f"old_{column}") for column in key))
    connection = db.connection()
    connection.execute(old, [{f"old_{column}": row[column] for column in key} for row in rows])
    connection.execute(table.insert(), rows)


def word_of(db: Session, session: str) -> Word | None:
    """What one laptop said last."""
    row = db.get(Heartbeat, session)
    return None if row is None else Word(row.at_ms, row.stage, row.progress)


def backlog(db: Session, session: str) -> list[BacklogSample]:
    """How much a laptop had left, oldest first."""
    query = select(BacklogSample).where(BacklogSample.session == session)
    return list(db.exec(query.order_by(col(BacklogSample.at_ms))))


def batch_sizes(db: Session, project: str) -> dict[str, int]:
    """How many candidates each batch of a project has, by the batch's id."""
    query = (
        select(SessionRow.batch, func.count(col(Candidate.session)))
        .join(Candidate, col(Candidate.session) == col(SessionRow.id))
        .where(Candidate.project == project)
        .group_by(col(SessionRow.batch))
    )
    return {row[0]: row[1] for row in db.exec(query)}


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
        sa.select(col(ReceiptRow.session), col(ReceiptRow.issued_ms), col(ReceiptRow.assessment))
        .join(Candidate, col(Candidate.session) == col(ReceiptRow.session))
        .where(col(Candidate.project) == project, col(ReceiptRow.kind) == ReceiptKind.SESSION.value)
        .order_by(col(ReceiptRow.issued_ms))
    )
    rows = {row[0]: (row[1], row[2]) for row in db.connection().execute(query)}
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
