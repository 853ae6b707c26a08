"""Cameras and microphones on Windows through DirectShow, from ffmpeg's own list.

``ffmpeg -list_devices true -f dshow -i dummy`` prints ``[dshow @ …] "Name" (video)`` followed by an alternative name
that stays the same while the device is plugged into the same port.
"""

import re

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry, locator

SOURCE = "dshow"
LIST_ARGS = ("-hide_banner", "-list_devices", "true", "-f", "dshow", "-i", "dummy")
_NAME = re.compile(r'\[[^\]]*\]\s+"(?P<name>.+)" \((?P<kinds>[a-z, ]+)\)')
_OTHER = re.compile(r'\[[^\]]*\]\s+Alternative name "(?P<name>.+)"')
_OLD_HEAD = re.compile(r"\[[^\]]*\]\s+DirectShow (?P<kind>video|audio) devices")
_OLD_NAME = re.compile(r'\[[^\]]*\]\s+"(?P<name>.+)"')
_KINDS = {"video": Kind.CAMERA, "audio": Kind.MICROPHONE}


def parse_devices(text: str) -> list[DeviceEntry]:
    """Entries for what ffmpeg printed; the older form with headings is understood too."""
    found: list[DeviceEntry] = []
    heading: Kind | None = None
    last: list[tuple[Kind, str]] = []
    for line in text.splitlines():
        line = line.strip()
        if head := _OLD_HEAD.match(line):
            heading = _KINDS[head["kind"]]
        elif other := _OTHER.fullmatch(line):
            found += [entry(kind, SOURCE, other["name"], name) for kind, name in last]
            last = []
        elif named := _NAME.fullmatch(line):
            found += _plain(last)
            kinds = [_KINDS[kind.strip()] for kind in named["kinds"].split(",") if kind.strip() in _KINDS]
            last = [(kind, named["name"]) for kind in kinds]
        elif (old := _OLD_NAME.fullmatch(line)) and heading:
            found += _plain(last)
            last = [(heading, old["name"])]
    return found + _plain(last)


def _plain(waiting: list[tuple[Kind, str]]) -> list[DeviceEntry]:
    return [entry(kind, SOURCE, name, name) for kind, name in waiting]


def camera_input(camera: DeviceEntry, microphone: DeviceEntry | None, fps: int, width: int) -> Input:
    """One input for both: DirectShow then keeps them on one clock."""
    url = f"video={locator(camera)}"
    if microphone is not None:
        url += f":audio={locator(microphone)}"
    return Input(
        url=url,
        fmt="dshow",
        options={
            "thread_queue_size": 512,
            "rtbufsize": "64M",
            "framerate": fps,
            "video_size": f"{width}x{width * 3 // 4}",
            **({"audio_buffer_size": 50} if microphone is not None else {}),
        },
        audio_in=microphone is not None,
    )
