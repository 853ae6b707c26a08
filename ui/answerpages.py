"""The pages from the interview's beginning on: 开始答题, and 结束考试 with its upload, receipt and rescue bundle.

Part of what the pages see (``ui.pagestate``); ``web/shared/pagestate.ts`` mirrors it. Holds no rule.
"""

from typing import Literal

from pydantic import Field

from domain.wire import Wire
from domain.wire.failure import ErrorBody


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
