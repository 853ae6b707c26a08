"""What the pages see: one ``PageState`` per server-sent event. ``web/shared/pagestate.ts`` mirrors this file.

Pages hold no rule: whatever may be pressed, shown or counted is told here. Times ``*_ms`` are center time in
milliseconds since the epoch unless named otherwise (``*_in_ms``, ``*_left_ms`` are durations). Every sentence for
people comes in Chinese and English (``…_zh``, ``…_en``). Pictures and files come from the same server:

``GET /api/events``         server-sent events, each ``data:`` one whole PageState; a comment line every 10 s
``POST /api/do``            one order of ``ui.pageorders``; answers ``{"ok": true}`` or ErrorBody with 4xx
``GET /api/preview.mjpeg``  the recorder's preview (multipart/x-mixed-replace); ``/api/still.jpg`` one picture
``GET /api/attachment/ID``  one attachment, from this machine
``GET /api/testclip.webm``  the five-second test recording
"""

from typing import Literal

from pydantic import Field

from domain.stage import Stage
from domain.wire import Wire
from domain.wire.failure import ErrorBody
from domain.wire.recorder import DeviceEntry

Lang = Literal["zh", "en"]
StageState = Literal["done", "now", "locked"]
NetworkState = Literal["online", "offline", "unknown"]
Verdict = Literal["pass", "warn", "fail", "running"]


class StageEntry(Wire):
    """One row of the left rail. ``why_*``: why it is locked; ``opens_at_ms``: from when it is not (None: no time)."""

    stage: Stage
    state: StageState
    title_zh: str
    title_en: str
    why_zh: str = ""
    why_en: str = ""
    opens_at_ms: int | None = None


class Top(Wire):
    """The top bar. ``center_ms`` is now; ``center_est``: estimated, as no contact was had since the last boot."""

    project: str = ""
    title: str = ""
    number: str = ""
    center_ms: int
    center_est: bool
    network: NetworkState
    hotline: str = ""
    start_ms: int | None = None
    practice: bool = False
    rehearsal: bool = False  # a rehearsal that can be left now (order ``new``)


class Check(Wire):
    """One check of the device page. ``blocks``: the way on is closed while it fails."""

    id: str
    title_zh: str
    title_en: str
    verdict: Verdict
    zh: str
    en: str
    todo_zh: str = ""
    todo_en: str = ""
    blocks: bool = False


class Rule(Wire):
    """One rule of the room, to be ticked."""

    id: str
    zh: str
    en: str
    ticked: bool


class Chosen(Wire):
    """Device ids in use; None: none."""

    camera: str | None = None
    microphone: str | None = None
    screen: str | None = None


class Trial(Wire):
    """The five-second test recording; ``url`` only when there is one. ``heard`` and ``bad`` are the person's words."""

    state: Literal["none", "recording", "ready", "heard", "bad"] = "none"
    left_ms: int | None = None
    url: str | None = None  # webm (VP8 and Opus: plays in Qt WebEngine too), for <video>
    duration_ms: int | None = None


class Devices(Wire):
    """设备准备. ``level_db``: RMS below full scale, None without a microphone; ``can_go_on`` opens 下一步."""

    kind: Literal["devices"] = "devices"
    checks: list[Check] = Field(default_factory=list)
    rules: list[Rule] = Field(default_factory=list)
    devices: list[DeviceEntry] = Field(default_factory=list)
    chosen: Chosen = Chosen()
    level_db: float | None = None
    preview: bool = False  # a picture can be had from /api/preview.mjpeg
    test_clip: Trial = Trial()
    can_go_on: bool = False
    why_not_zh: str = ""
    why_not_en: str = ""
    can_rehearse: bool = False  # order ``rehearse``


class Consent(Wire):
    """The text to agree to before the first frame; an empty version: not here yet (no contact with the center)."""

    version: str = ""
    zh: str = ""
    en: str = ""
    accepted: bool = False


