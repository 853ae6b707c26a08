"""Every page, Chinese and English: no axe finding, nothing sticks out sideways, the keyboard reaches what matters."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.pages.browsing import ZOOMED, fresh, window
from tests.acceptance.pages.serving import Script
from tests.acceptance.pages.states import STATES, in_english
from ui.answerpages import End
from ui.pageserver import PageServer
from web.build import WEB, install_modules

# Nothing is to be done there but wait: the page goes on by itself.
_WAITING = {
    "2-login-face",
    "3-binding-waiting",
    "3-binding-insecure",
    "3-binding-loopback",
    "3-binding-bound",
    "3-binding-lost",
    "7-answering-waiting",
    "7-answering-missing",
    "8-end-carry-writing",
}
_AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _violations(page: Page) -> list[str]:
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", _AXE)
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]
    ]


def _overhang(page: Page) -> int:
    width: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def _reach(page: Page, selector: str) -> bool:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return True
    return False


@pytest.fixture(scope="module")
def page(browser: Browser, stage: tuple[Script, PageServer]) -> Iterator[Page]:
    """One window for all pages, with axe-core in it."""
    install_modules()
    axe = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with window(browser, stage[1], init=axe) as one:
        yield one


@pytest.mark.parametrize("name", STATES)
def test_page(name: str, page: Page, script: Script) -> None:
    for state in (STATES[name], in_english(STATES[name])):
        script.show(state)
        fresh(page)
        assert _violations(page) == []
        assert _overhang(page) <= 0
        page.set_viewport_size({"width": ZOOMED[0], "height": ZOOMED[1]})
        assert _overhang(page) <= 0, f"{state.lang} at 200 %"


@pytest.mark.parametrize("name", STATES)
def test_keyboard_alone_suffices(name: str, page: Page, script: Script) -> None:
    script.show(STATES[name])
    fresh(page)
    shown = STATES[name].page
    over = STATES[name].closing or (isinstance(shown, End) and shown.carry.open)
    where = "dialog" if over else ".foot"
    primary = page.locator(f"{where} .btn.act")
    assert primary.count() == (0 if name in _WAITING else 1)
    if name in _WAITING:
        return
    assert _reach(page, f"{where} .btn.act")
    if primary.get_attribute("aria-disabled") == "true":
        why = page.locator(f"[id='{primary.get_attribute('aria-describedby')}']")
        assert why.inner_text() != "", "a closed action says why"
