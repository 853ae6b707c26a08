"""The screen on Windows through GDI: works everywhere, costs more than ``ddagrab``."""

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry

SOURCE = "gdigrab"


def screens() -> list[DeviceEntry]:
    """The desktop."""
    return [entry(Kind.SCREEN, SOURCE, "desktop", "桌面 / desktop (GDI)")]


def screen_input(fps: int) -> Input:
    """The whole desktop with the pointer."""
    return Input(
        url="desktop", fmt="gdigrab", options={"thread_queue_size": 16, "framerate": fps, "draw_mouse": 1}, epoch=True
    )
