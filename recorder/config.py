"""What the recorder is told at start. The environment is read once, by the command line, and handed in here."""

from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg

from domain.errors import RecordingFailed


@dataclass(frozen=True, slots=True)
class Desktop:
    """The part of the environment that tells where pictures and sound come from; also handed on to ffmpeg."""

    display: str = ""  # DISPLAY
    wayland: str = ""  # WAYLAND_DISPLAY
    session_type: str = ""  # XDG_SESSION_TYPE
    environ: tuple[tuple[str, str], ...] = ()  # what ffmpeg and pactl are started with, PULSE_SERVER among it


@dataclass(frozen=True, slots=True)
class Quality:
    """Picture rates and sizes of one recording; the lower ones are the stated degradations when the disk runs out.

    Rates in frames per second; ``*_kbit`` are ceilings, not targets (CRF decides below them).
    """

    camera_fps: int = 15
    camera_width: int = 640
    camera_kbit: int = 400
    screen_fps: int = 5
    screen_width: int = 1280
    screen_kbit: int = 600
    audio_kbit: int = 40
    camera_segment_s: int = 5
    screen_segment_s: int = 10


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the supervisor waits before it calls something wrong, in seconds."""

    tick_s: float = 0.5
    first_frame_s: float = 6.0
    stall_s: float = 3.0
    stop_s: float = 4.0  # for `q`, and again for terminate
    device_check_s: float = 3.0
    disk_check_s: float = 2.0
    silence_s: float = 5.0
    slow_retry_s: float = 10.0
    unwatched_s: float = 60.0  # monitoring ends when nobody has asked for the status for so long


@dataclass(frozen=True, slots=True)
class StandIns:
    """Devices that are no devices: clips and test pictures. Only demo and test hand them in."""

    files: tuple[Path, ...] = ()
    patterns: bool = False
    monitors: bool = False  # a PulseAudio monitor may serve as microphone

    @property
    def any(self) -> bool:
        """Some stand-in is allowed."""
        return bool(self.files) or self.patterns or self.monitors


@dataclass(frozen=True, slots=True)
class RecorderConfig:
    """Everything the recorder is told at start."""

    ffmpeg: Path
    desktop: Desktop = Desktop()
    quality: Quality = Quality()
    patience: Patience = Patience()
    stand_ins: StandIns = StandIns()
    leash: bool = True  # ffmpeg ends with the recorder; only tests of orphans let go
    keep_free_bytes: int = 64 << 20  # below this recording pauses with a declared gap instead of filling the disk
    extra_ffmpeg: tuple[str, ...] = field(default=())  # global ffmpeg options, put first


def bundled_ffmpeg() -> Path:
    """The binary of the ``imageio-ffmpeg`` wheel; raises RecordingFailed when this platform has none."""
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as why:
        raise RecordingFailed(f"no ffmpeg: {why}") from why


def desktop_from(environ: dict[str, str]) -> Desktop:
    """The desktop that ``environ`` describes."""
    return Desktop(
        display=environ.get("DISPLAY", ""),
        wayland=environ.get("WAYLAND_DISPLAY", ""),
        session_type=environ.get("XDG_SESSION_TYPE", ""),
        environ=tuple(sorted(environ.items())),
    )
