"""The real window, looked into over its debugging port."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from tests.support.waiting import wait_until

# Chromium's sandbox refuses to work for root, which is who runs tests in containers
AS_ROOT = {"QTWEBENGINE_DISABLE_SANDBOX": "1"} if os.geteuid() == 0 else {}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def looked_into(port: int) -> Iterator[Page]:
    """The window's page."""
    with sync_playwright() as play:
        browser = wait_until(lambda: _connect(play, port), 60, "the window's debugging port")
        try:
            wait_until(lambda: browser.contexts[0].pages, 30, "a page in the window")
            yield browser.contexts[0].pages[0]
        finally:
            browser.close()


def _connect(play: Playwright, port: int) -> Browser:
    try:
        return play.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", no_defaults=True)
    except Error as why:
        raise AssertionError(str(why)) from why
