"""The dashboard as support sees it: real center, real requests of candidates' programs, Chromium."""

import csv
import io
import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from center.accounts.desk import NewAccount
from center.accounts.roles import Role
from center.store import interviews
from tests.acceptance.staff.conftest import sign_in
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, Laptop, stamp
from tests.support.staffing import code_at, new_account
from web.build import WEB, install_modules

_AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    install_modules()
    page.evaluate((WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", _AXE)
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]
    ]


def ask_help(laptop: Laptop, text: str) -> None:
    order = {"id": str(uuid.uuid4()), "stage": "login", "text": text, "at": stamp()}
    assert laptop.post("/help", order).status_code == 200


def test_a_wrong_code_is_told_and_the_right_one_lets_in(page: Page, running: Running, account: NewAccount) -> None:
    assert violations(page) == []
    page.get_by_label("账号").fill(account.name)
    page.get_by_label("密码").fill(account.password)
    page.get_by_label("动态口令").fill("000000")
    page.get_by_label("动态口令").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("账号、密码或动态口令不正确")
    page.get_by_label("动态口令").fill(code_at(account, running.clock.wall_ms()))
    page.get_by_label("动态口令").press("Enter")
    expect(page.get_by_role("region", name="考生列表")).to_be_visible()
    page.reload()
    expect(page.get_by_role("region", name="考生列表")).to_be_visible()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("密码")).to_be_visible()


def test_a_call_for_help_comes_by_itself_is_taken_and_answered(
    page: Page, running: Running, account: NewAccount
) -> None:
    sign_in(page, running, account)
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    assert laptop.heartbeat(stage="login").status_code == 200
    ask_help(laptop, "摄像头没有画面")
    first = page.locator("tr.line").first
    expect(first).to_contain_text("求助")
    expect(first).to_contain_text(laptop.number)
    expect(page).to_have_title(re.compile(r"^\(1\)"))
    expect(page.locator(".tile", has_text="求助").locator("b")).to_have_text("1")
    first.locator("button").click()
    person = page.get_by_role("complementary", name="考生")
    expect(person).to_contain_text("摄像头没有画面")
    assert violations(page) == []
    person.get_by_role("button", name="认领").click()
    expect(person).to_contain_text("认领：张敏")
    expect(page).to_have_title("考务平台")
    person.get_by_label("答复").fill("请点击刷新设备")
    person.get_by_label("答复").press("Enter")
    expect(person).to_contain_text("张敏: 请点击刷新设备")
    assert laptop.get("/help").json()["help"][0]["answer"] == "请点击刷新设备"
    laptop.close()


def test_an_act_asks_for_a_reason_and_is_done(page: Page, running: Running, account: NewAccount) -> None:
    sign_in(page, running, account)
    page.locator("tr.line button").first.click()
    page.get_by_role("button", name="人工登录").click()
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("dialog")).to_be_visible()  # no reason, nothing done
    page.get_by_label("原因").fill("已视频核对证件")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("complementary", name="考生")).to_contain_text("已准予：人工登录")
    done = running.center.database.read(lambda db: interviews.audits(db))
    assert [(entry.by, entry.reason) for entry in done if entry.action == "admit_login"] == [("张敏", "已视频核对证件")]


def test_counters_filter_search_finds_and_the_table_is_exported(
    page: Page, running: Running, account: NewAccount
) -> None:
    sign_in(page, running, account)
    lines = page.locator("tr.line")
    lines.nth(1).wait_for()
    everybody = lines.count()
    assert everybody > 1
    page.get_by_label("搜索").fill("林晓")
    expect(lines).to_have_count(1)
    with page.expect_download() as got:
        page.get_by_role("button", name="导出表格").click()
    text = got.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["姓名"] for row in rows] == ["林晓"]
    page.get_by_label("搜索").fill("")
    expect(lines).to_have_count(everybody)
    page.locator(".tile", has_text="上传成功").click()
    expect(page.get_by_text("没有符合条件的考生")).to_be_visible()


def test_a_cut_line_is_told_and_mended(page: Page, running: Running, account: NewAccount) -> None:
    sign_in(page, running, account)
    page.context.set_offline(True)
    page.evaluate("() => window.stop()")
    expect(page.get_by_role("status")).to_contain_text("连接中断")
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text("秒前更新", timeout=15_000)


@pytest.mark.parametrize("width", [1366, 683])
def test_it_stays_inside_the_screen_in_both_languages(
    page: Page, running: Running, account: NewAccount, width: int
) -> None:
    sign_in(page, running, account)
    page.set_viewport_size({"width": width, "height": 768})
    for language in ("English", "中文"):
        page.get_by_role("button", name=language).click()
        assert violations(page) == []
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0


def test_a_reviewer_sees_no_dashboard(page: Page, running: Running) -> None:
    reviewer = new_account(running.center, "王磊", Role.REVIEWER)
    page.get_by_label("账号").fill(reviewer.name)
    page.get_by_label("密码").fill(reviewer.password)
    page.get_by_label("动态口令").fill(code_at(reviewer, running.clock.wall_ms()))
    page.get_by_label("动态口令").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("没有实时监看")
    assert CODE not in page.content()
