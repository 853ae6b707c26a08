"""The screen through X11. Wayland shows X11 programs a black or empty root window, so there it is refused in words."""

import re
from pathlib import Path

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry, locator

SOURCE = "x11"
_DISPLAY = re.compile(r"(?P<host>[^:]*):(?P<number>\d+)(?:\.(?P<screen>\d+))?")


def screens(display: str, wayland: str, session_type: str, sockets: Path = Path("/tmp/.X11-unix")) -> list[DeviceEntry]:  # noqa: S108 -- X's own place
    """The display's screen; [] without one. Under Wayland it is listed but not usable."""
    match = _DISPLAY.fullmatch(display)
    under_wayland = bool(wayland) or session_type == "wayland"
    if match is None and not under_wayland:
        return []
    why_not = ""
    if under_wayland:
        why_not = "Wayland 桌面无法录屏，请注销后选择 Xorg 会话 / Wayland hides the screen: log in to an Xorg session"
    elif match is not None and not match["host"] and not (sockets / f"X{match['number']}").exists():
        why_not = f"显示服务 {display} 未运行 / no X server on {display}"
    return [
        entry(
            Kind.SCREEN, SOURCE, display or "wayland", f"屏幕 / screen {display}", usable=not why_not, why_not=why_not
        )
    ]


def screen_input(device: DeviceEntry, fps: int) -> Input:
    """The whole root window with the pointer."""
    return Input(
        url=locator(device),
        fmt="x11grab",
        options={
            "thread_queue_size": 16,
            "probesize": 32,
            "analyzeduration": 0,
            "framerate": fps,
            "draw_mouse": 1,
        },
        epoch=True,
    )


def present(device: DeviceEntry, sockets: Path = Path("/tmp/.X11-unix")) -> bool:  # noqa: S108 -- X's own place
    """The server's socket is still there (a display on another host is taken as present)."""
    match = _DISPLAY.fullmatch(locator(device))
    return match is None or bool(match["host"]) or (sockets / f"X{match['number']}").exists()
