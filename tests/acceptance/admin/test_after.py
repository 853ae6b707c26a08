"""The administrators' pages after the day, on a center filled by real sessions: read and acted on by keyboard."""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from center import closing, publishing
from center.accounts.desk import NewAccount
from center.accounts.roles import Role
from center.staff import Actor
from center.store import interviews
from domain.causes import Cause
from domain.publication import DAY_MS
from tests.acceptance.admin.conftest import sign_in
from tests.acceptance.pages.browsing import opened
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import Running, serving
from tests.support.afterday import ABSENT, CODE, CONFIRMED, EVIL, LATE, LOST, TELEPHONE, Day
from tests.support.publishing import FIRST, SECOND
from tests.support.staffing import new_account

SECTIONS = {
    "publication": "公布成绩",
    "keeping": "保存与删除",
    "closures": "缺失说明结案",
    "completion": "完成台账",
    "absentees": "缺考",
    "unfinished": "未收齐",
    "incidents": "事件报告",
    "consents": "同意记录",
    "access": "访问记录",
}


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with serving(tmp_path / "center") as running:
        made = Day(running, tmp_path / "project")
        yield made
        made.close()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day for those who only read; one closure waits for its second person."""
    folder = tmp_path_factory.mktemp("standing")
    with serving(folder / "center") as running:
        made = Day(running, folder / "project")
        new_account(running.center, FIRST, Role.ADMINISTRATOR)
        proposal = Actor(FIRST, "硬盘损坏", running.clock.wall_ms())
        closing.propose(running.center.database, made.session(LOST), Cause.SYSTEM, proposal)
        yield made
        made.close()


@pytest.fixture
def reading(browser: Browser, standing: Day) -> Iterator[Page]:
    """An administrator who only reads."""
    account = new_account(standing.running.center, f"读者{uuid.uuid4().hex[:6]}", Role.ADMINISTRATOR)
    with opened(browser, f"{standing.running.url}/admin#publication") as one:
        enter(one, standing.running, account)
        yield one


@pytest.fixture
def accounts(day: Day) -> dict[str, NewAccount]:
    return {name: new_account(day.running.center, name, Role.ADMINISTRATOR) for name in (FIRST, SECOND)}


@pytest.fixture
def page(browser: Browser, day: Day, accounts: dict[str, NewAccount]) -> Iterator[Page]:
    """The first administrator, the sample project chosen."""
    with opened(browser, f"{day.running.url}/admin#publication") as one:
        enter(one, day.running, accounts[FIRST])
        yield one


def enter(page: Page, running: Running, account: NewAccount) -> None:
    sign_in(page, running, account)
    page.get_by_role("navigation", name="管理事项").wait_for()


def go(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="管理事项").get_by_role("link", name=SECTIONS[section], exact=True).press(
        "Enter"
    )
    expect(page.get_by_role("heading", level=1, name=SECTIONS[section])).to_be_focused()
    expect(page.locator("main.section [aria-busy]")).to_have_count(0)


def give_reason(page: Page, words: str, button: str) -> None:
    """By keyboard: the dialog has the focus, Tab leads through it."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(words)
    dialog.get_by_role("button", name=button, exact=True).press("Enter")
    expect(dialog).to_have_count(0)


def test_results_are_published_by_two_and_the_page_says_how_far_it_is(
    browser: Browser, page: Page, day: Day, accounts: dict[str, NewAccount]
) -> None:
    main = page.get_by_role("main")
    expect(main.get_by_role("status")).to_contain_text("尚未公布")
    expect(main).to_contain_text("还有 2 场没有收齐")
    main.get_by_role("button", name="提出公布").press("Enter")
    give_reason(page, "公告 2026-11 号", "提出")
    expect(main).to_contain_text("须由另一名管理员确认")
    expect(main.get_by_role("button", name="确认公布")).to_have_count(0)
    assert violations(page) == []
    with opened(browser, f"{day.running.url}/admin#publication") as other:
        enter(other, day.running, accounts[SECOND])
        theirs = other.get_by_role("main")
        expect(theirs).to_contain_text("公告 2026-11 号")
        theirs.get_by_role("button", name="确认公布").press("Enter")
        other.get_by_role("dialog").get_by_role("button", name="确认公布", exact=True).press("Enter")
        expect(theirs.get_by_role("status")).to_contain_text("申诉期内")
        assert violations(other) == []
    page.reload()
    main.get_by_role("button", name="撤回").press("Enter")
    give_reason(page, "考生申诉", "撤回")
    expect(main.get_by_role("status")).to_contain_text("已撤回")


