"""The phone on the pages: approved or refused by hand, its address judged before the QR, bound late from any stage."""

from typing import Any

from playwright.sync_api import Browser, expect

from tests.acceptance.pages.browsing import window
from tests.acceptance.pages.serving import Script
from tests.acceptance.pages.states import STATES
from tests.support.waiting import wait_until
from ui.pageserver import PageServer

QR = "智试通绑定二维码"


def _ordered(script: Script, action: str) -> list[dict[str, Any]]:
    return wait_until(
        lambda: [order.model_dump() for order in script.ordered(action)], timeout=10, what=f"order {action}"
    )


def test_a_phone_is_approved_by_keyboard_and_refused(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["3-binding-asking"])
    with window(browser, server) as page:
        expect(page.get_by_text("3A9F")).to_be_visible()
        expect(page.get_by_role("img", name=QR)).to_have_count(0)  # that code is spent
        page.get_by_role("button", name="确认绑定").focus()
        page.keyboard.press("Enter")
        assert _ordered(script, "approve") == [{"action": "approve", "device": "018f"}]
        page.get_by_role("button", name="不是我的手机").click()
        assert _ordered(script, "unbind") == [{"action": "unbind", "device": "018f"}]


def test_an_address_no_phone_could_use_is_told_before_the_code(
    browser: Browser, script: Script, server: PageServer
) -> None:
    for name, words in (("insecure", "用不了摄像头"), ("loopback", "手机打不开这个地址")):
        script.show(STATES[f"3-binding-{name}"])
        with window(browser, server) as page:
            expect(page.get_by_text(words)).to_be_visible()
            expect(page.get_by_role("img", name=QR)).to_have_count(0)
            page.get_by_role("button", name="仍要显示二维码").click()
            expect(page.get_by_role("img", name=QR)).to_be_visible()


def test_a_phone_is_bound_late_from_another_stage(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["5-enter-no-phone"])
    with window(browser, server) as page:
        page.get_by_role("button", name="绑定手机").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="显示二维码").click()
        assert _ordered(script, "rebind") == [{"action": "rebind"}]
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        page.get_by_role("button", name="绑定手机").click()
        expect(dialog).to_be_visible()
        script.show(STATES["4-attachments-phone-asks"])  # it was scanned: the dialog goes, the question comes
        expect(page.get_by_role("button", name="确认绑定")).to_be_visible()
        script.show(STATES["5-enter-no-phone"])
        expect(page.get_by_role("button", name="绑定手机")).to_be_visible()
        expect(dialog).to_have_count(0)


def test_while_answering_only_a_quiet_line_tells_of_the_phone(
    browser: Browser, script: Script, server: PageServer
) -> None:
    script.show(STATES["7-answering-phone-frozen"])
    with window(browser, server) as page:
        expect(page.locator(".body > .say")).to_contain_text("手机画面不动了")
        expect(page.locator(".body > .say")).to_contain_text("12%")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_count(0)
