"""A candidate before the real pages: reads what stands there and presses what is written on it.

In Chromium (``seated``) or in the real window (``tests.support.windowing.looked_into``).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from center.faces.words import Turn
from tests.acceptance.pages.browsing import LAPTOP
from tests.support.interviewing import Candidate
from tests.support.puppetcamera import PuppetCamera
from ui.pageserver import COOKIE
from zhishi.sample import CODE, FIRST_ID_NUMBER, FIRST_NUMBER

_SOON_MS = 20_000
_LATE_MS = 60_000
_ARROWS = {"←": Turn.LEFT, "→": Turn.RIGHT, "↑": Turn.UP, "↓": Turn.DOWN}


class Seat:
    """``page`` shows what ``person``'s program serves."""

    def __init__(self, person: Candidate, page: Page) -> None:
        self.person = person
        self.page = page

    def press(self, name: str) -> None:
        """The button of this name, once it can be pressed; of two alike the one at the foot of the page."""
        button = self.page.get_by_role("button", name=name, exact=True).and_(
            self.page.locator(":not([aria-disabled='true'])")
        )
        button.last.click(timeout=_LATE_MS)

    def says(self, words: str) -> None:
        """These words stand on the page, soon."""
        self.page.get_by_text(words).first.wait_for(timeout=_LATE_MS)

    def at(self, title: str) -> None:
        """This page came, by itself or by what was pressed."""
        self.page.get_by_role("heading", level=1, name=title, exact=True).wait_for(timeout=_LATE_MS)

    def fill(self, label: str, text: str) -> None:
        """Type into the field of this label."""
        self.page.get_by_label(label).fill(text, timeout=_SOON_MS)

    def network(self, told: str) -> None:
        """The top bar says ``online`` or ``offline``."""
        self.page.locator(f".network.{told}").wait_for(timeout=_LATE_MS)

    # -- the way ---------------------------------------------------------------------------------------------------

    def tick_rules(self) -> None:
        """请逐条确认."""
        self.page.locator(".ticks input").first.wait_for(timeout=_SOON_MS)
        for box in self.page.locator(".ticks input").all():
            box.check(timeout=_SOON_MS)

    def name_project(self) -> None:
        """项目代码."""
        self.fill("项目代码", CODE)
        self.press("下一步")

    def tell_who(self) -> None:
        """准考证号 and 证件号."""
        self.fill("准考证号", FIRST_NUMBER)
        self.fill("证件号", FIRST_ID_NUMBER)
        self.press("开始人脸识别")

    def show_face(self) -> None:
        """人脸登录, from its first page to the first picture."""
        self.at("人脸登录")
        self.name_project()
        self.press("同意")
        self.tell_who()

    def obeys(self, camera: PuppetCamera, until: str) -> bool:
        """Turn the head as the arrow on the page says, try again when told to; True once page ``until`` is there."""
        again = self.page.get_by_role("button", name="再试一次", exact=True)
        if again.count():
            again.click()
        arrow = self.page.evaluate("document.querySelector('.arrow')?.textContent ?? ''").strip()
        camera.pose(_ARROWS.get(arrow))
        return bool(self.page.evaluate("document.querySelector('h1')?.textContent") == until)

    def read_all(self) -> None:
        """Every attachment opened and marked, then the pledge."""
        for _ in range(len(self.person.page["items"])):
            self.press("打开附件")
            self.press("已阅")
        self.press("我已阅读并郑重承诺")


@contextmanager
def seated(browser: Browser, person: Candidate) -> Iterator[Seat]:
    """Chromium on the pages of ``person``'s program, which has been started."""
    context = browser.new_context(viewport={"width": LAPTOP[0], "height": LAPTOP[1]}, reduced_motion="reduce")
    address = person.http.address
    context.add_cookies([{"name": COOKIE, "value": person.http.cookie, "url": address}])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda why: broken.append(str(why)))
    page.goto(address)
    try:
        yield Seat(person, page)
        assert broken == []
    finally:
        context.close()
