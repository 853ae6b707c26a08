"""Queries over an interview: attachments, questions, notices, help, timeline, audit. Decides nothing."""

import hashlib
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from center.tables import CenterTable
from center.tables.companion import Companion
from center.tables.interview import (
    Attachment,
    Audit,
    BindingCode,
    Candidate,
    HelpRow,
    NoticeRow,
    Pack,
    Permission,
    Progress,
    QuestionSet,
    ReadMark,
    TimelineRow,
)


class Present(NamedTuple):
    """What there is of one session at all; most have hardly any of it. ``questions``: hash of its question set."""

    phones: bool
    code: bool
    permissions: bool
    notices: bool
    help: bool
    questions: str | None


def _any(table: type[CenterTable], *where: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists(sa.select(sa.literal(1)).select_from(table).where(*where))


_SESSION: sa.BindParameter[str] = sa.bindparam("session")
# Every heartbeat asks these: built once, so that only the values are new.
_PRESENT = sa.select(
    _any(Companion, col(Companion.session) == _SESSION),
    _any(BindingCode, col(BindingCode.session) == _SESSION),
    _any(Permission, col(Permission.session) == _SESSION),
    _any(
        NoticeRow,
        col(NoticeRow.batch) == sa.bindparam("batch"),
        or_(col(NoticeRow.session).is_(None), col(NoticeRow.session) == _SESSION),
    ),
    _any(HelpRow, col(HelpRow.session) == _SESSION),
    sa.select(col(QuestionSet.sha256))
    .where(col(QuestionSet.project) == sa.bindparam("project"), col(QuestionSet.name) == sa.bindparam("questions"))
    .scalar_subquery(),
)
_READ = sa.select(col(ReadMark.attachment)).where(col(ReadMark.session) == _SESSION)


def present(db: Session, session: str, batch: str, project: str, question_set: str) -> Present:
    """Which of the queries below would find anything."""
    values = {"session": session, "batch": batch, "project": project, "questions": question_set}
    row = db.connection().execute(_PRESENT, values).one()
    phones, code, permissions, notices, help_asked = map(bool, row[:5])
    return Present(phones, code, permissions, notices, help_asked, row[5])


def read_names(db: Session, session: str) -> set[str]:
    """Which attachments a candidate has read."""
    return set(db.connection().execute(_READ, {"session": session}).scalars())


def attachments(db: Session, project: str) -> list[Attachment]:
    """The attachments of a project in their order."""
    return list(db.exec(select(Attachment).where(Attachment.project == project).order_by(col(Attachment.position))))


def attachment(db: Session, project: str, name: str) -> Attachment | None:
    """One attachment."""
    return db.get(Attachment, (project, name))


def marks_of(db: Session, project: str, name: str) -> list[ReadMark]:
    """The marks on one attachment of those who have not entered."""
    query = (
        select(ReadMark)
        .join(Candidate, col(Candidate.session) == col(ReadMark.session))
        .join(Progress, col(Progress.session) == col(ReadMark.session))
        .where(Candidate.project == project, ReadMark.attachment == name, col(Progress.entered_ms).is_(None))
    )
    return list(db.exec(query))


def read_marks(db: Session, session: str) -> dict[str, ReadMark]:
    """What a candidate has read, by attachment."""
    return {row.attachment: row for row in db.exec(select(ReadMark).where(ReadMark.session == session))}


def question_set(db: Session, project: str, name: str) -> QuestionSet | None:
    """A set of questions, if it was imported."""
    return db.get(QuestionSet, (project, name))


def new_question_set(project: str, name: str, questions: str, now_ms: int) -> QuestionSet:
    """The row of a set; ``questions`` is a JSON list of Question."""
    sha256 = hashlib.sha256(questions.encode()).hexdigest()
    return QuestionSet(project=project, name=name, questions=questions, sha256=sha256, imported_ms=now_ms)


def question_set_hash(db: Session, project: str, name: str) -> str | None:
    """Which set it is, without reading a question."""
    query = select(QuestionSet.sha256).where(QuestionSet.project == project, QuestionSet.name == name)
    return db.exec(query).first()


def pack(db: Session, pack_id: str) -> Pack | None:
    """The pack with this id."""
    return db.get(Pack, pack_id)


def pack_of(db: Session, session: str, questions: str) -> Pack | None:
    """A session's pack of one question set."""
    return db.exec(select(Pack).where(Pack.session == session, Pack.questions == questions)).first()


def notices(db: Session, batch: str, session: str) -> list[NoticeRow]:
    """What was told to a session or to its whole batch, oldest first."""
    query = select(NoticeRow).where(
        NoticeRow.batch == batch, or_(col(NoticeRow.session).is_(None), col(NoticeRow.session) == session)
    )
    return list(db.exec(query.order_by(col(NoticeRow.id))))


def help_of(db: Session, session: str) -> list[HelpRow]:
    """A session's requests for help, oldest first."""
    return list(db.exec(select(HelpRow).where(HelpRow.session == session).order_by(col(HelpRow.asked_ms))))


def open_help(db: Session) -> list[HelpRow]:
    """Every request without an answer, oldest first."""
    return list(db.exec(select(HelpRow).where(col(HelpRow.answer).is_(None)).order_by(col(HelpRow.asked_ms))))


def open_early_help(db: Session) -> int:
    """How many calls from before login wait for an answer."""
    query = select(func.count(col(HelpRow.id)))
    return db.exec(query.where(col(HelpRow.session).is_(None), col(HelpRow.answer).is_(None))).one()


def help_by_code(db: Session, code: str) -> HelpRow | None:
    """The call from before login with this support code."""
    return db.exec(select(HelpRow).where(HelpRow.code == code)).first()


def help_request(db: Session, request: str) -> HelpRow | None:
    """One request."""
    return db.get(HelpRow, request)


def known_events(db: Session, session: str, events: list[str]) -> set[str]:
    """Which of ``events`` are on the timeline already."""
    query = select(TimelineRow.event).where(TimelineRow.session == session, col(TimelineRow.event).in_(events))
    return set(db.exec(query))


def timeline(db: Session, session: str) -> list[TimelineRow]:
    """Everything that happened, in the order in which the center heard of it."""
    return list(db.exec(select(TimelineRow).where(TimelineRow.session == session).order_by(col(TimelineRow.id))))


def audits(db: Session, session: str | None = None) -> list[Audit]:
    """What staff did, oldest first."""
    query = select(Audit) if session is None else select(Audit).where(Audit.session == session)
    return list(db.exec(query.order_by(col(Audit.id))))


def binding_code(db: Session, session: str) -> BindingCode | None:
    """The newest binding code of a session."""
    return db.get(BindingCode, session)


def event_count(db: Session, session: str) -> int:
    """How many events a session has on its timeline."""
    return db.exec(select(func.count(col(TimelineRow.id))).where(TimelineRow.session == session)).one()
