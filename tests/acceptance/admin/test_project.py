"""A project on the page: a batch is postponed and told, photos are seen, questions stay sealed, policies change."""

from playwright.sync_api import Page, expect

from center.store import interviews
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, FIRST_BATCH, Laptop


def to(page: Page, section: str) -> None:
    """By the keyboard, as everything here."""
    page.get_by_role("link", name=section).press("Enter")
    expect(page.get_by_role("heading", name=section, level=1)).to_be_focused()


def test_a_batch_is_postponed_with_a_reason_and_its_candidates_are_told(page: Page, running: Running) -> None:
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    before = laptop.get().json()["state"]["schedule"]["start_ms"]
    to(page, "场次安排")
    page.get_by_role("button", name=f"调整开考：{FIRST_BATCH}").press("Enter")
    dialog = page.get_by_role("dialog")
    moment = page.evaluate(
        "(ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 16)", (before // 60_000 + 10) * 60_000
    )
    dialog.get_by_label("新的开考时间").fill(moment)
    dialog.get_by_role("button", name="确认").press("Enter")  # no reason, nothing done
    assert violations(page) == []
    dialog.get_by_label("原因").fill("考场停电")
    dialog.get_by_role("button", name="确认").press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("tbody tr").first).to_contain_text(moment.replace("T", " "))
    state = laptop.get().json()["state"]
    assert state["schedule"]["start_ms"] == (before // 60_000 + 10) * 60_000
    assert [notice["kind"] for notice in state["notices"]] == ["schedule"]
    page.get_by_role("button", name=f"发送通知：{FIRST_BATCH}").press("Enter")
    dialog.get_by_label("通知内容").fill("请在座位上等待")
    dialog.get_by_label("原因").fill("告知延期")
    dialog.get_by_role("button", name="确认").press("Enter")
    expect(dialog).to_have_count(0)
    assert laptop.get().json()["state"]["notices"][-1]["text"]["zh"] == "请在座位上等待"
    laptop.close()


def test_the_roster_shows_photos_and_what_the_face_check_says(page: Page) -> None:
    to(page, "名单与照片")
    rows = page.locator("table.roster tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("照片合格", timeout=30_000)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.face')].slice(0, 1).every((one) => one.naturalWidth > 0)"
    )
    assert violations(page) == []
    page.get_by_label("搜索").fill("林晓")
    expect(rows).to_have_count(1)


def test_questions_stay_sealed_until_the_start(page: Page, running: Running) -> None:
    to(page, "附件与试题")
    expect(page.get_by_text("已密封")).to_have_count(2)
    assert violations(page) == []
    assert "图书馆" not in page.content()
    running.clock.pass_ms(10 * 60_000)
    page.reload()
    page.get_by_role("button", name="查看试题 a").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("图书馆")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="查看试题 a")).to_be_focused()
    told = running.center.database.read(interviews.audits)[-1]
    assert (told.by, told.action) == ("周婷", "view_questions")


def test_policies_change_before_the_start_and_not_after(page: Page, running: Running) -> None:
    to(page, "项目规则")
    page.get_by_label("上传确认时限").fill("90")
    page.get_by_role("button", name="保存").press("Enter")
    page.get_by_role("dialog").get_by_label("原因").fill("网络条件差")
    assert violations(page) == []
    page.get_by_role("dialog").get_by_role("button", name="确认").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("上传确认时限")).to_have_value("90")
    told = running.center.database.read(interviews.audits)[-1]
    assert (told.action, told.project, told.reason) == ("policies", CODE, "网络条件差")
    running.clock.pass_ms(10 * 60_000)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("已有场次开考，不能再改")
    expect(page.get_by_label("上传确认时限")).to_be_disabled()
