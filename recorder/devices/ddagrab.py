"""The screen on Windows through Desktop Duplication (Windows 8 and later, needs a D3D11 adapter).

It is a filter, read through lavfi; frames come in video memory and are fetched with ``hwdownload``.
"""

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry, locator

SOURCE = "ddagrab"


def screens() -> list[DeviceEntry]:
    """The first output."""
    return [entry(Kind.SCREEN, SOURCE, "0", "桌面 / desktop (Desktop Duplication)")]


def screen_input(device: DeviceEntry, fps: int) -> Input:
    """The whole first output with the pointer."""
    return Input(
        url=f"ddagrab=output_idx={locator(device)}:framerate={fps}:draw_mouse=1,hwdownload,format=bgra",
        fmt="lavfi",
        options={"thread_queue_size": 16},
    )
