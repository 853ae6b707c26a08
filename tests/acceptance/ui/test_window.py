"""The real window (pywebview, Qt WebEngine) under a virtual screen, looked into over its debugging port."""

from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.support.desktop import desktop
from tests.support.interviewing import Candidate, candidate, office
from tests.support.waiting import wait_until
from tests.support.windowing import AS_ROOT, free_port, looked_into
from ui.windowneeds import missing_packages


@pytest.mark.timeout(300)
def test_the_window_opens_on_the_first_stage_without_an_error(tmp_path: Path) -> None:
    assert missing_packages() == [], "scripts/system names what a bare machine lacks"
    port = free_port()
    with (
        desktop("1366x768") as stage,
        office(tmp_path) as center,
        candidate(center.url, {**stage.environ, **AS_ROOT}, window=True) as person,
    ):
        person.start("--debug-port", str(port))
        errors: list[str] = []
        with looked_into(port) as page:

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
