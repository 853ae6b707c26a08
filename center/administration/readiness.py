"""Who is ready the day before: seen with the right numbers, rehearsed on the same computer, or not seen at all.

Owns what each of the words means. What a candidate's program tells is believed only after number and id number were
right, or after a receipt was signed; nothing here lets anybody in or keeps anybody out.
"""

from enum import StrEnum

from sqlmodel import Session

from center.store import candidates, readiness
from center.tables.interview import Candidate
from center.tables.readiness import Installation, Visit
from domain.wire.administration import ReadinessBody, ReadyEntry


class Readiness(StrEnum):
    """How far somebody came; each says more than the one before."""

    NOT_SEEN = "not_seen"
    SEEN = "seen"  # the right numbers were typed on an installed program
    TRIED = "tried"  # on a computer where a rehearsal was begun, but not confirmed
    REHEARSED = "rehearsed"  # on a computer where a rehearsal was confirmed


def judge(seen: bool, tried: bool, rehearsed: bool) -> Readiness:
    """Pure: how far somebody came."""
    if not seen:
        return Readiness.NOT_SEEN
    return Readiness.REHEARSED if rehearsed else Readiness.TRIED if tried else Readiness.SEEN


def ready_list(db: Session, project: str, now_ms: int) -> ReadinessBody:
    """Everybody of a project, by number."""
    visits = readiness.visits(db, project)
    return ReadinessBody(
        center_ms=now_ms,
        rows=[_entry(db, one, batch, visits.get(one.session, [])) for one, batch in candidates.of_project(db, project)],
    )


def _entry(db: Session, one: Candidate, batch: str, visits: list[tuple[Visit, Installation | None]]) -> ReadyEntry:
    installations = [there for _, there in visits if there is not None]
    rehearsed = [at for there in installations if (at := readiness.rehearsed_ms(db, there)) is not None]
    return ReadyEntry(
        session=one.session,
        number=one.number,
        name=one.name,
        batch=batch,
        state=judge(bool(visits), bool(installations), bool(rehearsed)).value,
        seen_ms=max((visit.at_ms for visit, _ in visits), default=None),
        rehearsed_ms=max(rehearsed, default=None),
    )
