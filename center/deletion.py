"""Retention at the center: what is due by policy, holds, and deleting evidence. Every act is in the append-only audit.

Owns the order of a deletion: written down first, then the bytes, then the rows; a stop in between loses none, the next
look finishes it. Nothing is ever deleted of itself: somebody, or a scheduled command, says so. The rule is in
``domain.keeping``.
"""

from dataclasses import dataclass

from sqlmodel import Session

from center import chronicle
from center.accounts.pairs import require_one
from center.accounts.roles import Right
from center.papers import Papers
from center.receipts import Receipts
from center.staff import Actor, require_reason
from center.store import afterwards, keeping, projects
from center.store.database import Database
from center.store.keeping import Stored
from center.store.projects import SessionCase
from center.tables.interview import Candidate
from center.tus.storage import Storage
from domain.errors import BadInput, EvidenceKept, ProjectUnknown
from domain.keeping import STAYS_WORDS, Flag, Keeping, Stays, stays
from domain.publication import PublicationState, publication_state


@dataclass(frozen=True, slots=True)
class Kept:
    """One session with what decides about its evidence."""

    case: SessionCase
    person: Candidate | None
    stored: Stored
    keeping: Keeping
    stays: Stays | None

    @property
    def due(self) -> bool:
        """Whether there is something that may be deleted now."""
        anything = self.stored.files > 0 or (self.person is not None and self.person.photo != "")
        return self.stays is None and anything


@dataclass(frozen=True, slots=True)
class Gone:
    """What a deletion took."""

    sessions: int = 0
    files: int = 0
    bytes: int = 0


def overview(db: Session, project: str, now_ms: int) -> list[Kept]:
    """Every session of a project; raises ProjectUnknown."""
    if projects.project(db, project) is None:
        raise ProjectUnknown(project)
    held, flagged = keeping.stored(db, project), keeping.flags(db, project)
    came = afterwards.with_evidence(db, project) | set(afterwards.progress_of(db, project))
    leave_ms, retention_ms = policy(db, project, now_ms)
    found = []
    for case, person in afterwards.cases_of(db, project):
        session = case.session.id
        known = Keeping(
            leave_ms=leave_ms,
            retention_ms=retention_ms,
            settled=_settled(db, case, now_ms, came=session in came),
            flags=flagged.get(session, frozenset()),
            held=case.session.held_ms is not None,
        )
        found.append(Kept(case, person, held.get(session, Stored(0, 0)), known, stays(known, now_ms)))
    return found


def policy(db: Session, project: str, now_ms: int) -> tuple[int | None, int | None]:
    """(when copies may be deleted, how long the center keeps them after that).

    Of the retention at publication and the one now the longer counts: nobody shortens what was promised.
    """
    row, known = projects.project(db, project), afterwards.publication(db, project)
    if row is None:
        raise ProjectUnknown(project)
    retention = row.retention_ms
    if known is not None and publication_state(known.leave_ms, known.withdrawn_ms, now_ms) in (
        PublicationState.PUBLISHED,
        PublicationState.FINAL,
    ):
        both = (known.retention_ms, row.retention_ms)
        retention = None if None in both else max(one for one in both if one is not None)
    return row.leave_ms, retention


def delete_due(
    database: Database, storage: Storage, papers: Papers, project: str, actor: Actor, *, count: int, session: str = ""
) -> Gone:
    """An administrator deletes what is due: everything of ``project``, or one session. ``count``: how many they saw.

    Raises EvidenceKept (and deletes nothing) when it is another number now, or when the one session is not due.
    """
    require_reason(actor)

    def begin(db: Session) -> list[str]:
        require_one(db, actor.by, Right.ADMINISTER)
        rows = [one for one in overview(db, project, actor.now_ms) if session in ("", one.case.session.id)]
        due = [one for one in rows if one.due]
        if session and rows and not due:
            why = rows[0].stays
            raise EvidenceKept("nothing is left to delete" if why is None else f"{STAYS_WORDS[why].zh} / {why}")
        if len(due) != count:
            raise EvidenceKept(f"{len(due)} sessions are due now, not {count}")
        return _begin(db, due, actor)

    begun = database.write(begin)
    return _finish(database, storage, papers, begun, actor)


