"""How many displays are in use. One small function a system; None where it cannot be told.

Linux with X11: active RandR monitors (libXrandr through ctypes, present wherever a desktop is). Windows:
``GetSystemMetrics(SM_CMONITORS)``. macOS: ``CGGetActiveDisplayList``.
"""

import ctypes
import ctypes.util
import sys
from pathlib import Path

_SM_CMONITORS = 80
_MOST = 16


def count(display: str = "") -> int | None:
    """Displays in use; ``display`` is the X11 display (empty: none)."""
    if sys.platform == "win32":
        return int(ctypes.windll.user32.GetSystemMetrics(_SM_CMONITORS))
    if sys.platform == "darwin":
        return _quartz()
    return (_randr(display) if display else None) or _connectors()


def reachable(display: str) -> bool:
    """An X server answers at ``display``: an empty or stale name has none."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return False
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    opened = x11.XOpenDisplay(display.encode()) if display else None
    if opened:
        x11.XCloseDisplay(opened)
    return bool(opened)


def _quartz() -> int | None:
    name = ctypes.util.find_library("CoreGraphics")
    if name is None:
        return None
    found = ctypes.c_uint32(0)
    ids = (ctypes.c_uint32 * _MOST)()
    failed = ctypes.CDLL(name).CGGetActiveDisplayList(_MOST, ids, ctypes.byref(found))
    return None if failed else int(found.value)


def _randr(display: str) -> int | None:
    names = ("libX11.so.6", "libXrandr.so.2")
    try:
        x11, randr = (ctypes.CDLL(name) for name in names)
    except OSError:
        return None  # no X11 libraries: the kernel's connectors tell
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    randr.XRRGetMonitors.restype = ctypes.c_void_p
    randr.XRRGetMonitors.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
    randr.XRRFreeMonitors.argtypes = [ctypes.c_void_p]
    opened = x11.XOpenDisplay(display.encode())
    if not opened:
        return None
    found = ctypes.c_int(0)
    monitors = randr.XRRGetMonitors(opened, x11.XDefaultRootWindow(opened), 1, ctypes.byref(found))
    if monitors:
        randr.XRRFreeMonitors(monitors)
    x11.XCloseDisplay(opened)
    return found.value if monitors and found.value > 0 else None


def _connectors() -> int | None:
    """Connected outputs as the Linux kernel tells them (Wayland, or no X11 libraries)."""
    states = [path.read_text(errors="replace").strip() for path in Path("/sys/class/drm").glob("card*-*/status")]
    connected = sum(state == "connected" for state in states)
    return connected or None
