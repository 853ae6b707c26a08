"""A looping clip in the place of a camera: demo and test only."""

from collections.abc import Iterable
from pathlib import Path

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import OWN_PACE, Input, Kind, entry, locator

SOURCE = "file"


def cameras(files: Iterable[Path]) -> list[DeviceEntry]:
    """One entry per clip handed in."""
    return [
        entry(
            Kind.CAMERA,
            SOURCE,
            str(path),
            f"演示片段 / demo clip {path.name}",
            usable=path.is_file(),
            why_not="" if path.is_file() else f"{path} 不存在 / is not there",
        )
        for path in files
    ]


def camera_input(device: DeviceEntry) -> Input:
    """Read at its own pace, for ever."""
    options = {"thread_queue_size": 64, **OWN_PACE, "stream_loop": -1}
    return Input(url=locator(device), options=options)


def present(device: DeviceEntry) -> bool:
    """The clip is still there."""
    return Path(locator(device)).is_file()
