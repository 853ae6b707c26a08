"""One phone segment put into a form that browsers append: ffmpeg, copying streams, never decoding.

Owns ffmpeg's arguments and the bounds on a program that reads what a stranger's phone sent: time, memory, what it may
write, which protocols it may speak. Never decides what is remuxed, never keeps a copy.
"""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import psutil

from domain.errors import FootageDamaged, ServiceError
from domain.media import is_webm

_FTYP = b"ftyp"
_MEMORY = 2 << 30
_NICE = 10
_WORDS = 300
_FRAGMENTS = "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"


def bundled() -> Path:
    """The binary of the ``imageio-ffmpeg`` wheel; raises ServiceError when this platform has none."""
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as why:
        raise ServiceError(f"no ffmpeg: {why}") from why


def forms(head: bytes) -> tuple[tuple[str, str], ...]:
    """(demuxer, muxer) to try for a file that begins with ``head``; raises FootageDamaged for neither webm nor mp4."""
    if is_webm(head):
        return ("matroska", "webm"), ("matroska", "mp4")
    if head[4:8] == _FTYP:
        return (("mov", "mp4"),)
    raise FootageDamaged("neither webm nor mp4")


def arguments(demuxer: str, muxer: str, source: Path, target: Path) -> list[str]:
    """What ffmpeg is told: the first picture and the first sound, copied; nothing the phone wrote about itself."""
    movflags = ["-movflags", _FRAGMENTS] if muxer == "mp4" else []
    return [
        "-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "1", "-protocol_whitelist", "file",
        "-f", demuxer, "-i", str(source), "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy",
        "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", *movflags, "-f", muxer, "-y", str(target),
    ]  # fmt: skip


def run(ffmpeg: Path, order: list[str], seconds: float, most_bytes: int) -> None:
    """Run it to its end; raises FootageDamaged with its own words when it cannot, or takes too long."""
    child = subprocess.Popen(
        [str(ffmpeg), *order], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _bound(child.pid, seconds, most_bytes)
        _, said = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise FootageDamaged(f"not within {seconds:g} s") from None
    if child.returncode != 0:
        raise FootageDamaged(said.decode(errors="replace").strip()[-_WORDS:] or f"ffmpeg: {child.returncode}")


def _bound(pid: int, seconds: float, most_bytes: int) -> None:
    try:
        process = psutil.Process(pid)
        if psutil.POSIX:
            process.nice(_NICE)
        if psutil.LINUX:
            process.rlimit(psutil.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
            process.rlimit(psutil.RLIMIT_AS, (_MEMORY, _MEMORY))
            process.rlimit(psutil.RLIMIT_FSIZE, (most_bytes, most_bytes))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return  # it is over already
