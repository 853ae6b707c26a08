"""Will the disk last? The forecast, and what is given up in which order. Pure.

Stated order (told to people in this order too): 1 warn; 2 a lower screen rate; 3 a lower camera rate; 4 when nearly
nothing is left recording pauses, the gap is declared ``disk_full``, and it goes on by itself once there is room.
Never a silent stop. What was given up is not taken back during a session: every change costs a short gap.
"""

from collections import deque
from dataclasses import dataclass, replace
from enum import IntEnum

from domain.identity import Track
from domain.wire.center import SessionFacts
from domain.wire.recorder import DiskStatus
from recorder.config import Quality

RESERVE_BYTES = 200 << 20
_LEAST_NEED_S = 600
_RATE_WINDOW = 30  # measurements, one at each look at the disk
_RATE_FROM_S = 10  # a shorter measurement says little
_USUAL_SHARE = 0.6  # of the ceilings, as measured with faces and office screens
DEFAULT_NEED_S = 3 * 3600  # when nobody says how long the interview will last
_RESUME_FACTOR = 1.5  # room wanted before a paused recording goes on, in keep_free_bytes


class Sacrifice(IntEnum):
    """How much has been given up."""

    NOTHING = 0
    WARNED = 1
    SCREEN_RATE = 2
    CAMERA_RATE = 3
    PAUSED = 4


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long the room lasts at ``bytes_per_second`` (None: for ever), and what must be given up."""

    lasts_s: int | None
    sacrifice: Sacrifice

    @property
    def level(self) -> str:
        """``ok``, ``low`` or ``critical``."""
        if self.sacrifice >= Sacrifice.PAUSED:
            return "critical"
        return "low" if self.sacrifice >= Sacrifice.WARNED else "ok"


def forecast(free: int, bytes_per_second: float, need_s: float, keep_free: int, given_up: Sacrifice) -> Forecast:
    """What ``free`` bytes mean for ``need_s`` more seconds of recording.

    ``keep_free`` bytes are never filled. ``given_up`` is the sacrifice so far: only a pause is taken back.
    """
    held = min(given_up, Sacrifice.CAMERA_RATE)
    usable = free - keep_free
    lasts = None if bytes_per_second < 1 else max(0, int(usable / bytes_per_second))
    paused_floor = keep_free * (_RESUME_FACTOR if given_up is Sacrifice.PAUSED else 1)
    if free < paused_floor:
        return Forecast(lasts, Sacrifice.PAUSED)
    if lasts is None:
        return Forecast(None, held)
    wanted = Sacrifice.NOTHING
    if usable - RESERVE_BYTES < bytes_per_second * need_s:
        wanted = Sacrifice.WARNED
    if lasts < need_s:
        wanted = Sacrifice.SCREEN_RATE
    if lasts < need_s * 0.6:
        wanted = Sacrifice.CAMERA_RATE
    return Forecast(lasts, max(wanted, held))


def lowered(quality: Quality, sacrifice: Sacrifice) -> Quality:
    """``quality`` with what ``sacrifice`` gives up taken away."""
    if sacrifice >= Sacrifice.SCREEN_RATE:
        quality = replace(quality, screen_fps=max(1, quality.screen_fps // 2), screen_kbit=quality.screen_kbit // 2)
    if sacrifice >= Sacrifice.CAMERA_RATE:
        quality = replace(quality, camera_fps=max(5, quality.camera_fps // 2), camera_kbit=quality.camera_kbit // 2)
    return quality


def status(free: int, bytes_per_second: float, told: Forecast) -> DiskStatus:
    """The forecast in the words of the API."""
    return DiskStatus(
        free_bytes=free, bytes_per_second=round(bytes_per_second, 1), lasts_s=told.lasts_s, level=told.level
    )


def need_s(facts: SessionFacts | None, now_ms: int) -> float:
    """How long recording must still last by the schedule, in seconds, within sane bounds."""
    if facts is None:
        return DEFAULT_NEED_S
    left_s = (facts.scheduled_end_ms + facts.extra_ms - now_ms) / 1000
    return min(max(left_s, _LEAST_NEED_S), DEFAULT_NEED_S * 4.0)


def expected_rate(quality: Quality) -> float:
    """Bytes per second that ``quality`` leads one to expect."""
    return (quality.camera_kbit + quality.screen_kbit + quality.audio_kbit) * 1000 / 8 * _USUAL_SHARE


class RateMeter:
    """Bytes per second really written over the last minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque(maxlen=_RATE_WINDOW)

    def clear(self) -> None:
        """Another recording begins."""
        self._seen.clear()

    def rate(self, now_ns: int, written: int, expected: float) -> float:
        """Take one measurement (``written`` bytes in all); answers ``expected`` while there are too few."""
        self._seen.append((now_ns, written))
        first_ns, first = self._seen[0]
        seconds = (now_ns - first_ns) / 1e9
        return expected if seconds < _RATE_FROM_S else max(0.0, (written - first) / seconds)


def concerns(before: Quality, after: Quality, track: Track) -> bool:
    """Going from ``before`` to ``after`` changes how ``track`` is recorded."""
    if track is Track.CAMERA:
        return (before.camera_fps, before.camera_kbit) != (after.camera_fps, after.camera_kbit)
    return (before.screen_fps, before.screen_kbit) != (after.screen_fps, after.screen_kbit)
