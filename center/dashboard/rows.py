"""One candidate's row on the dashboard from what the tables and the tally say. Owns no query and no rule."""

from dataclasses import dataclass, field

from center.dashboard.tally import Arrivals
from center.store.projects import SessionCase
from center.store.watching import Person, Word
from center.tables.interview import HelpRow
from domain.risk import Standing, Verdict, judge
from domain.status import CaptureHealth, LocalSessionState, RecorderMode
from domain.wire.fields import Bilingual
from domain.wire.interview import Progress
from domain.wire.staff import EarlyCall, HelpEntry, Row, TrackCount


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a row shows: equal facts make equal rows, so a row is made anew only when they differ."""

    person: Person
    batch: str
    word: Word | None
    told: Progress = field(compare=False)  # ``word`` says the same
    tracks: dict[str, TrackCount] = field(compare=False)
    arrived: int  # grows with every change of ``tracks``
    remaining_bytes: int
    bytes_per_second: float
    finish_ms: int | None
    start_ms: int
    ended_ms: int | None
    deadline_ms: int | None
    verdict: Verdict
    phone: str
    phone_required: bool
    help: tuple[str, str, int, str] | None


def facts_of(
    person: Person,
    word: Word | None,
    told: Progress,
    case: SessionCase,
    arrivals: Arrivals,
    confirmed: tuple[int, str] | None,
    help_row: HelpRow | None,
    phone: str,
    now_ms: int,
) -> Facts:
    """The facts, judged now. ``told``: ``word`` taken apart."""
    if person.closed_ms is not None:
        confirmed = None  # a receipt of before it was entered again: closed with loss is never confirmed
    seen_ms = None if word is None else word.at_ms
    remaining = max(0, told.remaining_bytes - (arrivals.bytes_since(seen_ms) if seen_ms is not None else 0))
    ahead = arrivals.forecast(remaining, now_ms)
    ended_ms = case.ended_ms(now_ms)
    required = case.project.companion_required
    standing = Standing(
        now_ms=now_ms,
        start_ms=case.batch.start_ms,
        latest_end_ms=case.latest_end_ms,
        window_ms=case.window_ms,
        seen_ms=seen_ms,
        logged_in=person.act_sha256 is not None,
        entered=person.entered_ms is not None,
        arrived=bool(arrivals.tracks),
        ended_ms=ended_ms,
        recording=_records(told),
        finish_in_ms=ahead.finish_in_ms,
        remaining_bytes=remaining,
        confirmed_ms=confirmed[0] if confirmed else None,
        closed_ms=person.closed_ms,
        waits_for_help=help_row is not None and not help_row.claimed_by,
        phone_required=required,
        phone=phone,
        phone_awaited=told.sync == LocalSessionState.SUBMITTED.value and confirmed is None,
        troubles=len(told.troubles),
    )
    return Facts(
        person=person,
        batch=case.batch.name,
        word=word,
        told=told,
        tracks=arrivals.tracks,
        arrived=arrivals.version,
        remaining_bytes=remaining,
        bytes_per_second=ahead.bytes_per_second,
        finish_ms=_finish(ahead.finish_in_ms, remaining, ended_ms, confirmed, now_ms),
        start_ms=case.batch.start_ms,
        ended_ms=ended_ms,
        deadline_ms=None if ended_ms is None else ended_ms + case.window_ms,
        verdict=judge(standing),
        phone=phone,
        phone_required=required,
        help=None if help_row is None else (help_row.id, help_row.text, help_row.asked_ms, help_row.claimed_by),
    )


def row_of(facts: Facts) -> Row:
    """The row."""
    person, told, verdict = facts.person, facts.told, facts.verdict
    return Row(
        session=person.session,
        number=person.number,
        name=person.name,
        batch=facts.batch,
        support_code=person.support_code,
        stage=facts.word.stage if facts.word is not None else "",
        connection=verdict.connection.value,
        seen_ms=facts.word.at_ms if facts.word is not None else None,
        recorder=told.recorder,
        health=dict(told.health),
        troubles=list(told.troubles),
        tracks=dict(facts.tracks),
        remaining_bytes=facts.remaining_bytes,
        bytes_per_second=facts.bytes_per_second,
        finish_ms=facts.finish_ms,
        start_ms=facts.start_ms,
        ended_ms=facts.ended_ms,
        deadline_ms=facts.deadline_ms,
        assessment=verdict.assessment.value,
        risk=verdict.risk.value,
        why=Bilingual.of(verdict.why),
        remedy=Bilingual.of(verdict.remedy),
        act=verdict.act.value,
        phone=facts.phone,
        phone_required=facts.phone_required,
        help=None
        if facts.help is None
        else HelpEntry(id=facts.help[0], text=facts.help[1], asked_ms=facts.help[2], claimed_by=facts.help[3]),
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
