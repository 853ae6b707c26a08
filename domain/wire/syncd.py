"""The sync daemon's local API."""

from pydantic import Field

from domain.wire import Wire
from domain.wire.failure import ErrorBody


class EnrolRequest(Wire):
    """POST /enrol: center address and one-time code."""

    center: str
    code: str


class EnrolReply(Wire):
    """The session this machine now serves."""

    session: str
    device: str


class CutRequest(Wire):
    """POST /cut: behave as without network for so long. Refused while anything but a practice waits to be sent."""

    seconds: float = Field(gt=0, le=60)


class CloseRequest(Wire):
    """POST /close: no more footage will come for this session."""

    session: str


class PauseRequest(Wire):
    """POST /pause: send no evidence for so many minutes; it ends by itself."""

    minutes: float


class LimitRequest(Wire):
    """POST /limit: send evidence at most so fast (bytes per second); None lifts it."""

    bytes_per_second: int | None = None


class TrackStatus(Wire):
    """One track: what is recorded, sent and verified."""

    segments: int = 0
    links: int = 0
    sent_links: int = 0
    verified_links: int = 0
    bytes: int = 0
    sent_bytes: int = 0
    verified_bytes: int = 0
    sent_segments: int = 0
    verified_segments: int = 0
    duration_ms: int = 0
    gaps: int = 0
    gap_ms: int = 0


class Trouble(Wire):
    """Something a person should know: which file or upload, and the error."""

    subject: str
    error: ErrorBody


class SessionStatus(Wire):
    """One session on this machine."""

    session: str
    device: str
    project: str
    number: str
    state: str  # LocalSessionState
    assessment: str  # Assessment
    tracks: dict[str, TrackStatus]
    remaining_bytes: int
    resent_bytes: int = 0
    bytes_per_second: float = 0.0
    finish_in_ms: int | None = None
    ended_ms: int | None = None
    deadline_ms: int | None = None
    window_left_ms: int | None = None
    hotline: str = ""
    phone: str = ""  # domain.companion.BindingState, as the center told last; empty: there is none
    phones_left: int = 0  # phones whose evidence the session receipt waits for
    receipt: str | None = None  # path of the session receipt
    device_receipt: str | None = None
    loss: str | None = None  # path of the statement by which two of the staff closed it with declared loss
    center_key: str | None = None  # path of the pinned key file
    kept_bytes: int = 0  # evidence that lies here
    keep_until: str | None = None  # confirmed | published: what has to happen first; None: it may go, or is gone
    deleted_ms: int | None = None  # when the retention rule deleted it, center time
    troubles: list[Trouble] = Field(default_factory=list)


class DiskForecast(Wire):
    """Bytes: ``kept`` as evidence, ``leaving`` of it may be deleted, ``needed`` is still to be recorded here."""

    free: int
    kept: int
    leaving: int
    needed: int
    enough: bool


class SyncStatus(Wire):
    """GET /status.

    ``paused_for_ms``: a person's pause, and what is left of it. ``limit_bytes_per_second``: a person's limit.
    ``room_bytes_per_second``: less is sent now so that the interview's own traffic has room. ``metered``: the network
    counts bytes for money (None: the system cannot tell).
    """

    center: str | None
    online: bool
    center_offset_ms: int | None
    clock_wrong: bool
    active_uploads: int
    queued_uploads: int
    next_due_in_ms: int | None
    awake: bool | None = None  # the machine is kept from sleeping; None: there is no need
    paused_for_ms: int | None = None
    limit_bytes_per_second: int | None = None
    room_bytes_per_second: int | None = None
    metered: bool | None = None
    network_error: ErrorBody | None = None
    disk: DiskForecast | None = None
    sessions: list[SessionStatus] = Field(default_factory=list)
    troubles: list[Trouble] = Field(default_factory=list)


class StripPart(Wire):
    """A stretch of one track, neighbours of one state joined. ``state``: recorded | sent | verified | gap.

    ``count`` links; times are center time, milliseconds since the epoch.
    """

    from_ms: int
    to_ms: int
    state: str
    count: int


class StripTrack(Wire):
    """One track, in time order."""

    track: str
    parts: list[StripPart]


class StripReply(Wire):
    """GET /strip?session=: how far each stretch of time is, true to the link."""

    tracks: list[StripTrack]


class RescueOrder(Wire):
    """POST /rescue: put what the center does not hold yet into ``folder``, as rescue bundles.

    ``session`` None: every session here. ``everything``: also what the center has verified already.
    """

    folder: str
    session: str | None = None
    everything: bool = False


class RescueFile(Wire):
    """One finished part: written, fsynced and read back."""

    session: str
    path: str
    bytes: int


class RescueStatus(Wire):
    """GET /rescue: the last order. ``state``: idle | preparing | writing | done | failed.

    ``done_bytes`` of ``total_bytes`` count writing and reading back. ``open_sessions`` had not ended: more will come.
    ``left_out`` names what could not be put in; it stays on this machine as it is.
    """

    state: str = "idle"
    folder: str = ""
    done_bytes: int = 0
    total_bytes: int = 0
    links: int = 0
    files: list[RescueFile] = Field(default_factory=list)
    open_sessions: list[str] = Field(default_factory=list)
    left_out: list[Trouble] = Field(default_factory=list)
    error: ErrorBody | None = None


class ReceiptOrder(Wire):
    """POST /receipt: a receipt that was carried here; it counts only when it stands the same checks as one that came
    over the network.
    """

    receipt: str
