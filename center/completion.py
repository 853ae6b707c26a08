"""How every session of a project came out. Reads; the rule is ``domain.completion``."""

import hashlib
from dataclasses import dataclass

from sqlmodel import Session

from center.receipts import Receipts
from center.store import afterwards, projects
from center.store.projects import SessionCase
from center.tables import ReceiptRow
from center.tables.interview import Candidate, Heartbeat
from domain.completion import Completion, completion_of
from domain.errors import ProjectUnknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """One session. ``receipt``: the one that stands now; ``entered_ms``: 进入考试."""

    case: SessionCase
    person: Candidate | None
    state: Completion
    entered_ms: int | None
    ended_ms: int | None
    deadline_ms: int | None
    receipt: ReceiptRow | None
    heartbeat: Heartbeat | None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the receipt, as the candidate's own page shows it."""
        return "" if self.receipt is None else hashlib.sha256(self.receipt.token.encode()).hexdigest()


def completion(db: Session, project: str, now_ms: int) -> list[Outcome]:
    """Everybody, by batch and number; raises ProjectUnknown."""
    if projects.project(db, project) is None:
        raise ProjectUnknown(project)
    came = afterwards.with_evidence(db, project)
    late = afterwards.let_in_late(db, project)
    entered = afterwards.progress_of(db, project)
    beats = afterwards.heartbeats_of(db, project)
    found = []
    for case, person in afterwards.cases_of(db, project):
        session = case.session.id
        entered_ms = entered.get(session)
        receipt = Receipts.session_receipt(db, session) if session in came else None
        found.append(
            Outcome(
                case=case,
                person=person,
                state=completion_of(
                    now_ms,
                    case.batch.start_ms,
                    case.deadline_ms(now_ms),
                    None if receipt is None else receipt.issued_ms,
                    case.session.closed_ms,
                    came=entered_ms is not None or session in came,
                    may_come=session in late,
                ),
                entered_ms=entered_ms,
                ended_ms=case.ended_ms(now_ms),
                deadline_ms=case.deadline_ms(now_ms),
                receipt=receipt,
                heartbeat=beats.get(session),
            )
        )
    return found
