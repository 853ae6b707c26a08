"""The real window (pywebview, Qt WebEngine) under a virtual screen, looked into over its debugging port."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, sync_playwright

from tests.support.desktop import desktop
from tests.support.interviewing import Candidate, candidate, office
from tests.support.waiting import wait_until
from ui.window import missing_packages


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def _looked_into(port: int) -> Iterator[Page]:
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


@pytest.mark.timeout(300)
def test_the_window_opens_on_the_first_stage_without_an_error(tmp_path: Path) -> None:
    assert missing_packages() == [], "scripts/system names what a bare machine lacks"
    port = _free_port()
    root = {"QTWEBENGINE_DISABLE_SANDBOX": "1"} if os.geteuid() == 0 else {}
    with (
        desktop("1366x768") as stage,
        office(tmp_path) as center,
        candidate(center.url, {**stage.environ, **root}, window=True) as person,
    ):
        person.start("--debug-port", str(port))
        errors: list[str] = []
        with _looked_into(port) as page:

            def heard(message: ConsoleMessage) -> None:
                if message.type == "error":
                    errors.append(message.text)

            page.on("console", heard)
            page.on("pageerror", lambda why: errors.append(str(why)))
            page.reload()
            page.wait_for_selector("text=设备准备", timeout=30_000)
            page.wait_for_selector("text=摄像头", timeout=30_000)
            wait_until(lambda: _picture_width(page) > 0, 40, "the camera's picture is in the window")
            assert errors == []
        _close_and_gone(person)


def _picture_width(page: Page) -> int:
    return int(page.evaluate("Math.max(0, ...[...document.images].map(one => one.naturalWidth))"))


def _close_and_gone(person: Candidate) -> None:
    """SIGTERM or not, the recorder that only monitored goes with the window."""
    person.stop()
    assert person.recorder() is None
