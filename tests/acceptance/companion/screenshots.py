"""``python -m tests.acceptance.companion.screenshots``: the phone's pages to build/screenshots/phone, to be looked at.

Nothing is compared. Two phones, Chinese and English.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from center import staff
from tests.support.candidates import CODE, actor
from tests.support.phonepage import IPHONE, PIXEL, World, world
from tests.support.waiting import wait_until
from zhishi.faultproxy import Mode
from zhishi.sample import FIRST_NUMBER

FOLDER = Path(__file__).resolve().parents[3] / "build" / "screenshots" / "phone"


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for device in (PIXEL, IPHONE):
        with tempfile.TemporaryDirectory() as folder, world(Path(folder), device=device) as scene:
            _take(scene, device.replace(" ", "-").lower())
    print(FOLDER)


def _shot(page: Page, name: str) -> None:
    for lang in ("zh", "en"):
        page.screenshot(path=FOLDER / f"{name}.{lang}.png")
        page.locator("header .btn").last.click()


def _take(scene: World, on: str) -> None:
    page = scene.phone.start().page
    page.goto(f"{scene.base}/companion")
    page.wait_for_selector("main.bind")
    _shot(page, f"{on}-1-bind")
    page.get_by_label("绑定码").fill(scene.code())
    page.keyboard.press("Enter")
    page.wait_for_selector("main.asking")
    _shot(page, f"{on}-2-asking")
    scene.approve()
    page.wait_for_selector("main.ready")
    page.wait_for_timeout(1000)
    _shot(page, f"{on}-3-ready")
    page.locator("main.ready .btn.act").click()
    page.wait_for_selector("main.pan")
    scene.phone.turn_round()
    _shot(page, f"{on}-4-pan")
    page.locator("main.pan .btn.act:not([aria-disabled])").click()
    page.wait_for_selector("main.placing")
    _shot(page, f"{on}-5-placing")
    page.locator("main.placing .btn.act").click()
    wait_until(lambda: scene.verified() >= 6, 60, "segments arrive")
    _shot(page, f"{on}-6-filming")
    staff.broadcast(scene.center.database, CODE, "第一场", "wait", actor(scene.center), FIRST_NUMBER)
    page.wait_for_selector(".notice")
    _shot(page, f"{on}-7-notice")
    page.get_by_role("button", name="知道了").click()
    scene.proxy.switch(Mode.REFUSE)
    page.wait_for_selector("text=网络中断", timeout=30_000)
    _shot(page, f"{on}-8-offline")
    page.locator("main.filming .foot .btn").click()
    page.screenshot(path=FOLDER / f"{on}-9-stop.zh.png")
    page.locator("dialog input").check()
    page.locator("dialog .btn").last.click()
    page.wait_for_selector("main.sending")
    _shot(page, f"{on}-10-waiting")
    scene.proxy.switch(Mode.PASS)
    page.get_by_role("button", name="立即重试").click()
    page.wait_for_selector("h1:has-text('已全部送达')", timeout=60_000)
    _shot(page, f"{on}-11-delivered")
    scene.end()
    page.wait_for_selector("h1:has-text('上传成功')", timeout=60_000)
    _shot(page, f"{on}-12-sent")


if __name__ == "__main__":
    main()
