"""The native window (pywebview; Qt WebEngine on Linux), and what to do where it cannot be had.

Owns the window only: the pages come from the page server, and the same address opens in any browser.
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import ServiceError, Words
from host.ownprogram import library_environ
from ui import windowneeds

TITLE = "智试云"
SIZE = (1366, 768)
LEAST = (640, 400)


class NoWindow(ServiceError):
    """The native window cannot be opened on this machine; the pages open in a browser instead."""

    code = "no_window"
    message = Words("无法打开程序窗口，已改用浏览器", "The window cannot be opened; a browser is used instead")
    hint = Words("无需处理；也可安装所列系统组件后重新打开", "Nothing to do; or install what is named and start again")


@dataclass(frozen=True, slots=True)
class Window:
    """How the window talks to the flow: ``may_close`` is asked on the close button, ``may_print`` when the page wants
    to print; ``printed`` is handed the page as a PDF, or nothing when none could be made.
    """

    may_close: Callable[[], bool]
    may_print: Callable[[], bool]
    printed: Callable[[bytes], None]


class NativeWindow:
    """One window; ``show`` blocks the main thread until it is closed."""

    def __init__(self, window: Window, environ: Mapping[str, str], debug_port: int | None) -> None:
        self._window = window
        self._environ = environ
        self._debug_port = debug_port
        self._native: Any = None

    def show(self, url: str) -> None:
        """Open ``url`` and stay until the window is gone. Raises NoWindow before anything is shown."""
        missing = windowneeds.missing(self._environ)
        if missing:
            raise NoWindow(missing)
        # where Qt looks; recorder and syncd are started with an environment of their own
        os.environ.update(windowneeds.drawing(self._environ) | library_environ(self._environ))
        try:
            import webview
        except ImportError as why:
            raise NoWindow(str(why)) from why
        if self._debug_port is not None:
            webview.settings["REMOTE_DEBUGGING_PORT"] = self._debug_port
        webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = False
        webview.settings["ALLOW_DOWNLOADS"] = False  # the program saves what is to be saved (ui.keepsakes)
        # text_select=False would inject a style that our Content-Security-Policy refuses; the pages say themselves
        # what cannot be selected
        self._native = webview.create_window(
            TITLE, url, width=SIZE[0], height=SIZE[1], min_size=LEAST, maximized=True, text_select=True
        )
        self._native.events.closing += self._window.may_close
        if sys.platform == "linux":
            self._native.events.before_show += self._prepare_qt
        try:
            webview.start(gui="qt" if sys.platform == "linux" else None, private_mode=True)
        except webview.errors.WebViewException as why:
            raise NoWindow(str(why)) from why

    def _prepare_qt(self) -> None:
        """What Qt's engine leaves to its host: the PDF viewer is off, and an order to print does nothing.

        Called by pywebview in the main thread before the page is shown.
        """
        page = self._native.native.webview.page()
        settings = page.settings()
        settings.setAttribute(settings.WebAttribute.PluginsEnabled, True)
        settings.setAttribute(settings.WebAttribute.PdfViewerEnabled, True)

        def print_page() -> None:
            if self._window.may_print():
                page.printToPdf(lambda pdf: self._window.printed(bytes(pdf)))

        page.printRequested.connect(print_page)

    def close(self) -> None:
        """Close it from any thread."""
        if self._native is not None:
            self._native.destroy()
