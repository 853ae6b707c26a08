"""What a phone is told of its session. Owns that form and the release code's way through the phone.

A release code travels through the phone only when it is needed: after the start, to the bound phone of somebody who
entered, while the laptop has not been heard of and has not shown the questions. Each phone it is given to is logged.
"""

from sqlmodel import Session

from center import questions
from center.companions import stand
from center.situations import help_list, notice
from center.store import companions, interviews, projects
from center.store.candidates import CandidateCase
from center.tables.companion import Companion
from center.tables.interview import Heartbeat
from domain import readout
from domain.errors import QuestionsSealed, StageClosed
from domain.wire.companion import CompanionView

LAPTOP_SILENT_MS = 25_000  # its heartbeats come every ten seconds


def companion_view(
    db: Session,
    found: CandidateCase,
    row: Companion,
    device_receipt: str | None,
    session_receipt: str | None,
    now_ms: int,
) -> CompanionView:
    """Everything a phone needs to know."""
    where, case = stand(row), found.case
    facts, schedule = case.facts(now_ms), case.schedule
    ended = facts.ended_ms is not None
    over = ended or now_ms >= schedule.answer_end_ms(found.progress.shown_ms)
    waived = companions.waivers(db, found.session)
    return CompanionView(
        center_ms=now_ms,
        approved=where.live,
        refused=where.refused,
        replaced=where.replaced,
        facts=facts,
        batch_start_ms=schedule.start_ms,
        entered=found.progress.entered_ms is not None,
        ended=ended,
        finish=_finished(row, facts.ended_ms),
        answering=found.progress.entered_ms is not None and now_ms >= schedule.start_ms and not over,
        notices=[notice(told) for told in interviews.notices(db, case.batch.id, found.session)] if where.live else [],
        help=help_list(interviews.help_of(db, found.session)) if where.live else [],
        release_code=_release_code(db, found, row, now_ms),
        device_receipt=device_receipt,
        session_receipt=session_receipt,
        may_delete=facts.may_delete and device_receipt is not None,
        waived=row.device in waived,
    )


def _finished(row: Companion, ended_ms: int | None) -> bool:
    """Support's word holds for the end after which it was said: whoever gets more time may film again."""
    return row.finish_ms is not None and ended_ms is not None and row.finish_ms >= ended_ms


def release_to(db: Session, found: CandidateCase, row: Companion, now_ms: int) -> None:
    """Inside a write: give this phone the release code when it is needed, and log that."""
    if row.released_ms is None and _needs_code(db, found, row, now_ms):
        reason = f"the laptop is silent; through phone {row.device}"
        questions.release_code(db, found, "phone", reason, now_ms)
        row.released_ms = now_ms
        projects.keep(db, row)


def _release_code(db: Session, found: CandidateCase, row: Companion, now_ms: int) -> str | None:
    given = row.released_ms is not None and _needs_code(db, found, row, now_ms)
    return readout.write(found.progress.release) if given else None


def _needs_code(db: Session, found: CandidateCase, row: Companion, now_ms: int) -> bool:
    laptop = db.get(Heartbeat, found.session)
    silent = laptop is None or now_ms - laptop.at_ms > LAPTOP_SILENT_MS
    if not stand(row).live or not silent or found.progress.shown_ms is not None:
        return False
    try:
        questions.require_released(found, now_ms)
    except (QuestionsSealed, StageClosed):
        return False
    return True
