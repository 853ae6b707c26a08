"""The pages up to the interview's beginning: 设备准备, 人脸登录, 佐证绑定, 阅读考试附件, 进入考试, 设备确认.

Part of what the pages see (``ui.pagestate``); ``web/shared/pagestate.ts`` mirrors it. Holds no rule.
"""

from typing import Literal

from pydantic import Field

from domain.wire import Wire
from domain.wire.recorder import DeviceEntry

Verdict = Literal["pass", "warn", "fail", "running"]


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
