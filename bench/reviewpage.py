"""The reviewer's page in Chromium as benches and tests use it: signed in, a session opened, the clock moved, awaited.

Owns how one tells from outside at which moment a picture stands. Measures nothing.
"""

from playwright.sync_api import Page, Playwright

from center.accounts.roles import Role
from tests.support.phonepage import World
from tests.support.staffing import code_at, new_account

# center time of a picture: its element says which moment its own clock counts from
STANDS = """(video, at_ms, within_ms) => !video.seeking && video.readyState >= 2 &&
  Math.abs(Number(video.dataset.zero) + video.currentTime * 1000 - at_ms) < within_ms"""
_WITHIN_MS = 300
_GO = """(input, at_ms) => {
  input.value = at_ms;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}"""
_ALL_STAND = f"""(within_ms) => {{
  const stands = {STANDS};
  const at_ms = Number(document.querySelector('.scrub input').value);
  return [...document.querySelectorAll('figure.picture')].every((one) =>
    one.querySelector('.note') !== null || stands(one.querySelector('video'), at_ms, within_ms));
}}"""


def reviewer_page(there: World, driver: Playwright) -> Page:
    """Chromium at the center's own address, signed in as a reviewer, at the list of sessions."""
    account = new_account(there.center, "reviewer", Role.REVIEWER)
    browser = driver.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    )
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{there.url}/review")
    page.get_by_label("账号").fill(account.name)
    page.get_by_label("密码").fill(account.password)
    page.get_by_label("动态口令").fill(code_at(account, there.clock.now_ms()))
    page.get_by_label("动态口令").press("Enter")
    page.wait_for_selector("table.list")
    return page


def open_session(page: Page) -> None:
    """Open the one session that has footage."""
    lines = page.locator("tbody tr").filter(has_not=page.locator("td:nth-child(3):text-is('0')"))
    lines.first.locator("button").click()


def bounds(page: Page) -> tuple[int, int]:
    """Center time of the first and last moment."""
    scrub = page.locator(".scrub input")
    return int(scrub.get_attribute("min") or 0), int(scrub.get_attribute("max") or 0)


def go_to(page: Page, at_ms: float) -> None:
    """Move the clock."""
    page.locator(".scrub input").evaluate(_GO, round(at_ms))


def settled(page: Page) -> None:
    """Wait until every picture stands where the clock does, or says that it is missing."""
    page.wait_for_function(_ALL_STAND, arg=_WITHIN_MS)
