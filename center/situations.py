"""What the center knows of one interview, as the rules of ``domain.stage`` and as the laptop is told.

Owns both forms. Decides nothing: the gates are in ``domain.stage``.
"""

import hashlib
import hmac

from sqlmodel import Session

from center.companions import ASKS_MS, last_report, stand
from center.companiontables import Companion
from center.coverage import arrived, coverage
from center.interviewtables import HelpRow, NoticeRow
from center.projecttexts import texts_of
from center.store import candidates, companions, interviews, projects, watching
from center.store.candidates import CandidateCase, PermissionKind
from center.tables import Device, Project
from domain.companion import Live, PhoneState, binding_state
from domain.pack import to_text
from domain.readout import entry_check
from domain.stage import Schedule, Situation
from domain.wire.interview import (
    AttachmentBody,
    BatchBody,
    Bilingual,
    Binding,
    EntryCheck,
    Facts,
    HelpRequest,
    InterviewState,
    InterviewView,
    Notice,
    Phone,
    ProjectBody,
    ScheduleBody,
)


def situation(db: Session, found: CandidateCase, now_ms: int) -> Situation:
    """The facts, as far as the center has them; the device check and the rules of the room are the laptop's."""
    allowed = candidates.permissions(db, found.session)
    progress, project = found.progress, found.case.project
    own = interviews.attachments(db, project.id)
    marks = interviews.read_marks(db, found.session)
    return Situation(
        schedule=found.case.schedule,
        checks_passed=True,
        rules_ticked=True,
        logged_in=True,
        companion_required=project.companion_required,
        companion_bound=any(stand(row).live for row, _ in companions.of_session(db, found.session)),
        binding_waived=PermissionKind.NO_PHONE in allowed,
        attachments=len(own),
        attachments_read=sum(row.id in marks for row in own),
        pledge_accepted=progress.pledge_version == texts_of(project).pledge.version,
        entered=progress.entered_ms is not None,
        may_enter_late=PermissionKind.ENTER_LATE in allowed,
        questions_shown_ms=progress.shown_ms,
        ended=found.case.ended_ms(now_ms) is not None,
    )


def pack_name(found: CandidateCase, questions: str) -> str:
    """Id of a session's pack of the question set with the hash ``questions``; tells nothing about the set."""
    return hmac.digest(found.progress.release, questions.encode(), hashlib.sha256).hex()[:32]


def project_body(db: Session, project: Project, now_ms: int) -> ProjectBody:
    """A project as everybody may know it; raises ProjectUnknown when it has no interview."""
    texts = texts_of(project)
    return ProjectBody(
        project=project.id,
        title=project.title,
        practice=project.practice,
        hotline=project.hotline,
        companion_required=project.companion_required,
        consent=texts.consent,
        notices=texts.notices,
        batches=[BatchBody(name=row.name, start_ms=row.start_ms) for row in projects.batches_of(db, project.id)],
        center_ms=now_ms,
    )


def state(db: Session, found: CandidateCase, now_ms: int) -> InterviewState:
    """What changes, as the laptop is told."""
    case, progress = found.case, found.progress
    allowed = candidates.permissions(db, found.session)
    questions = interviews.question_set_hash(db, case.project.id, case.batch.question_set)
    return InterviewState(
        center_ms=now_ms,
        schedule=schedule_body(case.schedule),
        session=case.facts(now_ms),
        facts=Facts(
            attachments_read=sorted(interviews.read_marks(db, found.session)),
            pledge_ms=progress.pledge_ms,
            entered_ms=progress.entered_ms,
            may_enter_late=PermissionKind.ENTER_LATE in allowed,
            questions_shown_ms=progress.shown_ms,
            ended_ms=case.ended_ms(now_ms),
        ),
        binding=_binding(db, found, now_ms, waived=PermissionKind.NO_PHONE in allowed),
        pack=None if questions is None else pack_name(found, questions),
        notices=[notice(row) for row in interviews.notices(db, case.batch.id, found.session)],
        help=help_list(interviews.help_of(db, found.session)),
    )


def _binding(db: Session, found: CandidateCase, now_ms: int, *, waived: bool) -> Binding:
    """The phones as the laptop is told."""
    rows = companions.of_session(db, found.session)
    live = next(((row, device) for row, device in rows if stand(row).live), None)
    asks = [(row, device) for row, device in rows if stand(row).asks and now_ms - row.heard_ms <= ASKS_MS]
    code = interviews.binding_code(db, found.session)
    waiting = code is not None and code.used_by is None and now_ms <= code.expires_ms
    spoken = None
    if live is not None:
        report = last_report(live[0])
        said = PhoneState.PREVIEW if report is None else report.state
        spoken = Live(said, live[0].heard_ms, verified=arrived(db, live[0]))
    covered = coverage(db, found.case)
    return Binding(
        state=binding_state(spoken, asking=bool(asks), waiting=waiting, now_ms=now_ms),
        required=found.case.project.companion_required,
        waived=waived,
        phone=None if live is None else _phone(*live),
        asking=_phone(*asks[-1]) if asks else None,
        evidence_waived=covered.waiver is not None,
        left=covered.phones_left,
    )


def _phone(row: Companion, device: Device) -> Phone:
    report = last_report(row)
    told = {} if report is None else report.model_dump(exclude={"at", "recording_since_ms"})
    return Phone.model_validate({**told, "device": device.id, "name": device.name, "seen_ms": row.heard_ms})


def view(db: Session, found: CandidateCase, now_ms: int) -> InterviewView:
    """Everything, as the laptop is told."""
    marks = interviews.read_marks(db, found.session)
    project, progress = found.case.project, found.progress
    return InterviewView(
        project=project_body(db, project, now_ms),
        number=found.candidate.number,
        name=found.candidate.name,
        show_name=project.show_name,
        support_code=found.candidate.support_code,
        attachments=[
            AttachmentBody(
                id=row.id,
                title=row.title,
                media_type=row.media_type,
                size=row.size,
                sha256=row.sha256,
                read_ms=marks[row.id].said_ms if row.id in marks else None,
            )
            for row in interviews.attachments(db, project.id)
        ],
        pledge=texts_of(project).pledge,
        entry_check=EntryCheck(
            salt=to_text(progress.entry_salt), check=to_text(entry_check(progress.entry, progress.entry_salt))
        ),
        state=state(db, found, now_ms),
    )


def phone_states(db: Session, project: str, now_ms: int) -> dict[str, str]:
    """The phone's state of each session of a project that has or awaits one."""
    codes = watching.codes_until(db)
    return {session: "waiting" for session, until_ms in codes.items() if now_ms <= until_ms}


def schedule_body(schedule: Schedule) -> ScheduleBody:
    """The wire form."""
    return ScheduleBody(
        start_ms=schedule.start_ms,
        answer_ms=schedule.answer_ms,
        late_limit_ms=schedule.late_limit_ms,
        showing_ms=schedule.showing_ms,
        extra_ms=schedule.extra_ms,
        login_lead_ms=schedule.login_lead_ms,
        enter_lead_ms=schedule.enter_lead_ms,
    )


def help_list(rows: list[HelpRow]) -> list[HelpRequest]:
    """The wire form."""
    return [
        HelpRequest(id=row.id, text=row.text, asked_ms=row.asked_ms, answer=row.answer, answered_ms=row.answered_ms)
        for row in rows
    ]


def notice(row: NoticeRow) -> Notice:
    """The wire form."""
    return Notice(id=row.id or 0, kind=row.kind, text=Bilingual(zh=row.zh, en=row.en), at_ms=row.at_ms)
