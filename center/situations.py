"""What the center knows of one interview, as the rules of ``domain.stage`` and as the laptop is told.

Owns both forms. Decides nothing: the gates are in ``domain.stage``.
"""

import hashlib
import hmac

from sqlmodel import Session

from center.companions import stand
from center.phoneviews import binding_body
from center.projecttexts import texts_of
from center.store import candidates, companions, interviews, projects
from center.store.candidates import CandidateCase, PermissionKind
from center.tables import Project
from center.tables.interview import HelpRow, NoticeRow
from domain.pack import to_text
from domain.readout import entry_check
from domain.stage import Schedule, Situation
from domain.wire.fields import Bilingual
from domain.wire.interview import (
    AttachmentBody,
    EntryCheck,
    Facts,
    HelpRequest,
    InterviewState,
    InterviewView,
    Notice,
    ScheduleBody,
)
from domain.wire.login import BatchBody, ProjectBody


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
    batches = [] if texts.rehearsal else projects.batches_of(db, project.id)  # every rehearsal has its own
    return ProjectBody(
        project=project.id,
        title=project.title,
        practice=project.practice,
        hotline=project.hotline,
        companion_required=project.companion_required,
        consent=texts.consent,
        notices=texts.notices,
        batches=[BatchBody(name=row.name, start_ms=row.start_ms) for row in batches],
        center_ms=now_ms,
    )


def state(db: Session, found: CandidateCase, now_ms: int) -> InterviewState:
    """What changes, as the laptop is told."""
    case, progress, session = found.case, found.progress, found.session
    present = interviews.present(db, session, case.batch.id, case.project.id, case.batch.question_set)
    allowed = candidates.permissions(db, session) if present.permissions else set()
    return InterviewState(
        center_ms=now_ms,
        schedule=schedule_body(case.schedule),
        session=case.facts(now_ms),
        facts=Facts(
            attachments_read=sorted(interviews.read_names(db, session)),
            pledge_ms=progress.pledge_ms,
            entered_ms=progress.entered_ms,
            may_enter_late=PermissionKind.ENTER_LATE in allowed,
            questions_shown_ms=progress.shown_ms,
            ended_ms=case.ended_ms(now_ms),
        ),
        binding=binding_body(db, found, present, now_ms, waived=PermissionKind.NO_PHONE in allowed),
        pack=None if present.questions is None else pack_name(found, present.questions),
        notices=[notice(row) for row in interviews.notices(db, case.batch.id, session)] if present.notices else [],
        help=help_list(interviews.help_of(db, session)) if present.help else [],
    )


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
