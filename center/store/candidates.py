"""Queries over candidates, their progress, permissions and logins. Decides nothing."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, delete, select

from center.interviewtables import Candidate, Login, Permission, Progress
from center.store import projects
from center.store.projects import SessionCase
from center.tables import SessionRow


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


def by_number(db: Session, project: str, number: str) -> CandidateCase | None:
    """The candidate with this number."""
    row = db.exec(select(Candidate).where(Candidate.project == project, Candidate.number == number)).first()
    return None if row is None else by_session(db, row.session)


def by_session(db: Session, session: str, *, lock: bool = False) -> CandidateCase | None:
    """The candidate of a session; None for sessions made without a roster."""
    candidate = db.get(Candidate, session)
    progress = db.get(Progress, session)
    case = projects.session_case(db, session, lock=lock)
    if candidate is None or progress is None or case is None:
        return None
    return CandidateCase(case, candidate, progress)


def by_act(db: Session, act_sha256: str) -> CandidateCase | None:
    """Whose valid act token has this hash."""
    session = db.exec(select(Progress.session).where(Progress.act_sha256 == act_sha256)).first()
    return None if session is None else by_session(db, session)


def of_batch(db: Session, batch: str) -> list[Candidate]:
    """Everybody in a batch, by number."""
    query = select(Candidate).join(SessionRow, col(SessionRow.id) == col(Candidate.session))
    return list(db.exec(query.where(SessionRow.batch == batch).order_by(col(Candidate.number))))


def support_code_taken(db: Session, code: str) -> bool:
    """Whether somebody has it."""
    return db.exec(select(Candidate.session).where(Candidate.support_code == code)).first() is not None


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


def drop_old_logins(db: Session, before_ms: int) -> int:
    """Forget logins that expired before ``before_ms``, their templates with them; how many."""
    return db.exec(delete(Login).where(col(Login.expires_ms) < before_ms)).rowcount