def delete_scheduled(database: Database, storage: Storage, papers: Papers, project: str, now_ms: int) -> Gone:
    """What a scheduled command does: everything of ``project`` that is due by its policy. Raises ProjectUnknown."""
    actor = Actor("schedule", "due by policy", now_ms)

    def begin(db: Session) -> list[str]:
        return _begin(db, [one for one in overview(db, project, now_ms) if one.due], actor)

    return _finish(database, storage, papers, database.write(begin), actor)


def finish(database: Database, storage: Storage, papers: Papers, now_ms: int) -> int:
    """Deletions that a stop cut off; how many."""
    left = database.read(keeping.being_deleted)
    _finish(database, storage, papers, left, Actor("center", "begun before a stop", now_ms))
    return len(left)


def hold(database: Database, session: str, actor: Actor) -> None:
    """Nothing of this session is deleted, here or on its devices, until it is lifted. One administrator suffices.

    Raises NotAllowed, BadInput, EvidenceKept when its deletion has begun.
    """
    require_reason(actor)

    def change(db: Session) -> None:
        require_one(db, actor.by, Right.ADMINISTER)
        case = _case(db, session)
        if case.session.deleting_ms is not None:
            raise EvidenceKept("too late: it is deleted already")
        if case.session.held_ms is not None:
            raise BadInput(f"session {session}: is on hold already")
        case.session.held_ms, case.session.held_by, case.session.held_why = actor.now_ms, actor.by, actor.reason
        projects.keep(db, case.session)
        _audit(db, actor, "hold", case)

    database.write(change)


def lift(database: Database, session: str, actor: Actor) -> None:
    """The hold is over. Raises NotAllowed, BadInput."""
    require_reason(actor)

    def change(db: Session) -> None:
        require_one(db, actor.by, Right.ADMINISTER)
        case = _case(db, session)
        if case.session.held_ms is None:
            raise BadInput(f"session {session}: is not on hold")
        case.session.held_ms, case.session.held_by, case.session.held_why = None, "", ""
        projects.keep(db, case.session)
        _audit(db, actor, "hold_lift", case)

    database.write(change)


def _begin(db: Session, due: list[Kept], actor: Actor) -> list[str]:
    for one in due:
        row = one.case.session
        row.deleting_ms, row.deleted_ms = actor.now_ms, None
        projects.keep(db, row)
        _audit(db, actor, "evidence_deleting", one.case, files=one.stored.files, bytes=one.stored.bytes)
    return [one.case.session.id for one in due]


def _finish(database: Database, storage: Storage, papers: Papers, sessions: list[str], actor: Actor) -> Gone:
    files = size = 0
    for session in sessions:
        keys = database.read(lambda db, session=session: keeping.keys_of(db, session))  # type: ignore[misc]
        for name in keys:
            for key in (*storage.apart(name), name):
                size += storage.peek(key)
                storage.remove(key)
        files += len(keys)
        photo = database.write(lambda db, session=session, keys=keys: _emptied(db, session, keys, actor))  # type: ignore[misc]
        if photo and not database.read(lambda db, photo=photo: keeping.paper_named(db, photo)):  # type: ignore[misc]
            papers.remove(photo)
    return Gone(len(sessions), files, size)


def _emptied(db: Session, session: str, keys: list[str], actor: Actor) -> str:
    case = _case(db, session)
    if case.session.deleted_ms is not None:
        return ""  # somebody else finished it meanwhile
    photo = keeping.empty(db, session, keys)
    case.session.deleted_ms = actor.now_ms
    projects.keep(db, case.session)
    _audit(db, actor, "evidence_deleted", case, files=len(keys))
    return photo


def _settled(db: Session, case: SessionCase, now_ms: int, *, came: bool) -> bool:
    """Receipted, closed with loss, or over without anybody."""
    if case.ended_ms(now_ms) is None:
        return False
    if case.session.closed_ms is not None or not came:
        return True
    return Receipts.session_receipt(db, case.session.id) is not None


def _case(db: Session, session: str) -> SessionCase:
    case = projects.session_case(db, session, lock=True)
    if case is None:
        raise BadInput(f"session {session}: unknown here")
    return case


def _audit(db: Session, actor: Actor, action: str, case: SessionCase, **detail: int) -> None:
    chronicle.audit(
        db,
        actor.by,
        action,
        case.project.id,
        actor.now_ms,
        session=case.session.id,
        reason=actor.reason,
        **detail,
    )


__all__ = ["Flag", "Gone", "Kept", "delete_due", "finish", "hold", "lift", "overview", "policy"]
