"""A project as administrators see it: batches, sets of questions, attachments, policies. Shows no question."""

from sqlmodel import Session

from center import policies, questions
from center.config import CenterConfig
from center.projecttexts import is_rehearsal, texts_of
from center.store import candidates, interviews, projects, watching
from center.tables import Batch, Project
from domain.errors import ProjectUnknown
from domain.stage import phase
from domain.wire.administration import (
    AttachmentEntry,
    BatchBody,
    ProjectView,
    QuestionSetBody,
    RosterBody,
    RosterEntry,
)


def known(db: Session, name: str) -> Project:
    """The project; raises ProjectUnknown."""
    row = projects.project(db, name)
    if row is None:
        raise ProjectUnknown(name)
    return row


def project_view(db: Session, name: str, config: CenterConfig, now_ms: int) -> ProjectView:
    """Everything but the roster; raises ProjectUnknown."""
    row = known(db, name)
    batches = batches_of(db, row)
    counts = watching.batch_sizes(db, name)
    return ProjectView(
        project=row.id,
        title=row.title,
        practice=row.practice,
        rehearsal=is_rehearsal(row),
        center_ms=now_ms,
        batches=[_batch(one, counts.get(one.id, 0), now_ms) for one in batches],
        question_sets=[
            _question_set(db, row, set_name, batches, now_ms)
            for set_name in sorted({one.question_set for one in batches if one.question_set})
        ],
        attachments=[
            AttachmentEntry(id=one.id, title=one.title, media_type=one.media_type, size=one.size)
            for one in interviews.attachments(db, name)
        ],
        policies=policies.body(row, batches, config, now_ms),
        phrases=texts_of(row).phrases if row.texts else {},
    )


def batches_of(db: Session, row: Project) -> list[Batch]:
    """By their start; of an open rehearsal only the pattern: everybody who rehearses has a batch of their own."""
    found = projects.batches_of(db, row.id)
    return found[:1] if is_rehearsal(row) else found


def roster(db: Session, name: str) -> RosterBody:
    """Everybody, by number; raises ProjectUnknown."""
    known(db, name)
    return RosterBody(
        rows=[
            RosterEntry(
                session=one.session,
                number=one.number,
                name=one.name,
                batch=batch,
                support_code=one.support_code,
                photo=one.photo != "",
            )
            for one, batch in candidates.of_project(db, name)
        ]
    )


def _batch(row: Batch, people: int, now_ms: int) -> BatchBody:
    schedule = projects.schedule_of(row)
    return BatchBody(
        name=row.name,
        phase=phase(schedule, now_ms).value,
        start_ms=row.start_ms,
        end_ms=schedule.scheduled_end_ms,
        answer_ms=row.answer_ms,
        late_limit_ms=row.late_limit_ms,
        showing_ms=row.showing_ms,
        question_set=row.question_set,
        candidates=people,
    )


def _question_set(db: Session, row: Project, name: str, batches: list[Batch], now_ms: int) -> QuestionSetBody:
    used = [one for one in batches if one.question_set == name]
    told = interviews.question_set(db, row.id, name)
    opens_ms = questions.opens_to_staff_ms(used)
    return QuestionSetBody(
        name=name,
        batches=[one.name for one in used],
        count=None if told is None else questions.count(told),
        imported_ms=None if told is None else told.imported_ms,
        sealed=now_ms < opens_ms,
        opens_ms=opens_ms,
    )
