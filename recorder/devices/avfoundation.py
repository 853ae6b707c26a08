"""Camera, microphone and screen on macOS through AVFoundation, from ffmpeg's own list.

``ffmpeg -f avfoundation -list_devices true -i ""`` prints two numbered lists. Numbers move when something is plugged
in, so devices are opened by name. Without permission ffmpeg hangs or gives no pictures: the supervisor's first-frame
patience finds that.
"""

import re

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry, locator

SOURCE = "avfoundation"
LIST_ARGS = ("-hide_banner", "-f", "avfoundation", "-list_devices", "true", "-i", "")
_HEAD = re.compile(r"\[[^\]]*\]\s*AVFoundation (?P<kind>video|audio) devices:")
_LINE = re.compile(r"\[[^\]]*\]\s*\[(?P<number>\d+)\] (?P<name>.+)")
_SCREEN = re.compile(r"Capture screen \d+")


def parse_devices(text: str) -> list[DeviceEntry]:
    """Entries for what ffmpeg printed."""
    found: list[DeviceEntry] = []
    heading = ""
    for line in text.splitlines():
        line = line.strip()
        if head := _HEAD.fullmatch(line):
            heading = head["kind"]
        elif heading and (named := _LINE.fullmatch(line)):
            name = named["name"]
            picture = Kind.SCREEN if _SCREEN.fullmatch(name) else Kind.CAMERA
            kind = Kind.MICROPHONE if heading == "audio" else picture
            found.append(entry(kind, SOURCE, name, name))
    return found


def camera_input(camera: DeviceEntry, microphone: DeviceEntry | None, fps: int, width: int) -> Input:
    """One input for both, on one clock."""
    return Input(
        url=f"{locator(camera)}:{locator(microphone) if microphone else 'none'}",
        fmt="avfoundation",
        options={"thread_queue_size": 512, "framerate": fps, "video_size": f"{width}x{width * 3 // 4}"},
        audio_in=microphone is not None,
    )


def screen_input(device: DeviceEntry, fps: int) -> Input:
    """One screen with the pointer."""
    return Input(
        url=f"{locator(device)}:none",
        fmt="avfoundation",
        options={"thread_queue_size": 16, "framerate": fps, "capture_cursor": 1, "pixel_format": "uyvy422"},
    )