class Login(Wire):
    """人脸登录. One step after the other; the page shows what ``step`` names and nothing ahead of it.

    ``project``: ask for the project code (order ``project``). ``consent``: the text, agree or not (order ``consent``).
    ``form``: number and id number (order ``login``). ``face``: frames go by themselves; ``guide_*`` says what to do,
    ``cue`` is its stable code, ``done`` of ``of`` parts of the challenge are done. ``retry``: this attempt failed
    (``guide_*`` says why): 再试一次 (order ``login_again``) while ``attempts_left``, else support. ``help``: support
    logs in by hand (order ``support`` while not ``asked_support``; then it waits by itself). ``done``: logged in.
    ``gate_*``: why nobody can log in now (too early, too late), with ``opens_at_ms``. ``id_number``: a practice one;
    a candidate's own is never known here.
    """

    kind: Literal["login"] = "login"
    step: Literal["project", "consent", "form", "face", "retry", "help", "done"] = "project"
    consent: Consent = Consent()
    project: str = ""
    number: str = ""
    id_number: str = ""
    guide_zh: str = ""
    guide_en: str = ""
    cue: str = ""
    done: int = 0
    of: int = 0
    attempts_left: int = 0
    asked_support: bool = False
    preview: bool = False
    gate_zh: str = ""
    gate_en: str = ""
    opens_at_ms: int | None = None
    taken: bool = False  # another machine is logged in: only after support allowed it, log in with ``takeover``


class PhoneView(Wire):
    """One phone in its own last words (``seen_ms``). ``tail``: last digits of its id, shown on the phone too."""

    device: str
    name: str
    tail: str
    battery: float | None = None  # 0 to 1
    charging: bool = False
    low_battery: bool = False
    low_storage: bool = False
    segments: int = 0
    sent_segments: int = 0
    bytes: int = 0
    sent_bytes: int = 0
    seen_ms: int = 0


class Binding(Wire):
    """佐证绑定; in later stages the same in ``PageState.phone``.

    ``phone``: unbound | waiting | asking | bound | recording | frozen | black | silent | interrupted | lost | uploading
    | done | unknown (no network here). ``bound`` is the bound phone; ``asking`` waits for 确认绑定 (order ``approve``)
    or refusal (``unbind``), also while another is bound. ``address`` and ``code`` are for typing, ``qr_svg`` (inline
    SVG) holds the link. ``trouble`` (insecure | loopback): a phone could not use this address; said before the QR.
    """

    kind: Literal["binding"] = "binding"
    required: bool = False
    waived: bool = False
    code: str = ""
    address: str = ""
    qr_svg: str = ""
    expires_ms: int | None = None
    phone: str = "unbound"
    bound: PhoneView | None = None
    asking: PhoneView | None = None
    trouble: str = ""


class Attachment(Wire):
    """One file to read. ``url`` once it lies on this machine; ``opened`` allows 已阅."""

    id: str
    title: str
    media_type: str
    url: str | None = None
    opened: bool = False
    read: bool = False


class Pledge(Wire):
    """考生诚信承诺书."""

    version: str = ""
    zh: str = ""
    en: str = ""
    accepted: bool = False


class Attachments(Wire):
    """阅读考试附件."""

    kind: Literal["attachments"] = "attachments"
    items: list[Attachment] = Field(default_factory=list)
    pledge: Pledge = Pledge()
    can_go_on: bool = False
    why_not_zh: str = ""
    why_not_en: str = ""


class Enter(Wire):
    """进入考试. ``can_enter`` activates the button; ``door_closes_ms`` is the start."""

    kind: Literal["enter"] = "enter"
    can_enter: bool = False
    why_not_zh: str = ""
    why_not_en: str = ""
    opens_at_ms: int | None = None
    door_closes_ms: int | None = None
    entering: bool = False  # pressed; the center has not answered yet, it is asked again by itself
    one_display: bool = True


class Confirm(Wire):
    """设备确认."""

    kind: Literal["confirm"] = "confirm"
    devices: list[DeviceEntry] = Field(default_factory=list)
    chosen: Chosen = Chosen()
    level_db: float | None = None
    preview: bool = False


class Question(Wire):
    """One question's text; never copied, printed or selected, and wiped after the end."""

    id: str
    text: str


class Answering(Wire):
    """开始答题.

    ``phase``: waiting (countdown to ``start_ms``) | a4 (show both sides) | questions | missing (not here yet).
    ``ends_at_ms`` is when the answer time ends; None while it has not begun. ``missing_since_ms`` counts the delay.
    ``fetching``: the questions are being asked for. ``pack``: the encrypted pack is here, so a release code opens it.
    """

    kind: Literal["answering"] = "answering"
    phase: Literal["waiting", "a4", "questions", "missing"] = "waiting"
    start_ms: int | None = None
    a4_until_ms: int | None = None
    ends_at_ms: int | None = None
    late_limit_at_ms: int | None = None
    missing_since_ms: int | None = None
    fetching: bool = False
    pack: bool = False
    questions: list[Question] = Field(default_factory=list)
    preview: bool = False
    level_db: float | None = None
    recording: bool = False
    can_end: bool = False


