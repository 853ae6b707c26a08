"""Publishing the results of a project: two administrators, then the appeal delay. Every act is in the audit.

Owns these acts, each in one transaction, safe beside a running center. From the end of the delay on laptops and phones
may delete their copies (``domain.wire.center.SessionFacts.may_delete``) and the center's own retention begins.
"""

from sqlmodel import Session

from center import chronicle
from center.accounts.pairs import require_one, require_second
from center.accounts.roles import Right
from center.staff import Actor, require_reason
from center.store import afterwards, projects
from center.store.database import Database
from center.tables import Project
from center.tables.after import Publication
from domain.errors import BadInput, ProposalVoid
from domain.publication import PUBLICATION_MOVES, PublicationState, leave_from_ms, publication_state


def propose(database: Database, project: str, actor: Actor) -> None:
    """The first administrator; ``actor.reason`` names the announcement. Raises NotAllowed, BadInput."""
    require_reason(actor)

    def change(db: Session) -> None:
        require_one(db, actor.by, Right.ADMINISTER)
        row = _project(db, project)
        known = afterwards.publication(db, project)
        if known is not None and state_of(known, actor.now_ms) is not PublicationState.WITHDRAWN:
            raise BadInput(f"project {project}: is {state_of(known, actor.now_ms)} already")
        if row.results_published_ms is not None:
            raise BadInput(f"project {project}: its results were published before there were proposals")
        made = Publication(project=project, proposed_by=actor.by, proposed_ms=actor.now_ms, reason=actor.reason)
        projects.keep(db, made)
        _audit(db, actor, "publish_propose", project)

    database.write(change)


def confirm(database: Database, project: str, actor: Actor) -> int:
    """The second administrator; answers from when on copies may be deleted.

    Raises NotAllowed, SamePerson, ProposalVoid.
    """

    def change(db: Session) -> int:
        row = _project(db, project)
        open_one = _current(db, project, actor.now_ms, PublicationState.PUBLISHED)
        require_second(db, open_one.proposed_by, actor.by, Right.ADMINISTER)
        leave_ms = leave_from_ms(actor.now_ms, row.appeal_ms)
        open_one.confirmed_by, open_one.confirmed_ms = actor.by, actor.now_ms
        open_one.leave_ms, open_one.retention_ms = leave_ms, row.retention_ms
        row.results_published_ms, row.leave_ms = actor.now_ms, leave_ms
        projects.keep(db, open_one)
        projects.keep(db, row)
        _audit(db, actor, "publish_confirm", project, proposed_by=open_one.proposed_by, leave_ms=str(leave_ms))
        return leave_ms

    return database.write(change)


def withdraw(database: Database, project: str, actor: Actor) -> None:
    """One administrator suffices to stop it, until the appeal delay is over.

    Raises NotAllowed, BadInput without a reason, ProposalVoid when there is nothing to withdraw or it is too late.
    """
    require_reason(actor)

    def change(db: Session) -> None:
        require_one(db, actor.by, Right.ADMINISTER)
        row = _project(db, project)
        known = _current(db, project, actor.now_ms, PublicationState.WITHDRAWN)
        known.withdrawn_by, known.withdrawn_ms, known.withdrawn_why = actor.by, actor.now_ms, actor.reason
        row.results_published_ms = row.leave_ms = None
        projects.keep(db, known)
        projects.keep(db, row)
        _audit(db, actor, "publish_withdraw", project)

    database.write(change)


def state_of(row: Publication, now_ms: int) -> PublicationState:
    """Where it stands."""
    return publication_state(row.leave_ms, row.withdrawn_ms, now_ms)


def _current(db: Session, project: str, now_ms: int, then: PublicationState) -> Publication:
    """The newest publication, when it may become ``then`` now; raises ProposalVoid."""
    known = afterwards.publication(db, project)
    if known is None:
        raise ProposalVoid(f"project {project}: nothing is proposed")
    now = state_of(known, now_ms)
    if now is then or then not in PUBLICATION_MOVES[now]:
        raise ProposalVoid(f"project {project}: is {now}")
    return known


def _project(db: Session, project: str) -> Project:
    row = afterwards.lock_project(db, project)
    if row is None:
        raise BadInput(f"project {project}: unknown")
    return row


def _audit(db: Session, actor: Actor, action: str, project: str, **detail: str) -> None:
    chronicle.audit(db, actor.by, action, project, actor.now_ms, reason=actor.reason, **detail)
