"""``python -m tests.acceptance.admin.screenshots``: the pages of the time after the day to build/screenshots/after.

Nothing is compared. A day of real sessions; Chinese and English, laptop and phone.
"""

import tempfile
from functools import partial
from pathlib import Path

from playwright.sync_api import Page

from center import closing, publishing
from center.accounts.roles import Role
from center.staff import Actor
from center.store import candidates
from domain.causes import Cause
from tests.acceptance.admin.conftest import sign_in
from tests.acceptance.pages.browsing import chromium, opened
from tests.integration.center.conftest import serving
from tests.support.afterday import CODE, CONFIRMED, LATE, LOST, Day
from tests.support.publishing import FIRST, SECOND
from tests.support.staffing import new_account

FOLDER = Path(__file__).resolve().parents[3] / "build" / "screenshots" / "after"
SECTIONS = ("completion", "absentees", "unfinished", "closures", "publication", "keeping", "incidents", "access")


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        serving(Path(folder) / "center") as running,
    ):
        day = Day(running, Path(folder) / "project")
        first = new_account(running.center, FIRST, Role.ADMINISTRATOR, Role.SUPPORT)
        new_account(running.center, SECOND, Role.ADMINISTRATOR)
        now = running.clock.wall_ms()
        publishing.propose(running.center.database, CODE, Actor(FIRST, "公告 2026-11 号", now))
        publishing.confirm(running.center.database, CODE, Actor(SECOND, "", now))
        closing.propose(running.center.database, day.session(LOST), Cause.SYSTEM, Actor(SECOND, "硬盘损坏", now))
        with opened(browser, f"{running.url}/admin") as page:
            sign_in(page, running, first)
            page.get_by_role("navigation", name="管理事项").wait_for()
            for section in SECTIONS:
                page.evaluate(f"() => {{ location.hash = '{section}' }}")
                page.wait_for_selector("main.section :is(table, .card, .steps)")
                _both(page, section)
            page.goto(f"{running.url}/staff")
            page.locator("details.after summary").click()
            page.wait_for_selector("details.after table")
            _both(page, "support")
        for name, number in (("confirmed", CONFIRMED), ("late", LATE)):
            with opened(browser, f"{running.url}/status") as page:
                found = running.center.database.read(partial(candidates.by_number, project=CODE, number=number))
                assert found is not None
                page.get_by_label("准考证号").fill(number)
                page.get_by_label("服务码").fill(found.candidate.support_code)
                page.get_by_label("服务码").press("Enter")
                page.wait_for_selector(".answer")
                page.screenshot(path=FOLDER / f"status-{name}.png", full_page=True)
                page.set_viewport_size({"width": 390, "height": 844})
                page.screenshot(path=FOLDER / f"status-{name}.phone.png", full_page=True)
        day.close()
    print(FOLDER)


def _both(page: Page, name: str) -> None:
    for lang in ("zh", "en"):
        page.screenshot(path=FOLDER / f"{name}.{lang}.png", full_page=True)
        page.get_by_role("button", name="English" if lang == "zh" else "中文").click()
        page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