class TrackView(Wire):
    """One track on the upload page; see ``domain.wire.syncd.TrackStatus``."""

    track: str
    segments: int
    sent_segments: int
    verified_segments: int
    bytes: int
    sent_bytes: int
    verified_bytes: int
    duration_ms: int
    gaps: int
    gap_ms: int


class Receipt(Wire):
    """A receipt whose signature was checked on this machine. ``final``: the session's, else the device's own."""

    path: str
    final: bool
    practice: bool
    issued_ms: int
    number: str
    project: str
    fingerprint: str  # SHA-256 of the JWS, in hex
    qr_svg: str
    segments: int
    bytes: int
    assessment: str


class CarryPlace(Wire):
    """A folder the rescue bundle can go to. ``removable``: a stick or the like."""

    path: str
    name: str
    free_bytes: int
    removable: bool


class Carry(Wire):
    """The rescue bundle. ``open``: the person is choosing a place or looking on; ``share`` 0..1 of writing and reading
    back; ``files``: finished and checked; ``left_out``: how many could not be put in (they stay on this machine).
    """

    offered: bool = False
    open: bool = False
    state: Literal["idle", "preparing", "writing", "done", "failed"] = "idle"
    places: list[CarryPlace] = Field(default_factory=list)
    folder: str = ""
    share: float = 0.0
    files: list[str] = Field(default_factory=list)
    file_bytes: int = 0
    left_out: int = 0
    error: ErrorBody | None = None


class End(Wire):
    """结束考试: the upload page. ``state`` is LocalSessionState; ``said_*`` is the one sentence that is true now.

    ``finish_in_ms`` None: nothing moves, so nobody can tell. ``may_close``: closing the window is harmless now.
    ``saved``, ``printed``: where the person's copy of the receipt, and its printable PDF, were put ("": not yet).
    """

    kind: Literal["end"] = "end"
    state: str = "open"
    assessment: str = "on_track"
    said_zh: str = ""
    said_en: str = ""
    todo_zh: str = ""
    todo_en: str = ""
    tracks: list[TrackView] = Field(default_factory=list)
    remaining_bytes: int = 0
    bytes_per_second: float = 0.0
    finish_in_ms: int | None = None
    ended_ms: int | None = None
    deadline_ms: int | None = None
    window_left_ms: int | None = None
    phone: str | None = None  # None: no phone in this interview
    support_code: str = ""
    receipt: Receipt | None = None
    saved: str = ""
    printed: str = ""
    carry: Carry = Carry()
    may_close: bool = False


class StripCell(Wire):
    """A stretch of one lane, neighbours of one state merged. ``state``: recorded | sent | verified | gap."""

    from_ms: int
    to_ms: int
    state: Literal["recorded", "sent", "verified", "gap"]
    count: int = 1


class StripLane(Wire):
    """One track of the evidence strip."""

    track: str
    cells: list[StripCell] = Field(default_factory=list)


class Strip(Wire):
    """The evidence strip; ``marks`` are times of incidents."""

    from_ms: int
    to_ms: int
    lanes: list[StripLane] = Field(default_factory=list)
    marks: list[int] = Field(default_factory=list)


class HelpEntry(Wire):
    """One call for help. ``state``: queued (goes out when there is network) | sent | answered. ``code``: digits to read
    out on the telephone, empty while the center does not know of the call.
    """

    id: str
    at_ms: int
    text: str
    state: Literal["queued", "sent", "answered"]
    answer: str = ""
    code: str = ""


class Notice(Wire):
    """A quiet line. ``level``: info | warn; ``id`` names it for 'seen'; ``passing``: it goes by itself."""

    id: str
    level: Literal["info", "warn"]
    zh: str
    en: str
    passing: bool = False


Page = Devices | Login | Binding | Attachments | Enter | Confirm | Answering | End


class PageState(Wire):
    """Everything a page shows."""

    lang: Lang
    stage: Stage
    stages: list[StageEntry]
    top: Top
    page: Page = Field(discriminator="kind")
    error: ErrorBody | None = None
    phone: Binding | None = None  # from the attachments on, where a phone is demanded or known
    upload: End | None = None  # from entering on; the same as ``page`` in stage ``end``
    strip: Strip | None = None
    help: list[HelpEntry] = Field(default_factory=list)
    notices: list[Notice] = Field(default_factory=list)
    closing: bool = False  # the person wants to close the window while evidence is unsent: ask and explain
