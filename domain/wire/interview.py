"""What the candidate's program (ui) and the center say to each other about one interview, once logged in.

Paths are below ``domain.wire.center.API``. Credential: the ``act`` token (``Authorization: Bearer``) of the one active
login; everything raises ActOver (401) once another login took over or support ended this one. Everything the laptop
tells may be sent twice: ids made on the laptop make the second a no-op. Pages never see this.
"""

from typing import Annotated, Any

from pydantic import Field

from domain.stage import Schedule
from domain.wire import Wire
from domain.wire.center import EndOrder, SessionFacts
from domain.wire.fields import Bilingual, Id, MsTime, Short, Text
from domain.wire.login import ConsentText, ProjectBody

TIME_TYP = "zhishi-center-time+jws"
EVENTS_MOST = 200


class ScheduleBody(Wire):
    """``domain.stage.Schedule`` on the wire, this candidate's extra time included."""

    start_ms: int
    answer_ms: int
    late_limit_ms: int
    showing_ms: int
    extra_ms: int
    login_lead_ms: int
    enter_lead_ms: int

    def schedule(self) -> Schedule:
        """The same for the rules of ``domain.stage``."""
        return Schedule(**self.model_dump())


class AttachmentBody(Wire):
    """One attachment; GET /interview/attachments/{id} gives its bytes (ETag is the hash)."""

    id: str
    title: str
    media_type: str  # application/pdf | text/markdown
    size: int
    sha256: str
    read_ms: int | None = None


class EntryCheck(Wire):
    """Lets the laptop check a read-out entry code without network: see ``domain.readout.opens``."""

    salt: str
    check: str


class Phone(Wire):
    """A phone of this session, in its own last words at ``seen_ms``; ``state``: ``domain.companion.PhoneState``."""

    device: str
    name: str
    state: str = "preview"
    battery: float | None = None
    charging: bool | None = None
    free_bytes: int | None = None
    segments: int = 0
    sent_segments: int = 0
    bytes: int = 0
    sent_bytes: int = 0
    seen_ms: int = 0


class Binding(Wire):
    """The phone. ``state``: ``domain.companion.BindingState``. ``phone`` is the bound one; ``asking`` waits for the
    candidate's approval, also while another is bound. ``waived``: may enter first and bind later; ``evidence_waived``:
    the receipt does not wait for the phone. ``left``: phones whose evidence the receipt still waits for.
    """

    state: str
    required: bool
    waived: bool = False
    phone: Phone | None = None
    asking: Phone | None = None
    evidence_waived: bool = False
    left: int = 0


class HelpRequest(Wire):
    """One request for help with support's answer, if any."""

    id: str
    text: str
    asked_ms: int
    answer: str | None = None
    answered_ms: int | None = None


class Notice(Wire):
    """Something staff tell this candidate's batch or this candidate; ``id`` grows. ``kind``: broadcast | phrase |
    schedule."""

    id: int
    kind: str
    text: Bilingual
    at_ms: int


class Facts(Wire):
    """What the center has recorded of this session; a replacement laptop goes on from here."""

    attachments_read: list[str] = Field(default_factory=list)  # attachment ids
    pledge_ms: int | None = None
    entered_ms: int | None = None
    may_enter_late: bool = False
    questions_shown_ms: int | None = None
    ended_ms: int | None = None


class InterviewState(Wire):
    """What changes: part of every heartbeat's answer.

    ``pack`` names the newest question pack (None while no questions were imported): fetch it when another is held.
    """

    center_ms: int
    schedule: ScheduleBody
    session: SessionFacts
    facts: Facts
    binding: Binding
    pack: str | None
    notices: list[Notice] = Field(default_factory=list)
    help: list[HelpRequest] = Field(default_factory=list)


class InterviewView(Wire):
    """GET /interview: everything the laptop needs and keeps."""

    project: ProjectBody
    number: str
    name: str
    show_name: bool  # the rules may forbid to show it while answering
    support_code: str
    attachments: list[AttachmentBody]
    pledge: ConsentText
    entry_check: EntryCheck
    state: InterviewState


class Stamp(Wire):
    """When something happened, by the laptop's idea of center time."""

    center_ms: MsTime
    center_est: bool = False


