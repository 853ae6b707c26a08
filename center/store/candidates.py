"""Queries over candidates, their progress, permissions and logins. Decides nothing."""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from center.store.projects import SessionCase
from center.tables import Batch, Project, SessionRow
from center.tables.interview import Candidate, Login, Permission, Progress


class PermissionKind(StrEnum):
    """What support may allow. ``login`` and ``takeover`` are good once, the others for the whole session."""

    LOGIN = "login"  # logged in by hand, without a face
    TAKEOVER = "takeover"  # a login on another machine may replace the one there is
    ENTER_LATE = "enter_late"  # may log in and enter after the start
    NO_PHONE = "no_phone"  # may enter first and bind later


@dataclass(frozen=True, slots=True)
class CandidateCase:
    """One candidate with everything a decision needs."""

    case: SessionCase
    candidate: Candidate
    progress: Progress

    @property
    def session(self) -> str:
        """Id of the session."""
        return self.candidate.session


# Every heartbeat asks: built once, so that only the values are new.
_CASE = (
    sa.select(Candidate, Progress, SessionRow, Batch, Project)
    .join(Progress, col(Progress.session) == col(Candidate.session))
    .join(SessionRow, col(SessionRow.id) == col(Candidate.session))
    .join(Batch, col(Batch.id) == col(SessionRow.batch))
    .join(Project, col(Project.id) == col(Batch.project))
)
_BY_SESSION = _CASE.where(col(Candidate.session) == sa.bindparam("session"))
_LOCKED = _BY_SESSION.with_for_update(of=SessionRow)
_BY_ACT = _CASE.where(col(Progress.act_sha256) == sa.bindparam("act"))
_BY_NUMBER = _CASE.where(
    col(Candidate.project) == sa.bindparam("project"), col(Candidate.number) == sa.bindparam("number")
)


def by_number(db: Session, project: str, number: str) -> CandidateCase | None:
    """The candidate with this number."""
    return _found(db, _BY_NUMBER, {"project": project, "number": number})


def by_session(db: Session, session: str, *, lock: bool = False) -> CandidateCase | None:
    """The candidate of a session; None for sessions made without a roster."""
    return _found(db, _LOCKED if lock else _BY_SESSION, {"session": session})


def by_act(db: Session, act_sha256: str) -> CandidateCase | None:
    """Whose valid act token has this hash."""
    return _found(db, _BY_ACT, {"act": act_sha256})


def _found(
    db: Session, query: sa.Select[Candidate, Progress, SessionRow, Batch, Project], values: dict[str, str]
) -> CandidateCase | None:
    row = db.execute(query, values).first()
    return None if row is None else CandidateCase(SessionCase(row[4], row[3], row[2]), row[0], row[1])


def of_batch(db: Session, batch: str) -> list[Candidate]:
    """Everybody in a batch, by number."""
    query = select(Candidate).join(SessionRow, col(SessionRow.id) == col(Candidate.session))
    return list(db.exec(query.where(SessionRow.batch == batch).order_by(col(Candidate.number))))


def of_project(db: Session, project: str) -> list[tuple[Candidate, str]]:
    """Everybody of a project with the name of their batch, by number."""
    query = (
        select(Candidate, Batch.name)
        .join(SessionRow, col(SessionRow.id) == col(Candidate.session))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .where(Candidate.project == project)
        .order_by(col(Candidate.number))
    )
    return [(row[0], row[1]) for row in db.exec(query)]


def support_code_taken(db: Session, code: str) -> bool:
    """Whether somebody has it."""
    return db.exec(select(Candidate.session).where(Candidate.support_code == code)).first() is not None


def by_support_code(db: Session, code: str) -> Candidate | None:
    """Whose support code this is."""
    return db.exec(select(Candidate).where(Candidate.support_code == code)).first()


def permissions(db: Session, session: str) -> set[PermissionKind]:
    """What support allowed and is not used up."""
    rows = db.exec(select(Permission.kind).where(Permission.session == session, col(Permission.used_ms).is_(None)))
    return {PermissionKind(kind) for kind in rows}


def use_permission(db: Session, session: str, kind: PermissionKind, now_ms: int) -> bool:
    """Use up every permission of a kind; False when there was none."""
    query = select(Permission).where(
        Permission.session == session, Permission.kind == kind.value, col(Permission.used_ms).is_(None)
    )
    rows = list(db.exec(query))
    for row in rows:
        row.used_ms = now_ms
        db.add(row)
    db.flush()
    return bool(rows)


def login(db: Session, login_id: str) -> Login | None:
    """The login with this id."""
    return db.get(Login, login_id)


def running_login(db: Session, session: str, now_ms: int) -> Login | None:
    """The newest login that is under way."""
    query = select(Login).where(Login.session == session, Login.expires_ms >= now_ms, Login.step != "passed")
    return db.exec(query.order_by(col(Login.began_ms).desc())).first()


def with_id_tail(db: Session, project: str, tail: str) -> list[str]:
    """Sessions of those whose id number ends so."""
    query = select(Candidate.session).where(Candidate.project == project, Candidate.id_tail == tail, tail != "")
    return list(db.exec(query))


def drop_old_logins(db: Session, before_ms: int) -> int:
    """Forget logins that expired before ``before_ms``, their templates with them; how many."""
    return db.exec(delete(Login).where(col(Login.expires_ms) < before_ms)).rowcount
