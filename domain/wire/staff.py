"""What the staff's pages and the center say to each other. Paths are below ``API``/staff.

The sign-in is a cookie (HttpOnly, SameSite=Strict); every act carries ``CSRF_HEADER`` besides.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.wire import Wire
from domain.wire.fields import Bilingual, MsTime

CSRF_HEADER = "Zhishi-Csrf"
COOKIE = "zhishi_staff"
REASON_MOST = 500

Reason = Annotated[str, Field(min_length=1, max_length=REASON_MOST)]


class SignInOrder(Wire):
    """POST /sign-in. Raises SignInRefused (403), CenterBusy (429)."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]
    code: Annotated[str, Field(min_length=6, max_length=8)]


class Me(Wire):
    """Who is signed in, what the roles may, and the value of ``CSRF_HEADER``."""

    name: str
    roles: list[str]
    rights: list[str]
    csrf: str
    center_ms: int


class ProjectEntry(Wire):
    """One project in the list."""

    project: str
    title: str
    practice: bool
    candidates: int


class TrackCount(Wire):
    """What the center holds of one track of one session, over all its devices."""

    verified_links: int = 0
    verified_bytes: int = 0
    gaps: int = 0


class HelpEntry(Wire):
    """A request for help that waits. ``claimed_by``: who of the staff has taken it."""

    id: str
    text: str
    asked_ms: int
    claimed_by: str = ""


class Row(Wire):
    """One candidate on the dashboard.

    ``connection``: never | live | quiet (over 20 s) | offline (over 60 s). ``risk``: a ``domain.risk.Risk``, most
    urgent first in that enum's order. ``finish_ms``: forecast of the moment of confirmation, None while nobody can
    tell. ``act``: which of support's acts fits (a
    ``domain.risk.Act``). ``phone``: none | waiting | bound | …, as the laptop is told.
    """

    session: str
    number: str
    name: str
    batch: str
    support_code: str
    stage: str
    connection: str
    seen_ms: int | None
    recorder: str
    health: dict[str, str]
    troubles: list[str]
    tracks: dict[str, TrackCount]
    remaining_bytes: int
    bytes_per_second: float
    finish_ms: int | None
    start_ms: int
    ended_ms: int | None
    deadline_ms: int | None
    assessment: str
    risk: str
    why: Bilingual
    remedy: Bilingual
    act: str
    phone: str
    phone_required: bool
    help: HelpEntry | None = None


class EarlyCall(Wire):
    """A call for help from before login. ``project`` and ``number`` are as typed: nobody has checked them."""

    id: str
    project: str
    number: str
    support_code: str
    stage: str
    text: str
    asked_ms: int
    claimed_by: str = ""


class Overview(Wire):
    """GET /projects/{project}, and the first event of its stream: everybody, most urgent first."""

    project: str
    title: str
    center_ms: int
    rows: list[Row]
    calls: list[EarlyCall] = Field(default_factory=list)


class Changes(Wire):
    """Later events of a stream: the rows that changed, and all calls from before login."""

    center_ms: int
    rows: list[Row]
    calls: list[EarlyCall] = Field(default_factory=list)


class TimelineEntry(Wire):
    """One event of a session. ``source``: laptop | phone | center | staff; ``said_ms`` is the source's own moment.

    ``words``: its sentence; None where the kind has none.
    """

    at_ms: int
    said_ms: int
    said_est: bool
    source: str
    kind: str
    data: str
    words: Bilingual | None


class BacklogPoint(Wire):
    """How much the laptop had left at one moment, and how fast it said it sent."""

    at_ms: int
    remaining_bytes: int
    bytes_per_second: float


class DeviceEntry(Wire):
    """One laptop or phone of a session. ``standing``: bound | asks | replaced | refused, of phones.

    ``heard_ms``, ``battery`` (0 to 1), ``charging`` and ``free_bytes``: its last word, where it said so.
    """

    device: str
    kind: str
    name: str
    enrolled_ms: int
    withdrawn_ms: int | None
    standing: str
    heard_ms: int | None
    battery: float | None
    charging: bool | None
    free_bytes: int | None
    manifest_ms: int | None  # when its newest manifest came
    verified: bool  # and all that it names is here


class LoginEntry(Wire):
    """A login under way. ``asked_ms``: when support was asked for; ``still_ms``: when its last picture was taken."""

    step: str
    asked_ms: int | None
    consent: bool
    still_ms: int | None


class CandidateBody(Wire):
    """GET /candidates/{session}: everything about one candidate."""

    row: Row
    permissions: list[str]
    help: list["HelpItem"]
    timeline: list[TimelineEntry]
    backlog: list[BacklogPoint]
    devices: list[DeviceEntry]
    login: LoginEntry | None
    photo: bool  # there is a registered photo
    extra_ms: int
    window_ms: int
    send_now_ms: int | None  # when the laptop was asked last to send now
    phrases: dict[str, Bilingual]
    answering: bool  # only set phrases may be sent now


class HelpItem(Wire):
    """One request with what became of it."""

    id: str
    stage: str
    text: str
    asked_ms: int
    claimed_by: str = ""
    answer: str | None = None
    answered_by: str = ""
    answered_ms: int | None = None


class ReasonOrder(Wire):
    """An act on one candidate; those that need more than a reason add to it."""

    reason: Reason


class AdmitOrder(ReasonOrder):
    """POST /candidates/{session}/admit: log in by hand, another laptop, in after the start, bind the phone later."""

    kinds: Annotated[list[Literal["login", "takeover", "enter_late", "no_phone"]], Field(min_length=1, max_length=8)]


class ExtraTimeOrder(ReasonOrder):
    """POST /candidates/{session}/extra-time or /extend-window: more time for this candidate."""

    minutes: Annotated[int, Field(ge=1, le=240)]


class TellOrder(ReasonOrder):
    """POST /candidates/{session}/tell: a set phrase by name, or words while nobody answers."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class AnswerOrder(Wire):
    """POST /help/{id}/answer."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class ClaimOrder(Wire):
    """POST /help/{id}/claim: taken by the one who is signed in, or handed over to ``to`` (empty: given back)."""

    to: Annotated[str, Field(max_length=64)]


class FindOrder(Wire):
    """POST /projects/{project}/find: who is it whose id number ends so."""

    id_tail: Annotated[str, Field(min_length=4, max_length=4)]


class FindAnswer(Wire):
    """Their sessions."""

    sessions: list[str]


class CodeAnswer(Wire):
    """A code to be read out."""

    code: str


class Done(Wire):
    """The act was done."""

    center_ms: MsTime
