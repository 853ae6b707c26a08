"""What the candidate's program and the center say to each other up to the login: project, rehearsal, consent, login.

Paths are below ``domain.wire.center.API``. Credentials: none (project, rehearsal, login), then the login's id, an
unguessable name that is good for minutes. What follows is in ``domain.wire.interview``.
"""

from typing import Annotated

from pydantic import Field

from domain.wire import Wire
from domain.wire.fields import TEXT_MOST, Bilingual, Short

NUMBER_MOST = 64
ID_NUMBER_MOST = 64
FRAME_TYPE = "image/jpeg"
Installation = Annotated[str, Field(pattern=r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")]  # empty: not told
FRAME_MOST = 512 * 1024  # bytes of one still


class BatchBody(Wire):
    """A batch as everybody may know it."""

    name: str
    start_ms: int


class ConsentText(Wire):
    """What is asked before the first picture of a face is taken. ``version`` changes with the words."""

    version: str
    text: Bilingual


class ProjectBody(Wire):
    """GET /projects/{code}: what is shown before login, and kept to be shown offline. Raises ProjectUnknown (404)."""

    project: str
    title: str
    practice: bool
    hotline: str
    companion_required: bool
    consent: ConsentText
    notices: dict[str, Bilingual] = Field(default_factory=dict)  # texts by name: welcome, room, end, …
    batches: list[BatchBody] = Field(default_factory=list)
    center_ms: int


class RehearsalOrder(Wire):
    """POST /rehearsals: a practice interview for whoever asks. ``installation``: the random name of this program, by
    which the center sees later that the computer that rehearsed is the one that logs in.

    Raises RehearsalClosed (404), CenterBusy (429, 503).
    """

    installation: Installation = ""


class RehearsalAnswer(Wire):
    """What to log in with; made for this rehearsal alone, so nothing of it is a secret of a person."""

    project: str
    number: str
    id_number: str
    center_ms: int


class ConsentOrder(Wire):
    """The candidate's answer to the consent text. Not accepted: no face is looked at, support logs in by hand."""

    version: Short
    accepted: bool


class LoginOrder(Wire):
    """POST /login. ``takeover``: replace the login on another machine, which support must have allowed.

    Raises LoginRefused (403; unknown number and wrong id number alike), CenterBusy (429), then, only for the right
    person: LoginTooEarly (403, detail ``opens_at_ms=…``), DoorClosed (403), LoginActive (409), ConsentOutdated (409:
    the text changed; ask the project again).
    """

    project: Annotated[str, Field(min_length=1, max_length=NUMBER_MOST)]
    number: Annotated[str, Field(min_length=1, max_length=NUMBER_MOST)]
    id_number: Annotated[str, Field(min_length=1, max_length=ID_NUMBER_MOST)]
    consent: ConsentOrder
    takeover: bool = False
    installation: Installation = ""


class Granted(Wire):
    """Logged in. Answered anew by ``POST /login/{login}/grant`` when the answer was lost; the newest ``act`` counts.

    ``code`` is a one-time enrolment code for syncd's ``POST /enrol``: needed only where this machine is no device of
    ``session`` yet (syncd's status names its sessions).
    """

    act: str
    session: str
    code: str
    code_expires_ms: int
    by_support: bool = False


class LoginState(Wire):
    """How a login stands: answer of POST /login, GET /login/{login} and everything below it.

    ``step``: ``face`` (send frames, about four a second), ``retry`` (this attempt failed: POST …/retry begins another
    with a new challenge), ``help`` (no more attempts, or no consent: POST …/help asks support; poll GET until
    ``granted`` can be asked), ``passed`` (POST …/grant). ``cue`` is a stable code, ``guidance`` its words.
    """

    login: str
    step: str
    cue: str = ""
    guidance: Bilingual
    done: int = 0  # parts of the challenge
    of: int = 0
    attempts_left: int = 0
    asked_support: bool = False
    expires_ms: int  # then LoginOver (404): begin again
    center_ms: int
    granted: Granted | None = None  # with the frame that passes, and from POST …/grant


class LoginHelpOrder(Wire):
    """POST /login/{login}/help: the one button that asks support."""

    text: Annotated[str, Field(max_length=TEXT_MOST)] = ""
