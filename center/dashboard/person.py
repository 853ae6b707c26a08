"""Everything about one candidate for the staff's page. Owns no rule."""

from sqlmodel import Session

from center.interviewtables import HelpRow, TimelineRow
from center.projecttexts import texts_of
from center.store import candidates, interviews
from domain.errors import BadInput
from domain.wire.staff import CandidateBody, HelpItem, Row, TimelineEntry


def person_body(db: Session, row: Row, now_ms: int) -> CandidateBody:
    """The page's body around ``row``; raises BadInput when the candidate is gone."""
    found = candidates.by_session(db, row.session)
    if found is None:
        raise BadInput(f"session {row.session}: unknown here")
    batch = found.case.batch
    end_ms = batch.start_ms + batch.showing_ms + batch.late_limit_ms + batch.answer_ms
    return CandidateBody(
        row=row,
        permissions=sorted(candidates.permissions(db, row.session)),
        help=[_help(one) for one in interviews.help_of(db, row.session)],
        timeline=[_event(one) for one in interviews.timeline(db, row.session)],
        extra_ms=found.case.session.extra_ms,
        phrases=texts_of(found.case.project).phrases,
        answering=batch.start_ms <= now_ms < end_ms,
    )


def _help(one: HelpRow) -> HelpItem:
    return HelpItem(
        id=one.id,
        stage=one.stage,
        text=one.text,
        asked_ms=one.asked_ms,
        claimed_by=one.claimed_by,
        answer=one.answer,
        answered_by=one.answered_by,
        answered_ms=one.answered_ms,
    )


def _event(one: TimelineRow) -> TimelineEntry:
    return TimelineEntry(
        at_ms=one.at_ms,
        said_ms=one.said_ms,
        said_est=one.said_est,
        source=one.source,
        kind=one.kind,
        data=one.data,
    )
