"""缺失说明结案: closing a session whose evidence is gone for good. Two of the staff with reasons; a signed statement.

Owns these acts, each in one transaction, safe beside a running center, and what the statement says is here. A closed
session is never confirmed again: no session receipt is issued for it (``center.receipts``), whatever arrives later is
still taken and verified.
"""

from sqlmodel import Session

from center import chronicle
from center.accounts.pairs import require_one, require_second
from center.accounts.roles import Right
from center.keys import Keyring
from center.receipts import Receipts
from center.staff import Actor, require_reason
from center.store import afterwards, projects, receipts, uploads
from center.store.database import Database
from center.store.projects import SessionCase
from center.tables import Device
from center.tables.after import Closure
from domain.causes import Cause
from domain.errors import BadInput, ProposalVoid, StageClosed
from domain.identity import Track
from domain.loss import Holding, LossStatement, Signer
from domain.manifest import Manifest
from domain.signature import LOSS_TYP, peek


def propose(database: Database, session: str, cause: Cause, actor: Actor) -> None:
    """The first of the two. Raises NotAllowed, BadInput, StageClosed while the session is not over."""
    require_reason(actor)

    def change(db: Session) -> None:
        require_one(db, actor.by, Right.CLOSE)
        case = _case(db, session, actor.now_ms)
        known = afterwards.closure(db, session)
        if known is not None and is_open(known):
            raise BadInput(f"session {session}: {known.proposed_by} has proposed it already")
        row = Closure(
            session=session,
            cause=cause.value,
            proposed_by=actor.by,
            proposed_ms=actor.now_ms,
            reason=actor.reason,
        )
        projects.keep(db, row)
        _audit(db, actor, "close_propose", case, cause=cause.value)

    database.write(change)


def confirm(database: Database, keys: Keyring, session: str, actor: Actor) -> str:
    """The second of the two, with a reason of their own; answers the signed statement.

    Raises NotAllowed, SamePerson, ProposalVoid, BadInput.
    """
    require_reason(actor)

    def change(db: Session) -> str:
        case = _case(db, session, actor.now_ms)
        row = _open(db, session)
        require_second(db, row.proposed_by, actor.by, Right.CLOSE)
        row.confirmed_by, row.confirmed_ms, row.confirmed_why = actor.by, actor.now_ms, actor.reason
        row.token = keys.sign(_statement(db, case, row, keys.issuer).to_dict(), LOSS_TYP)
        case.session.closed_ms = actor.now_ms
        projects.keep(db, row)
        projects.keep(db, case.session)
        _audit(db, actor, "close_confirm", case, cause=row.cause, proposed_by=row.proposed_by)
        return row.token

    return database.write(change)


def withdraw(database: Database, session: str, actor: Actor) -> None:
    """One of the staff suffices to take a proposal back. Raises NotAllowed, BadInput, ProposalVoid."""
    require_reason(actor)

    def change(db: Session) -> None:
        require_one(db, actor.by, Right.CLOSE)
        case = projects.session_case(db, session, lock=True)
        row = _open(db, session)
        row.withdrawn_by, row.withdrawn_ms, row.withdrawn_why = actor.by, actor.now_ms, actor.reason
        projects.keep(db, row)
        if case is not None:
            _audit(db, actor, "close_withdraw", case)

    database.write(change)


def is_open(row: Closure) -> bool:
    """Whether it waits for its second person."""
    return row.confirmed_ms is None and row.withdrawn_ms is None


def statement_of(db: Session, session: str) -> str | None:
    """The signed statement; None while the session is not closed with loss."""
    row = afterwards.closure(db, session)
    return row.token if row is not None and row.confirmed_ms is not None else None


def _open(db: Session, session: str) -> Closure:
    row = afterwards.closure(db, session)
    if row is None or not is_open(row):
        raise ProposalVoid(f"session {session}: nothing is proposed")
    return row


def _case(db: Session, session: str, now_ms: int) -> SessionCase:
    """A session that may be closed: over, with a device, without its receipt."""
    case = projects.session_case(db, session, lock=True)
    if case is None:
        raise BadInput(f"session {session}: unknown here")
    if case.session.closed_ms is not None:
        raise ProposalVoid(f"session {session}: is closed")
    if case.ended_ms(now_ms) is None:
        raise StageClosed("面试尚未结束 / the session is not over")
    if not afterwards.came(db, session):
        raise BadInput(f"session {session}: nobody came, nothing was recorded; there is nothing to close")
    if Receipts.session_receipt(db, session) is not None:
        raise BadInput(f"session {session}: has its receipt, nothing is lost")
    return case


def _statement(db: Session, case: SessionCase, row: Closure, issuer: str) -> LossStatement:
    now_ms = row.confirmed_ms or 0
    held: list[Holding] = []
    silent: list[str] = []
    for device in projects.devices_of(db, case.session.id):
        found = _holdings(db, device)
        held += found
        if not found:
            silent.append(device.id)
    return LossStatement(
        issuer=issuer,
        issued_ms=now_ms,
        practice=case.project.practice,
        project=case.project.id,
        batch=case.batch.name,
        session=case.session.id,
        number=case.session.number,
        ended_ms=case.ended_ms(now_ms) or 0,
        deadline_ms=case.deadline_ms(now_ms) or 0,
        cause=Cause(row.cause),
        held=tuple(held),
        silent=tuple(silent),
        proposed=Signer(row.proposed_by, row.reason, row.proposed_ms),
        confirmed=Signer(row.confirmed_by, row.confirmed_why, now_ms),
    )


def _holdings(db: Session, device: Device) -> list[Holding]:
    newest = receipts.newest_manifest(db, device.id)
    named = {} if newest is None else Manifest.from_dict(peek(newest.token)).tracks
    here = uploads.verified_sums(db, device.id)
    found = []
    for track in sorted({*named, *(Track(name) for name in here)}):
        links, size = here.get(track.value, (0, 0))
        missing = None if newest is None else max(0, named[track].links - links) if track in named else 0
        found.append(Holding(device.id, track, links, size, missing))
    return found


def _audit(db: Session, actor: Actor, action: str, case: SessionCase, **detail: str) -> None:
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
