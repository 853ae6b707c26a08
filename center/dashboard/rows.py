"""One candidate's row on the dashboard from what the tables and the tally say. Owns no query and no rule."""

from center.dashboard.tally import Arrivals
from center.interviewtables import HelpRow
from center.store.projects import SessionCase
from center.store.watching import Person
from center.tables import Project
from domain.risk import Standing, judge
from domain.status import CaptureHealth, RecorderMode
from domain.wire.interview import Bilingual, Progress
from domain.wire.staff import EarlyCall, HelpEntry, Row


def row_of(
    person: Person,
    project: Project,
    arrivals: Arrivals,
    confirmed: tuple[int, str] | None,
    help_row: HelpRow | None,
    phone: str,
    now_ms: int,
) -> Row:
    """The row, judged now."""
    case = SessionCase(project, person.batch, person.session)
    heartbeat = person.heartbeat
    told = Progress() if heartbeat is None else Progress.model_validate_json(heartbeat.progress)
    seen_ms = None if heartbeat is None else heartbeat.at_ms
    remaining = max(0, told.remaining_bytes - (arrivals.bytes_since(seen_ms) if seen_ms is not None else 0))
    ahead = arrivals.forecast(remaining, now_ms)
    ended_ms = case.ended_ms(now_ms)
    verdict = judge(
        Standing(
            now_ms=now_ms,
            start_ms=person.batch.start_ms,
            latest_end_ms=case.latest_end_ms,
            window_ms=case.window_ms,
            seen_ms=seen_ms,
            logged_in=person.progress.act_sha256 is not None,
            entered=person.progress.entered_ms is not None,
            ended_ms=ended_ms,
            recording=_records(told),
            finish_in_ms=ahead.finish_in_ms,
            remaining_bytes=remaining,
            confirmed_ms=confirmed[0] if confirmed else None,
            waits_for_help=help_row is not None and not help_row.claimed_by,
            phone_required=project.companion_required,
            phone=phone,
            troubles=len(told.troubles),
        )
    )
    return Row(
        session=person.session.id,
        number=person.candidate.number,
        name=person.candidate.name,
        batch=person.batch.name,
        support_code=person.candidate.support_code,
        stage=heartbeat.stage if heartbeat is not None else "",
        connection=verdict.connection.value,
        seen_ms=seen_ms,
        recorder=told.recorder,
        health=dict(told.health),
        troubles=list(told.troubles),
        tracks=dict(arrivals.tracks),
        remaining_bytes=remaining,
        bytes_per_second=ahead.bytes_per_second,
        finish_ms=_finish(ahead.finish_in_ms, remaining, ended_ms, confirmed, now_ms),
        start_ms=person.batch.start_ms,
        ended_ms=ended_ms,
        deadline_ms=case.deadline_ms(now_ms),
        assessment=verdict.assessment.value,
        risk=verdict.risk.value,
        why=Bilingual.of(verdict.why),
        remedy=Bilingual.of(verdict.remedy),
        phone=phone,
        phone_required=project.companion_required,
        help=None
        if help_row is None
        else HelpEntry(id=help_row.id, text=help_row.text, asked_ms=help_row.asked_ms, claimed_by=help_row.claimed_by),
    )


def call_of(row: HelpRow) -> EarlyCall:
    """A call from before login."""
    return EarlyCall(
        id=row.id,
        project=row.project,
        number=row.number,
        support_code=row.code or "",
        stage=row.stage,
        text=row.text,
        asked_ms=row.asked_ms,
        claimed_by=row.claimed_by,
    )


def _records(told: Progress) -> bool:
    return told.recorder == RecorderMode.RECORD.value and CaptureHealth.FAILED.value not in told.health.values()


def _finish(
    finish_in_ms: int | None, remaining: int, ended_ms: int | None, confirmed: tuple[int, str] | None, now_ms: int
) -> int | None:
    """When it was or will be confirmed, to the second so that a standing forecast does not flicker."""
    if confirmed is not None:
        return confirmed[0]
    if ended_ms is None or finish_in_ms is None or not remaining:
        return None
    return (now_ms + finish_in_ms) // 1000 * 1000
