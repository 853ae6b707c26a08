"""What a candidate does after login, each inside a database transaction; a second telling is a no-op.

Owns writing down read marks, pledge, entering, help, events and when the questions were shown. The gates are in
``domain.stage``, the release of questions in ``center.questions``.
"""

import json

from sqlmodel import Session

from center import chronicle
from center.config import CenterConfig
from center.failures import Refused
from center.projecttexts import is_rehearsal, texts_of
from center.situations import situation
from center.store import interviews, projects
from center.store.candidates import CandidateCase
from center.tables.interview import Consent, HelpRow, ReadMark, TimelineRow
from domain.errors import (
    AttachmentUnknown,
    BadInput,
    CenterBusy,
    ConsentOutdated,
    DoorClosed,
    EnterTooEarly,
    StageClosed,
)
from domain.stage import Stage, enter_gate, gate
from domain.wire.interview import (
    Event,
    HelpOrder,
    PledgeOrder,
    ReadOrder,
    Stamp,
)

_DATA_MOST = 4096


def mark_read(db: Session, found: CandidateCase, attachment: str, order: ReadOrder, now_ms: int) -> None:
    """【已阅】; raises AttachmentUnknown."""
    if interviews.attachment(db, found.case.project.id, attachment) is None:
        raise AttachmentUnknown(attachment)
    if attachment not in interviews.read_marks(db, found.session):
        row = ReadMark(session=found.session, attachment=attachment, said_ms=order.at.center_ms, at_ms=now_ms)
        projects.keep(db, row)
        chronicle.note(db, found.session, "center", "attachment_read", now_ms, attachment=attachment)


def accept_pledge(db: Session, found: CandidateCase, order: PledgeOrder, now_ms: int) -> None:
    """The pledge in its valid version; raises ConsentOutdated."""
    version = texts_of(found.case.project).pledge.version
    if order.version != version:
        raise ConsentOutdated(f"version {version}")
    if found.progress.pledge_version != version:
        found.progress.pledge_version, found.progress.pledge_ms = version, now_ms
        projects.keep(db, found.progress)
        projects.keep(db, Consent(session=found.session, kind="pledge", version=version, accepted=True, at_ms=now_ms))
        chronicle.note(db, found.session, "center", "pledge", now_ms, version=version)


def enter(db: Session, found: CandidateCase, config: CenterConfig, now_ms: int) -> int:
    """进入考试: when this candidate entered. Raises StageClosed, EnterTooEarly, DoorClosed."""
    if found.progress.entered_ms is not None:
        return found.progress.entered_ms
    facts = situation(db, found, now_ms)
    before = gate(Stage.ENTER, facts, now_ms)
    if not before.open:
        raise StageClosed(f"{before.why.zh} / {before.why.en}" if before.why else "")
    door = enter_gate(facts, now_ms)
    if not door.open:
        if door.opens_at_ms is not None:
            raise EnterTooEarly(f"opens_at_ms={door.opens_at_ms}")
        raise DoorClosed(found.case.batch.name)
    if facts.ended:
        raise DoorClosed("the session is over")
    found.progress.entered_ms = now_ms
    projects.keep(db, found.progress)
    chronicle.note(db, found.session, "center", "entered", now_ms, late=now_ms >= found.case.batch.start_ms)
    if is_rehearsal(found.case.project):
        _start_soon(db, found, config, now_ms)
    return now_ms


def _start_soon(db: Session, found: CandidateCase, config: CenterConfig, now_ms: int) -> None:
    """Who has entered a rehearsal waits no longer: its batch, which is theirs alone, starts in a moment."""
    batch = found.case.batch
    batch.start_ms = min(batch.start_ms, now_ms + int(config.rehearsal_lead_s * 1000))
    projects.keep(db, batch)


def ask_help(db: Session, found: CandidateCase, order: HelpOrder, config: CenterConfig, now_ms: int) -> None:
    """Keep a request; raises CenterBusy when there are far too many, Refused (409) for another's id."""
    known = interviews.help_request(db, order.id)
    if known is not None:
        if known.session != found.session:
            raise Refused(BadInput("help: this id is taken"), 409)
        return
    if len(interviews.help_of(db, found.session)) >= config.help_most:
        raise CenterBusy("too many requests for help", 60)
    row = HelpRow(
        id=order.id,
        session=found.session,
        stage=order.stage,
        text=order.text,
        said_ms=order.at.center_ms,
        asked_ms=now_ms,
    )
    projects.keep(db, row)
    chronicle.note(db, found.session, "center", "help", now_ms, request=order.id)


def add_events(db: Session, found: CandidateCase, events: list[Event], config: CenterConfig, now_ms: int) -> int:
    """How many were new; raises BadInput when one is too large, CenterBusy when a session has far too many."""
    known = interviews.known_events(db, found.session, [event.id for event in events])
    fresh = {event.id: event for event in events if event.id not in known}
    if fresh and interviews.event_count(db, found.session) + len(fresh) > config.events_most:
        raise CenterBusy("too many events", 600)
    for event in fresh.values():
        data = json.dumps(event.data, ensure_ascii=False)
        if len(data.encode(errors="replace")) > _DATA_MOST:
            raise BadInput(f"event {event.id}: more than {_DATA_MOST} bytes of data")
        row = TimelineRow(
            session=found.session,
            event=event.id,
            source="laptop",
            kind=event.kind,
            said_ms=event.at.center_ms,
            said_est=event.at.center_est,
            at_ms=now_ms,
            data=data,
        )
        projects.keep(db, row)
    return len(fresh)


def untold(found: CandidateCase, said: Stamp | None, now_ms: int) -> bool:
    """Whether ``said`` tells for the first time when the questions were on the screen."""
    new = said is not None and found.progress.shown_ms is None and found.progress.entered_ms is not None
    return new and now_ms >= found.case.batch.start_ms


def shown(db: Session, found: CandidateCase, said: Stamp, now_ms: int) -> None:
    """The first telling counts; it lies between the start and now, whatever the laptop's clock says."""
    if not untold(found, said, now_ms):
        return
    start_ms = found.case.batch.start_ms
    found.progress.shown_ms = min(max(said.center_ms, start_ms), now_ms)
    projects.keep(db, found.progress)
    late_ms = found.progress.shown_ms - start_ms - found.case.batch.showing_ms
    chronicle.note(
        db, found.session, "center", "questions_shown", now_ms, said_ms=said.center_ms, late_ms=max(0, late_ms)
    )
