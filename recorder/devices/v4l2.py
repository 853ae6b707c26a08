"""Cameras on Linux, listed from sysfs without opening them (an open camera lights its lamp).

A v4l2 camera has several nodes; ``index`` 0 of each device is the one that gives pictures (kernel docs, v4l2
sysfs interface: "index" counts the nodes of one device; metadata nodes come after it).
"""

from pathlib import Path

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry, locator

SOURCE = "v4l2"
SYSFS = Path("/sys/class/video4linux")


def cameras(sysfs: Path = SYSFS, dev: Path = Path("/dev")) -> list[DeviceEntry]:
    """Every camera; one whose node is missing or unreadable is listed as not usable and says why."""
    if not sysfs.is_dir():
        return []
    found = []
    for folder in sorted(sysfs.iterdir(), key=lambda path: (len(path.name), path.name)):
        if not folder.name.startswith("video") or _text(folder / "index") not in ("0", ""):
            continue
        node = dev / folder.name
        found.append(
            entry(
                Kind.CAMERA,
                SOURCE,
                str(node),
                _text(folder / "name") or folder.name,
                usable=node.exists(),
                why_not="" if node.exists() else f"{node} 不存在 / is not there",
            )
        )
    return found


def camera_input(device: DeviceEntry, fps: int, width: int) -> Input:
    """Absolute timestamps: both inputs then share the wall clock and can be aligned (``-isync``)."""
    return Input(
        url=locator(device),
        fmt="v4l2",
        options={
            "thread_queue_size": 64,
            "probesize": 32,
            "analyzeduration": 0,
            "timestamps": "abs",
            "framerate": fps,
            "video_size": f"{width}x{width * 3 // 4}",
        },
        epoch=True,
    )


def present(device: DeviceEntry) -> bool:
    """Its node is still there."""
    return Path(locator(device)).exists()


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""  # the attribute is optional, and a device may leave while it is listed
