"""What the administrators' pages and the center say to each other. Paths are below ``API``/staff/administration."""

from typing import Annotated, Literal

from pydantic import Field

from domain.wire import Wire
from domain.wire.failure import ErrorBody
from domain.wire.fields import Bilingual, MsTime
from domain.wire.staff import Reason

ARCHIVE_TYPE = "application/zip"


class MistakeBody(Wire):
    """One mistake in a project folder; ``line`` 0: the whole file."""

    file: str
    line: int
    what: Bilingual
    remedy: Bilingual


class FolderBatch(Wire):
    """A batch as the folder has it; ``questions`` None: the set is still to come."""

    name: str
    start_ms: int
    answer_ms: int
    candidates: int
    question_set: str
    questions: int | None


class FolderBody(Wire):
    """A folder without mistakes, and what importing it does (or did): ``new`` project or more of a known one."""

    project: str
    title: str
    new: bool
    practice: bool
    rehearsal: bool
    companion_required: bool
    window_ms: int
    candidates: int
    attachments: list[str]
    batches: list[FolderBatch]
    added: int
    updated: int
    missing_questions: list[str]
    remarks: list[Bilingual]


class IntakeBody(Wire):
    """How a folder that was handed in stands. ``looked`` of ``photos`` were looked at so far."""

    intake: str
    step: Literal["checking", "refused", "checked", "importing", "imported"]
    photos: int
    looked: int
    mistakes: list[MistakeBody]
    error: ErrorBody | None
    folder: FolderBody | None


class IntakesBody(Wire):
    """GET /intakes: how large a zip may be, and the folder that was handed in last, if it is still here."""

    most_bytes: int
    newest: IntakeBody | None


class ImportOrder(Wire):
    """POST /intakes/{intake}/import: what was checked is imported. Raises BadInput (409) unless it was."""

    reason: Annotated[str, Field(max_length=500)] = ""


class BatchBody(Wire):
    """One batch; ``phase`` is a ``domain.stage.Phase``."""

    name: str
    phase: Literal["before", "login", "door", "running", "over"]
    start_ms: int
    end_ms: int
    answer_ms: int
    late_limit_ms: int
    showing_ms: int
    question_set: str
    candidates: int


class QuestionSetBody(Wire):
    """One set of questions. ``count`` None: still to come. While it is ``sealed`` nobody is shown a word of it."""

    name: str
    batches: list[str]
    count: int | None
    imported_ms: int | None
    sealed: bool
    opens_ms: int


class AttachmentEntry(Wire):
    """One attachment."""

    id: str
    title: str
    media_type: str
    size: int


class PoliciesBody(Wire):
    """What holds for everybody of a project. Editable until its first batch starts; ``why_not`` is empty then."""

    hotline: str
    window_ms: int
    companion_required: bool
    show_name: bool
    editable: bool
    why_not: Bilingual
    results_published_ms: int | None
    rehearsal_keep_ms: int | None


class ProjectView(Wire):
    """GET /projects/{project}: a project as administrators see it."""

    project: str
    title: str
    practice: bool
    rehearsal: bool
    center_ms: int
    batches: list[BatchBody]
    question_sets: list[QuestionSetBody]
    attachments: list[AttachmentEntry]
    policies: PoliciesBody
    phrases: dict[str, Bilingual]


class RosterEntry(Wire):
    """One candidate; ``photo``: whether there is one."""

    session: str
    number: str
    name: str
    batch: str
    support_code: str
    photo: bool


class RosterBody(Wire):
    """GET /projects/{project}/roster; the view is written down."""

    rows: list[RosterEntry]


class PhotoBody(Wire):
    """GET /projects/{project}/roster/{session}/photo-check: what the face check says of a registered photo."""

    ok: bool
    words: Bilingual
    faces: int
    width: int
    height: int
    luma: float
    sharpness: float


class QuestionText(Wire):
    """One question."""

    id: str
    text: str


class QuestionsBody(Wire):
    """GET /projects/{project}/questions/{name}, never before the start; the view is written down."""

    questions: list[QuestionText]


class PostponeOrder(Wire):
    """POST /projects/{project}/batches/{batch}/postpone."""

    start_ms: MsTime
    reason: Reason


class PoliciesOrder(Wire):
    """POST /projects/{project}/policies. Raises BadInput (400) once the first batch has begun."""

    hotline: Annotated[str, Field(min_length=1, max_length=60)]
    window_minutes: Annotated[int, Field(ge=1, le=1440)]
    companion_required: bool
    show_name: bool
    reason: Reason


class FactBody(Wire):
    """One thing that was looked at at the center; ``id`` is a ``center.administration.preflight.FactId``."""

    id: str
    verdict: Literal["pass", "warn", "fail", "unknown"]
    told: Bilingual
    remedy: Bilingual


class PreflightBody(Wire):
    """GET /preflight: what should be right at the center before the day."""

    center_ms: int
    facts: list[FactBody]


class ReadyEntry(Wire):
    """One candidate before the day. ``state`` is a ``center.administration.readiness.Readiness``.

    ``seen_ms``: when their own program was last heard of with the right numbers; ``rehearsed_ms``: when a rehearsal on
    that computer was confirmed.
    """

    session: str
    number: str
    name: str
    batch: str
    state: Literal["not_seen", "seen", "tried", "rehearsed"]
    seen_ms: int | None
    rehearsed_ms: int | None


class ReadinessBody(Wire):
    """GET /projects/{project}/readiness."""

    center_ms: int
    rows: list[ReadyEntry]
