"""Chromium for the page tests: the system's own, headless, without any traffic but to the page server."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from ui.pageserver import PageServer

LAPTOP = (1366, 768)
ZOOMED = (683, 384)  # the same screen at 200 %


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser. Raises AssertionError when there is none on this machine."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path is not None, "chromium is missing (scripts/system test installs it)"
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"] if root else [])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(
    browser: Browser, server: PageServer, size: tuple[int, int] = LAPTOP, scale: float = 1, init: str = ""
) -> Iterator[Page]:
    """The pages in a fresh window, with script ``init`` beside them; fails when the console got an error of ours."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale, reduced_motion="reduce"
    )
    if init:
        context.add_init_script(init)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(server.new_url())
    _complete(page)
    try:
        yield page
        # a refused order and a cut line are told by the browser as errors of the network; ours are all others
        ours = [text for text in said if not text.startswith("Failed to load resource")]
        assert not ours, ours
    finally:
        context.close()


@contextmanager
def opened(browser: Browser, url: str, size: tuple[int, int] = LAPTOP) -> Iterator[Page]:
    """A page of the center in a fresh window; fails when the console got an error of ours."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", accept_downloads=True
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    try:
        yield page
        ours = [text for text in said if not text.startswith("Failed to load resource")]
        assert not ours, ours
    finally:
        context.close()


def fresh(page: Page, size: tuple[int, int] = LAPTOP) -> None:
    """Load the page anew: what is shown now is what the server tells now."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.reload()
    _complete(page)


def _complete(page: Page) -> None:
    page.wait_for_selector(".main")
    page.wait_for_function("() => [...document.images].every((image) => image.naturalWidth > 0)")
