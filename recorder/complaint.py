"""What ffmpeg's last words mean, in our errors; and the start it prints for each input. Pure.

Exit codes lie (an X server that died gives 0), so every unrequested exit is a failure, and only its kind is read here.
"""

import re

from domain.errors import DeviceBusy, DiskFull, NoDevice, RecordingFailed, ZhishiError

_START = re.compile(r"Duration: [^,]*, start: (?P<seconds>\d+\.\d+)")
_EPOCH_FROM_S = 1_000_000_000  # an input that starts later than 2001 tells wall-clock time

_DISK = ("No space left on device", "Disk quota exceeded")
_BUSY = ("Device or resource busy", "Could not run graph", "device already in use", "Resource busy")
_GONE = (
    "No such device",
    "Error opening input",
    "Could not find video device",
    "Could not find audio device",
    "Cannot open display",
    "Input/output error",
    "No such process",
    "Permission denied",
    "Not a video capture device",
    "Video device not found",
    "Audio device not found",
)


def classify(lines: list[str], exit_code: int) -> ZhishiError:
    """The error that explains an exit nobody asked for; its detail quotes the telling line."""
    for words, error in ((_DISK, DiskFull), (_BUSY, DeviceBusy), (_GONE, NoDevice)):
        for line in lines:
            if any(word in line for word in words):
                return error(_quote(line))
    last = next((line for line in reversed(lines) if line.strip()), "")
    return RecordingFailed(f"ffmpeg exit {exit_code}: {_quote(last)}")


def start_epoch_ms(line: str) -> int | None:
    """Wall-clock start of an input in ms, when this line of ffmpeg's tells one."""
    match = _START.search(line)
    if match is None or float(match["seconds"]) < _EPOCH_FROM_S:
        return None
    return int(float(match["seconds"]) * 1000)


def _quote(line: str) -> str:
    return line.strip()[:200]
