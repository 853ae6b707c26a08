"""The recorder's local API."""

from pydantic import Field

from domain.wire import Wire
from domain.wire.failure import ErrorBody


class DeviceEntry(Wire):
    """One thing that can be recorded. ``id`` is stable while it stays plugged in."""

    id: str
    kind: str  # camera | microphone | screen
    source: str  # v4l2 | pulse | alsa | x11 | dshow | gdigrab | ddagrab | avfoundation | file | pattern
    name: str
    usable: bool = True
    why_not: str = ""


class DevicesAnswer(Wire):
    """GET /devices."""

    devices: list[DeviceEntry]


class CaptureOrder(Wire):
    """POST /monitor and, with ``session``, POST /record: device ids; None takes the first usable real one."""

    session: str | None = None
    camera: str | None = None
    microphone: str | None = None
    screen: str | None = None


class StopOrder(Wire):
    """POST /stop; ``end`` says that the session is over (ended.json is written)."""

    end: bool = False


class TrialOrder(Wire):
    """POST /trial while monitoring: record for so many seconds with the devices being monitored."""

    seconds: float = Field(default=5.0, gt=0, le=30)


class TrialStatus(Wire):
    """GET /trial. ``state``: none | recording | making | ready | failed; ready: GET /trial.webm plays it back."""

    state: str
    left_ms: int | None = None
    duration_ms: int | None = None
    error: ErrorBody | None = None


class CaptureStatus(Wire):
    """One supervised capture (camera with microphone, or screen)."""

    track: str
    health: str  # CaptureHealth
    run: str | None = None
    pid: int | None = None
    restarts: int = 0
    segments: int = 0
    bytes: int = 0
    gaps: int = 0
    gap_ms: int = 0
    media_ms: int = 0
    frame_age_ms: int | None = None
    silent: bool = False
    error: ErrorBody | None = None


class DiskStatus(Wire):
    """Room where the spool lives."""

    free_bytes: int
    bytes_per_second: float
    lasts_s: int | None
    level: str  # ok | low | critical


class RecorderStatus(Wire):
    """GET /status."""

    mode: str  # RecorderMode
    session: str | None = None
    captures: list[CaptureStatus] = Field(default_factory=list)
    disk: DiskStatus | None = None
    level_db: float | None = None
    center_offset_ms: int | None = None
    clock_wrong: bool = False
    error: ErrorBody | None = None