class ReadOrder(Wire):
    """POST /interview/attachments/{id}/read."""

    at: Stamp


class PledgeOrder(Wire):
    """POST /interview/pledge: accepted explicitly. Raises ConsentOutdated (409) when ``version`` is not the newest."""

    version: Short
    at: Stamp


class PackBody(Wire):
    """GET /interview/questions/pack: this candidate's questions, encrypted; opened by ``domain.pack``.

    Binary fields are base64url without padding. Raises QuestionsMissing (404).
    """

    id: str
    session: str
    nonce: str
    sealed: str
    salt: str
    wrap_nonce: str
    wrapped: str


class EnterAnswer(Wire):
    """POST /interview/enter. Again: the same answer.

    Raises EnterTooEarly (403, detail ``opens_at_ms=…``), DoorClosed (403), StageClosed (409, detail says what is
    missing).
    """

    entered_ms: int
    state: InterviewState
    pack: PackBody | None = None  # None: no questions were imported yet


class KeyAnswer(Wire):
    """GET /interview/questions/key?pack=ID. Before the start, whatever is asked: QuestionsSealed (403)."""

    pack: str
    key: str


class Question(Wire):
    """One question; ``text`` is plain text with line breaks."""

    id: str
    text: str


class QuestionsAnswer(Wire):
    """GET /interview/questions. Raises QuestionsSealed (403) before the start, QuestionsMissing (404, retryable)."""

    questions: list[Question]
    start_ms: int


class HelpOrder(Wire):
    """POST /interview/help (GET lists): ``id`` is made on the laptop, so a queued request may be sent twice."""

    id: Id
    text: Text
    stage: Short = ""
    at: Stamp


class HelpList(Wire):
    """GET /interview/help and the answer of POST."""

    help: list[HelpRequest]


class Event(Wire):
    """One event for the timeline. ``kind`` is a word such as ``focus_lost``; ``data`` says more (at most 4 KB)."""

    id: Id
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    at: Stamp
    data: dict[str, Any] = Field(default_factory=dict)


class EventsOrder(Wire):
    """POST /interview/events."""

    events: Annotated[list[Event], Field(max_length=EVENTS_MOST)]


class EventsAnswer(Wire):
    """How many of them were new here."""

    kept: int


class LaptopFacts(Wire):
    """What the laptop knows first; only what is told is learnt, the first moment told counts."""

    checks_passed: bool = False
    devices_confirmed: bool = False
    questions_shown: Stamp | None = None


class Progress(Wire):
    """The recorder and syncd in a few words, for support. ``recorder``: RecorderMode, or ``off``."""

    recorder: Short = "off"
    health: dict[Short, Short] = Field(default_factory=dict, max_length=8)  # CaptureHealth by track
    free_bytes: int | None = Field(default=None, ge=0)
    sync: Short = ""  # LocalSessionState
    remaining_bytes: int = Field(default=0, ge=0)
    bytes_per_second: float = Field(default=0.0, ge=0)
    troubles: list[Short] = Field(default_factory=list, max_length=20)  # error codes


class HeartbeatOrder(Wire):
    """POST /interview/heartbeat, every 10 s or so. ``nonce`` comes back inside the signed time."""

    nonce: Annotated[str, Field(min_length=8, max_length=64)]
    stage: Short
    at: Stamp
    facts: LaptopFacts = Field(default_factory=LaptopFacts)
    progress: Progress = Field(default_factory=Progress)


class HeartbeatAnswer(Wire):
    """``time``: JWS (typ TIME_TYP) over {"center_ms", "nonce", "session"}, signed by a key of the center's key set."""

    time: str
    state: InterviewState


class BindingOrder(Wire):
    """POST /interview/bindings: a new code and link; the one before is void."""


class BindingAnswer(Wire):
    """``code`` is for typing in. ``link`` has its secret in the fragment, so that no server logs it: a whole address
    when the center was told which one phones reach, else a path at the address the laptop knows. Both until
    ``expires_ms``, good for one phone.
    """

    code: str
    link: str
    expires_ms: int


class EarlyEnd(EndOrder):
    """POST /interview/end: 结束考试, confirmed by the candidate. Answers InterviewState; again is a no-op."""
