"""The native window (pywebview; Qt WebEngine on Linux), and what to do where it cannot be had.

Owns the window only: the pages come from the page server, and the same address opens in any browser.
"""

import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.errors import ServiceError, Words

TITLE = "智试云"
SIZE = (1366, 768)
LEAST = (640, 400)

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


class NoWindow(ServiceError):
    """The native window cannot be opened on this machine; the pages open in a browser instead."""

    code = "no_window"
    message = Words("无法打开程序窗口，已改用浏览器", "The window cannot be opened; a browser is used instead")
    hint = Words("无需处理；也可安装所列系统组件后重新打开", "Nothing to do; or install what is named and start again")


@dataclass(frozen=True, slots=True)
class Window:
    """How the window talks to the flow: ``may_close`` is asked on the close button."""

    may_close: Callable[[], bool]
    opened: Callable[[], None]


def missing_packages() -> list[str]:
    """Debian packages that Qt WebEngine lacks here; empty on other systems and when nothing is missing."""
    if sys.platform != "linux":
        return []
    return [package for library, package in LIBRARIES.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


class NativeWindow:
    """One window; ``show`` blocks the main thread until it is closed."""

    def __init__(self, window: Window, debug_port: int | None) -> None:
        self._window = window
        self._debug_port = debug_port
        self._native: Any = None

    def show(self, url: str) -> None:
        """Open ``url`` and stay until the window is gone. Raises NoWindow before anything is shown."""
        packages = missing_packages()
        if packages:
            raise NoWindow(f"apt-get install {' '.join(packages)}")
        try:
            import webview
        except ImportError as why:
            raise NoWindow(str(why)) from why
        if self._debug_port is not None:
            webview.settings["REMOTE_DEBUGGING_PORT"] = self._debug_port
        webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = False
        webview.settings["ALLOW_DOWNLOADS"] = True
        # text_select=False would inject a style that our Content-Security-Policy refuses; the pages say themselves
        # what cannot be selected
        self._native = webview.create_window(
            TITLE, url, width=SIZE[0], height=SIZE[1], min_size=LEAST, maximized=True, text_select=True
        )
        self._native.events.closing += self._window.may_close
        self._native.events.shown += self._window.opened
        try:
            webview.start(gui="qt" if sys.platform == "linux" else None, private_mode=True)
        except webview.errors.WebViewException as why:
            raise NoWindow(str(why)) from why

    def close(self) -> None:
        """Close it from any thread."""
        if self._native is not None:
            self._native.destroy()
