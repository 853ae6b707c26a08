"""What pages do with orders, refusals, a cut line, secrets and the strip."""

import gzip
from typing import Any

from playwright.sync_api import Browser, Page, expect

from domain.errors import CenterError
from tests.acceptance.pages.browsing import LAPTOP, ZOOMED, window
from tests.acceptance.pages.serving import Script, cut
from tests.acceptance.pages.states import HOTLINE, START, STATES
from tests.support.waiting import wait_until
from ui.answerpages import End, Question
from ui.entrypages import Confirm, Devices, Trial
from ui.pageserver import PageServer
from ui.pagestate import StripCell
from web.build import PAGES

QUESTIONS = STATES["7-answering-questions"]


def _ordered(script: Script, action: str) -> list[dict[str, Any]]:
    return wait_until(
        lambda: [order.model_dump() for order in script.ordered(action)], timeout=10, what=f"order {action}"
    )


def test_reconnects_after_a_cut_and_shows_the_newest_state(
    browser: Browser, script: Script, server: PageServer
) -> None:
    script.show(STATES["5-enter-early"])
    with window(browser, server) as page:
        page.route("**/api/events", lambda route: route.abort())
        assert cut(server) > 0
        expect(page.locator(".body > .say")).to_contain_text("录制由另一个程序进行", timeout=15_000)
        script.show(STATES["6-confirm"])
        page.unroute("**/api/events")
        expect(page.get_by_role("heading", name="设备确认")).to_be_visible(timeout=15_000)
        expect(page.locator(".body > .say")).to_have_count(0)


def test_a_refused_order_says_what_happened_and_whom_to_call(
    browser: Browser, script: Script, server: PageServer
) -> None:
    script.show(STATES["5-enter-open"])
    script.refusal = CenterError("refused by the test")
    with window(browser, server) as page:
        page.get_by_role("button", name="进入考试").click()
        alert = page.get_by_role("alert")
        for part in (CenterError.message.zh, CenterError.hint.zh, HOTLINE, CenterError.code):
            expect(alert).to_contain_text(part)
        expect(alert).not_to_contain_text("程序会自动重试")  # an order that was refused is repeated by nobody
        alert.get_by_role("button", name="知道了").click()
        expect(alert).to_have_count(0)


def test_a_closed_action_orders_nothing(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["5-enter-early"])
    with window(browser, server) as page:
        page.get_by_role("button", name="进入考试").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="刷新").click()
        _ordered(script, "refresh")
        assert script.ordered("enter") == []


def test_login_is_sent_by_keyboard(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["2-login-form"])
    with window(browser, server) as page:
        page.get_by_label("准考证号").fill(" 20260217 ")
        page.get_by_label("证件号").fill("33010019990101001X")
        page.keyboard.press("Enter")
        sent = _ordered(script, "login")
    assert sent == [
        {"action": "login", "number": "20260217", "id_number": "33010019990101001X", "takeover": False},
    ]


def test_language_is_switched_for_the_whole_page(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["6-confirm"])
    with window(browser, server) as page:
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("button", name="Ready")).to_be_visible()


def test_help_is_called_from_any_page(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["1-devices-trouble"])
    with window(browser, server) as page:
        page.get_by_role("button", name="求助").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(HOTLINE)
        dialog.get_by_role("textbox").fill("摄像头没有画面")
        dialog.get_by_role("button", name="发送求助").click()
        assert _ordered(script, "help")[0]["text"] == "摄像头没有画面"


def test_before_login_help_names_the_code_to_read_out(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["1-devices-called"])
    with window(browser, server) as page:
        page.get_by_role("button", name="求助").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(f"{HOTLINE}，报服务码 4821 0937")
        expect(dialog).to_contain_text("已发出，请等待回复")
        expect(dialog.get_by_label("请写上准考证号")).to_be_visible()
    nobody = STATES["1-devices-called"]
    top = nobody.top.model_copy(update={"hotline": "", "network": "offline"})
    queued = nobody.help[0].model_copy(update={"state": "queued", "code": ""})
    script.show(nobody.model_copy(update={"top": top, "help": [queued]}))
    with window(browser, server) as page:
        page.get_by_role("button", name="求助").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("请拨打考试通知上的技术服务电话")
        expect(dialog).to_contain_text("已记下，联网后自动发出")


def test_questions_say_when_they_are_shown_until_they_are_heard(
    browser: Browser, script: Script, server: PageServer
) -> None:
    script.show(QUESTIONS)
    script.refusal = CenterError("not yet")
    with window(browser, server) as page:
        _ordered(script, "questions_shown")
        expect(page.get_by_role("alert")).to_have_count(0)
        script.refusal = None
        heard = len(script.ordered("questions_shown"))
        wait_until(lambda: len(script.ordered("questions_shown")) > heard, what="questions_shown once more")


