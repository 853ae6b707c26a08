"""What Qt's window needs of a Linux desktop, what of it is missing here, and how it draws with least effort.

Asked before Qt is: without its platform plugin or an X server Qt ends the whole process instead of raising, and the
candidate would be left with nothing.
"""

import ctypes
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path

# What Qt WebEngine needs on a bare Debian 12, and the package that brings it.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libgbm.so.1": "libgbm1",
    "libnss3.so": "libnss3",
    "libasound.so.2": "libasound2",
    "libpulse.so.0": "libpulse0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-dri3.so.0": "libxcb-dri3-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbfile.so.1": "libxkbfile1",
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXrandr.so.2": "libxrandr2",
    "libXtst.so.6": "libxtst6",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
_PLUGIN = ("Qt", "plugins", "platforms", "libqxcb.so")
_CARDS = Path("/dev/dri")
_ENGINE = "PySide6.QtWebEngineWidgets"


def missing(environ: Mapping[str, str]) -> str:
    """What keeps Qt's window from opening, in words for whoever mends it; empty when nothing does, and elsewhere.

    ``environ`` names the desktop, as this process was started with it.
    """
    if sys.platform != "linux":
        return ""
    packages = missing_packages()
    if packages:
        return f"apt-get install {' '.join(packages)}"
    return _engine() or _server(environ)


def drawing(environ: Mapping[str, str], cards: Path = _CARDS) -> dict[str, str]:
    """What to add to the environment before Qt starts.

    Without a graphics processor Qt and Chromium each draw through OpenGL in software, which costs several times what
    drawing without OpenGL does (measured while answering: ``ui-cpu``). What was set by hand stays.
    """
    if sys.platform != "linux" or any(cards.glob("renderD*")) or "QT_QUICK_BACKEND" in environ:
        return {}
    flags = environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    return {"QT_QUICK_BACKEND": "software", "QTWEBENGINE_CHROMIUM_FLAGS": f"{flags} --disable-gpu".strip()}


def missing_packages() -> list[str]:
    """Debian packages that Qt WebEngine lacks here."""
    return [package for library, package in LIBRARIES.items() if _loads(library)]


def _engine() -> str:
    """What the engine or its platform plugin cannot load: a library that is not in the list, or a broken one."""
    try:
        importlib.import_module(_ENGINE)
    except ImportError as why:
        return str(why)
    found = importlib.util.find_spec("PySide6")
    plugin = Path(found.origin).parent.joinpath(*_PLUGIN) if found is not None and found.origin else None
    return _loads(str(plugin)) if plugin is not None and plugin.exists() else ""


def _server(environ: Mapping[str, str]) -> str:
    """Why no desktop can be reached. Wayland, or another platform asked for by name, is left to Qt."""
    display = environ.get("DISPLAY", "")
    if environ.get("WAYLAND_DISPLAY") or not environ.get("QT_QPA_PLATFORM", "xcb").startswith("xcb"):
        return ""
    if not display:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    opened = x11.XOpenDisplay(display.encode())
    if not opened:
        return f"display {display} cannot be opened"
    x11.XCloseDisplay(opened)
    return ""


def _loads(library: str) -> str:
    """Why ``library`` cannot be loaded; empty when it can."""
    try:
        ctypes.CDLL(library)
    except OSError as why:
        return str(why)
    return ""
