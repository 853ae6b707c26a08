"""A Chromium window on an X display, with focus and keys as people give them: playwright's own emulation is off."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from tests.support.waiting import wait_until
from tests.support.x11 import XDisplay
from zhishi.stage import dying_with_parent

_SIZE = (1000, 640)
_ADDRESS = re.compile(rb"DevTools listening on ws://127\.0\.0\.1:(\d+)/")


@dataclass(frozen=True)
class ChromeWindow:
    """The page and the X window that shows it."""

    page: Page
    window: int


@contextmanager
def chrome_window(environ: Mapping[str, str], display: XDisplay, url: str, cookie: str) -> Iterator[ChromeWindow]:
    """``url`` in a window of its own, without an address bar, with the pages' cookie."""
    before = set(display.windows())
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="zhishi-chromium-", ignore_cleanup_errors=True) as profile:
        command = [
            shutil.which("chromium") or "chromium",
            *root,
            f"--user-data-dir={profile}",
            "--remote-debugging-port=0",
            "--no-first-run",
            f"--window-size={_SIZE[0]},{_SIZE[1]}",
            "--app=data:text/html,opening",
        ]
        process = subprocess.Popen(
            dying_with_parent(command), env={**os.environ, **environ}, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        try:
            assert process.stderr is not None
            port = next(int(found[1]) for line in process.stderr if (found := _ADDRESS.search(line)))
            with sync_playwright() as play:
                browser = play.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", no_defaults=True)
                context = browser.contexts[0]
                context.add_cookies([{"name": "zhishi", "value": cookie, "url": url, "sameSite": "Strict"}])
                page = context.pages[0]
                page.goto(url)
                page.wait_for_selector(".main")
                window = wait_until(lambda: _new(display, before), 20, "its X window")
                yield ChromeWindow(page, window)
                browser.close()
        finally:
            process.kill()
            process.communicate()


def _new(display: XDisplay, before: set[int]) -> int:
    """The window that came and is about as large as was asked for; 0 when none is."""
    sizes = {window: size for window, size in display.windows().items() if window not in before}
    return next((window for window, (width, _) in sizes.items() if width >= _SIZE[0] // 2), 0)