def test_another_question_on_the_screen_is_told_once(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(QUESTIONS)
    with window(browser, server) as page:
        page.get_by_role("button", name="下一题").click()
        page.get_by_role("button", name="第 2 题").click()  # it is there already
        page.get_by_role("button", name="上一题").click()
        assert [order["number"] for order in _ordered(script, "question")] == [2, 1]


def test_question_text_is_neither_selected_nor_copied_nor_printed(
    browser: Browser, script: Script, server: PageServer
) -> None:
    script.show(QUESTIONS)
    with window(browser, server) as page:
        secret = page.locator(".secret")
        page.evaluate("() => getSelection().selectAllChildren(document.querySelector('.secret'))")
        assert page.evaluate("() => String(getSelection())") == ""
        page.keyboard.press("Control+A")
        page.keyboard.press("Control+C")
        assert {"action": "note", "kind": "copy"} in _ordered(script, "note")
        page.emulate_media(media="print")
        expect(secret).to_be_hidden()


def test_what_happens_to_the_window_is_noted_quietly(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(QUESTIONS)
    with window(browser, server) as page:
        page.keyboard.press("PrintScreen")
        page.evaluate("() => { dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus')) }")
        wanted = {"screenshot_key", "focus_lost", "focus_back"}
        wait_until(lambda: wanted <= {order["kind"] for order in _ordered(script, "note")}, what="three notes")
        expect(page.get_by_role("alert")).to_have_count(0)


def test_ending_early_is_asked_twice_and_the_harmless_answer_comes_first(
    browser: Browser, script: Script, server: PageServer
) -> None:
    script.show(QUESTIONS)
    with window(browser, server) as page:
        end = page.get_by_role("button", name="结束考试")
        end.click()
        expect(page.get_by_role("button", name="继续作答")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(end).to_be_focused()
        assert script.ordered("end") == []
        end.click()
        page.get_by_role("button", name="确定结束").click()
        _ordered(script, "end")


def test_the_rescue_bundle_is_offered_and_goes_where_the_person_chose(
    browser: Browser, script: Script, server: PageServer
) -> None:
    chosen = STATES["8-end-carry-choose"]
    assert isinstance(chosen.page, End)
    closed = chosen.page.model_copy(update={"carry": chosen.page.carry.model_copy(update={"open": False})})
    script.show(chosen.model_copy(update={"page": closed}))
    with window(browser, server) as page:
        page.get_by_role("button", name="离线数据包").click()
        _ordered(script, "carry_offer")
        script.show(chosen)
        dialog = page.get_by_role("dialog", name="离线数据包")
        expect(dialog.get_by_role("radio", name="KINGSTON")).to_be_checked()
        dialog.get_by_role("radio", name="Downloads").press("Space")
        dialog.get_by_role("button", name="写入").press("Enter")
        assert _ordered(script, "carry")[0]["folder"] == "/home/li/Downloads"
        script.show(STATES["8-end-carry-writing"])
        expect(dialog.get_by_role("status")).to_contain_text("37%")
        script.show(STATES["8-end-carry-done"])
        expect(dialog).to_contain_text("zhishi-rescue-5f0c31ab9e22-1of1.age")
        page.keyboard.press("Escape")
        _ordered(script, "carry_away")


def test_every_question_is_reached(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(QUESTIONS)
    with window(browser, server) as page:
        for number in (2, 3):
            page.get_by_role("button", name="下一题").click()
            expect(page.get_by_role("heading", name=f"第 {number} 题，共 3 题")).to_be_visible()
        page.get_by_role("button", name="第 1 题").click()
        expect(page.get_by_role("heading", name="第 1 题，共 3 题")).to_be_visible()


def test_a_tick_stays_while_the_program_has_not_told_it_yet(
    browser: Browser, script: Script, server: PageServer
) -> None:
    before = STATES["1-devices-ready"]
    assert isinstance(before.page, Devices)
    rules = [rule.model_copy(update={"ticked": False}) for rule in before.page.rules]
    page_of = before.page.model_copy(update={"rules": rules})
    script.show(before.model_copy(update={"page": page_of}))
    with window(browser, server) as page:
        page.evaluate("""() => {
            const box = document.querySelector(".ticks input");
            window.fell = 0;
            const look = () => { window.fell += box.checked ? 0 : 1; requestAnimationFrame(look); };
            box.click();
            look();
        }""")
        _ordered(script, "tick")
        script.show(before.model_copy(update={"page": page_of.model_copy(update={"level_db": -33.0})}))
        expect(page.get_by_role("meter")).to_have_attribute("aria-valuenow", "45")
        assert page.evaluate("window.fell") == 0
        assert page.locator(".ticks input").first.is_checked()


def test_a_chosen_device_stays_while_the_program_has_not_told_it_yet(
    browser: Browser, script: Script, server: PageServer
) -> None:
    before = STATES["6-confirm"]
    assert isinstance(before.page, Confirm)
    script.show(before)
    with window(browser, server) as page:
        page.evaluate("""() => {
            const [wanted] = document.querySelectorAll(".choices input:not(:checked):not(:disabled)");
            window.wanted = wanted;
            window.fell = 0;
            const look = () => { window.fell += wanted.checked ? 0 : 1; requestAnimationFrame(look); };
            wanted.click();
            look();
        }""")
        _ordered(script, "choose")
        script.show(before.model_copy(update={"page": before.page.model_copy(update={"level_db": -33.0})}))
        expect(page.get_by_role("meter")).to_have_attribute("aria-valuenow", "45")
        assert page.evaluate("window.fell") == 0
        assert page.evaluate("window.wanted.checked")


def test_the_test_recording_plays_by_itself_once_it_is_made(
    browser: Browser, script: Script, server: PageServer
) -> None:
    recording = STATES["1-devices-recording"]
    assert isinstance(recording.page, Devices)
    ready = Trial(state="ready", url="/api/testclip.webm", duration_ms=5000)
    script.show(recording)
    with window(browser, server) as page:
        expect(page.get_by_text("正在试录，请对着镜头说一句话。")).to_be_visible()
        expect(page.get_by_label("刚才的试录")).to_have_count(0)
        script.show(recording.model_copy(update={"page": recording.page.model_copy(update={"test_clip": ready})}))
        expect(page.get_by_label("刚才的试录")).to_be_visible()


def test_twenty_questions_fit_and_are_reached_at_twice_the_size(
    browser: Browser, script: Script, server: PageServer
) -> None:
    asked = [Question(id=f"q{n}", text=f"第 {n} 题的题目。" * 20) for n in range(1, 21)]
    page_of = QUESTIONS.page.model_copy(update={"questions": asked})
    script.show(QUESTIONS.model_copy(update={"page": page_of}))
    for size in (LAPTOP, ZOOMED):
        with window(browser, server, size) as page:
            page.get_by_role("button", name="第 20 题").click()
            expect(page.get_by_role("heading", name="第 20 题，共 20 题")).to_be_visible()
            expect(page.get_by_text("第 20 题的题目。").first).to_be_visible()
            wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide <= seen, "nothing is beside the screen"


def test_with_no_attachment_the_pledge_is_next(browser: Browser, script: Script, server: PageServer) -> None:
    before = STATES["4-attachments-first"]
    script.show(before.model_copy(update={"page": before.page.model_copy(update={"items": []})}))
    with window(browser, server) as page:
        expect(page.get_by_role("region", name="承诺书全文")).to_be_visible()
        page.get_by_role("button", name="我已阅读并郑重承诺").click()
        assert _ordered(script, "pledge")[0]["version"] == "2026-1"


def test_attachment_is_opened_then_read(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["4-attachments-first"])
    with window(browser, server) as page:
        page.locator(".foot").get_by_role("button", name="打开附件").click()
        assert _ordered(script, "open")[0]["id"] == "a0"
        script.show(STATES["4-attachments-reading"])
        expect(page.get_by_role("region", name="考试须知")).to_contain_text("题目显示后开始计时")
        page.get_by_role("button", name="已阅", exact=True).click()
        assert _ordered(script, "read")[0]["id"] == "a0"


def test_only_the_receipt_is_printed(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["8-end-confirmed"])
    with window(browser, server) as page:
        page.emulate_media(media="print")
        expect(page.locator(".receipt")).to_be_visible()
        expect(page.locator(".strip")).to_be_hidden()
        expect(page.locator(".foot")).to_be_hidden()


def _lanes(page: Page) -> list[str]:
    classes: list[str] = page.locator(".lane").first.locator("s").evaluate_all("(all) => all.map((s) => s.className)")
    return classes


def test_closed_with_loss_is_never_called_uploaded(browser: Browser, script: Script, server: PageServer) -> None:
    script.show(STATES["8-end-closed-with-loss"])
    with window(browser, server) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("缺失说明结案")
        expect(page.get_by_role("main")).to_contain_text("已收到的有效")
        expect(page.get_by_role("main")).not_to_contain_text("上传成功")


def test_a_crowded_strip_merges_cells_and_never_shows_more_than_is_there(
    browser: Browser, script: Script, server: PageServer
) -> None:
    """1,199 segments, every fifth not yet verified, one gap: nothing may look full, the gap must be seen."""
    crowded = STATES["8-end-uploading"]
    assert crowded.strip is not None
    length, cells = 90 * 60_000, []
    for n in range(1199):
        kind = "gap" if n == 702 else "recorded" if n % 5 == 0 else "verified"
        at = START + n * length // 1199
        cells.append(StripCell.model_validate({"from_ms": at, "to_ms": at + length // 1199, "state": kind}))
    lane = crowded.strip.lanes[0].model_copy(update={"cells": cells})
    strip = crowded.strip.model_copy(update={"to_ms": START + length, "lanes": [lane], "marks": []})
    script.show(crowded.model_copy(update={"strip": strip}))
    with window(browser, server) as page:
        shown = _lanes(page)
        assert len(shown) < 330
        assert shown.count("gap") == 1
        assert not any("verified" in one for one in shown)
        width = page.locator(".lane s.gap").evaluate("(s) => s.getBoundingClientRect().width")
        assert width >= 4


def test_pages_are_light() -> None:
    """What a candidate's window loads, gzipped, stays under 150 KB."""
    files = [path for path in PAGES.rglob("*") if path.is_file() and path.name != ".stamp"]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) <= 150_000
