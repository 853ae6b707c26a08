"""What the pages see: one ``PageState`` per server-sent event. ``web/shared/pagestate.ts`` mirrors it.

The pages themselves are in ``ui.entrypages`` and ``ui.answerpages``; here is what stands around every one of them.

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
from ui.answerpages import Answering, End
from ui.entrypages import Attachments, Binding, Confirm, Devices, Enter, Login

Lang = Literal["zh", "en"]
StageState = Literal["done", "now", "locked"]
NetworkState = Literal["online", "offline", "unknown"]


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
