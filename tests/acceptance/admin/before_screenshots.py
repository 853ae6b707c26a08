"""``python -m tests.acceptance.admin.before_screenshots``: the sections of the time before the day, zh and en.

Writes build/screenshots/admin-SECTION.zh.png and .en.png for people to look at; nothing is compared. Called with the
window's pages by ``scripts/screenshots``.
"""

import tempfile
import uuid
from pathlib import Path

from playwright.sync_api import Browser, Page

from center.accounts.roles import Role
from tests.acceptance.admin.conftest import sign_in
from tests.acceptance.pages.browsing import ZOOMED, chromium, opened
from tests.integration.center.conftest import serving
from tests.support.candidates import Laptop, add_sample, sample_at
from tests.support.staffing import new_account
from tests.support.zipping import zipped

FOLDER = Path(__file__).resolve().parents[3] / "build" / "screenshots"
SECTIONS = ("projects", "import", "preflight", "schedule", "roster", "papers", "policies", "readiness")


def main() -> None:
    """Take all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, tempfile.TemporaryDirectory() as place:
        take(browser, Path(place))
    print(FOLDER)


def take(browser: Browser, place: Path) -> None:
    """With ``browser``, over a center in ``place``."""
    with serving(place / "center") as running:
        add_sample(running.center, place / "project", start_in_ms=24 * 3_600_000)
        laptop = Laptop(running.url)
        laptop.begin(installation=str(uuid.uuid4()))
        laptop.close()
        new_account(running.center, "张敏", Role.SUPPORT)
        with opened(browser, f"{running.url}/admin") as page:
            sign_in(page, running, new_account(running.center, "周婷", Role.ADMINISTRATOR))
            page.get_by_role("navigation", name="管理事项").wait_for()
            for section in SECTIONS:
                page.goto(f"{running.url}/admin#{section}")
                page.wait_for_selector("main.section > :nth-child(2)")
                _shot(page, section)
            page.goto(f"{running.url}/admin#schedule")
            page.get_by_role("button", name="调整开考：第一场").click()
            page.screenshot(path=FOLDER / "admin-postpone.zh.png")
            page.keyboard.press("Escape")
            page.goto(f"{running.url}/admin#import")
            folder = sample_at(place / "next", running.clock.wall_ms() + 48 * 3_600_000, code="SHILI-2027")
            roster = folder / "roster.csv"
            right = roster.read_text()
            roster.write_text(right + "20260009,无照,X,第一场,nobody.jpg\n20260001,重复,X,第九场,astronaut.jpg\n")
            for name, text in (("refused", roster.read_text()), ("checked", right)):
                roster.write_text(text)
                page.get_by_label("项目文件夹").set_input_files(zipped(folder, place / f"{name}.zip"))
                page.get_by_role("button", name="检查", exact=True).click()
                page.get_by_role("region", name="检查结果").wait_for()
                _shot(page, f"import-{name}")
            page.set_viewport_size({"width": ZOOMED[0], "height": ZOOMED[1]})
            page.goto(f"{running.url}/admin#roster")
            page.wait_for_selector("table.roster")
            page.screenshot(path=FOLDER / "admin-roster.zoomed.png", full_page=True)


def _shot(page: Page, name: str) -> None:
    page.wait_for_function(
        "() => !document.querySelector('[aria-busy=true]') && !document.body.innerText.includes('正在检查')"
        " && [...document.images].every((image) => image.naturalWidth > 0)"
    )
    page.screenshot(path=FOLDER / f"admin-{name}.zh.png", full_page=True)
    page.get_by_role("button", name="English").click()
    page.screenshot(path=FOLDER / f"admin-{name}.en.png", full_page=True)
    page.get_by_role("button", name="中文").click()


if __name__ == "__main__":
    main()