def test_what_is_due_is_deleted_after_a_reason_and_a_hold_keeps_one(
    page: Page, day: Day, accounts: dict[str, NewAccount]
) -> None:
    running, now = day.running, day.running.clock.wall_ms()
    publishing.propose(running.center.database, CODE, Actor(FIRST, "公告", now))
    publishing.confirm(running.center.database, CODE, Actor(SECOND, "", now))
    go(page, "keeping")
    main = page.get_by_role("main")
    expect(main.get_by_role("status")).to_contain_text("没有到期")
    expect(main.get_by_role("row", name=CONFIRMED)).to_contain_text("申诉期未满")
    expect(main.get_by_role("row", name=LATE)).to_contain_text("尚无回执")
    running.clock.pass_ms((7 + 730) * DAY_MS)
    page.reload()
    enter(page, running, accounts[FIRST])
    expect(main.get_by_role("status")).to_contain_text("3 场已到期")
    assert violations(page) == []
    main.get_by_role("button", name=f"保全 {ABSENT}").press("Enter")
    give_reason(page, "身份存疑", "保全")
    expect(main.get_by_role("row", name=ABSENT)).to_contain_text("已保全")
    main.get_by_role("button", name="删除到期的 2 场").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("不能恢复")
    give_reason(page, "保存期满", "永久删除")
    expect(main.get_by_role("row", name=CONFIRMED)).to_contain_text("已删除")
    expect(main.get_by_role("status")).to_contain_text("没有到期")
    done = [row.action for row in running.center.database.read(interviews.audits)]
    assert done.count("evidence_deleted") == 2


def test_a_session_is_closed_with_loss_by_two_and_counts_as_that(
    browser: Browser, page: Page, day: Day, accounts: dict[str, NewAccount]
) -> None:
    go(page, "closures")
    main = page.get_by_role("main")
    main.get_by_role("button", name="提出结案").press("Enter")
    dialog = page.get_by_role("dialog")
    assert violations(page) == []
    dialog.get_by_label("考生").select_option(label=f"{LOST} 𠮷䶮 · 第一场")
    dialog.get_by_label("原因类别").select_option("system")
    dialog.get_by_label("缺失了什么").fill("硬盘损坏，送修无法恢复")
    dialog.get_by_role("button", name="提出", exact=True).press("Enter")
    expect(main.get_by_role("listitem")).to_contain_text("等待第二人确认")
    expect(main.get_by_role("button", name="确认结案")).to_have_count(0)
    now = day.running.clock.wall_ms()
    closing.confirm(
        day.running.center.database, day.running.center.keys, day.session(LOST), Actor(SECOND, "已核对", now)
    )
    page.reload()
    expect(main.get_by_role("listitem")).to_contain_text("已结案")
    assert violations(page) == []
    with page.expect_download() as got:
        main.get_by_role("link", name="下载已签名的结案说明").press("Enter")
    assert got.value.path().read_text().count(".") == 2
    go(page, "completion")
    expect(main.get_by_role("row").filter(has_text=LOST)).to_contain_text("缺失说明结案")


def test_every_ledger_is_read_and_exported(reading: Page) -> None:
    page = reading
    main = page.get_by_role("main")
    for section in ("completion", "absentees", "unfinished", "incidents", "consents", "access"):
        go(page, section)
        assert violations(page) == [], section
    go(page, "unfinished")
    with page.expect_download() as got:
        main.get_by_role("link", name="导出表格").press("Enter")
    assert got.value.suggested_filename == f"{CODE}-unfinished.csv"
    rows = list(csv.DictReader(io.StringIO(got.value.path().read_text(encoding="utf-8-sig"))))
    assert {row["准考证号"] for row in rows} == {LATE, LOST}
    assert rows[0]["姓名"] == "'" + EVIL
    go(page, "consents")
    page.get_by_label("准考证号").fill(CONFIRMED)
    page.get_by_label("准考证号").press("Enter")
    expect(main.get_by_text("2 条")).to_be_visible()
    go(page, "access")
    expect(main.get_by_role("region", name="访问记录")).to_contain_text("ledger")


def test_support_finds_the_same_lists_on_its_page(browser: Browser, standing: Day) -> None:
    with opened(browser, f"{standing.running.url}/staff") as page:
        sign_in(page, standing.running, new_account(standing.running.center, "张敏", Role.SUPPORT))
        page.locator("details.after summary").press("Enter")
        panel = page.locator("details.after")
        expect(panel.get_by_role("row").filter(has_text=LATE)).to_contain_text(TELEPHONE)
        expect(panel.get_by_role("row").filter(has_text=ABSENT)).to_be_visible()
        expect(panel.get_by_role("button", name="提出结案")).to_be_visible()
        assert violations(page) == []
        expect(page.locator(".tile", has_text="上传成功").locator("b")).to_have_text("1")


def test_the_sections_stay_inside_the_screen_in_both_languages(reading: Page) -> None:
    page = reading
    for width, language in ((1366, "English"), (683, "中文")):
        page.set_viewport_size({"width": width, "height": 768})
        page.get_by_role("button", name=language).click()
        for section in SECTIONS:
            page.evaluate(f"() => {{ location.hash = '{section}' }}")
            expect(page.locator("main.section [aria-busy]")).to_have_count(0)
            over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, (section, language)
            if section == "incidents":
                words = "network lost" if language == "English" else "网络中断"
                expect(page.get_by_role("region", name=re.compile("Incidents|事件报告"))).to_contain_text(words)
