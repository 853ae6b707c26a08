"""The administrators' pages as a whole: who may use them, the keyboard, the language, what stays after a reload."""

import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from center import admin
from center.accounts.roles import Role
from center.store import accounts
from tests.acceptance.admin.conftest import sign_in
from tests.acceptance.pages.browsing import opened
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, Laptop
from tests.support.staffing import new_account


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.REVIEWER])
def test_nobody_else_sees_them(browser: Browser, running: Running, role: Role) -> None:
    with opened(browser, f"{running.url}/admin") as page:
        sign_in(page, running, new_account(running.center, "张敏", role))
        expect(page.get_by_role("main")).to_contain_text("不能使用管理页面")
        assert CODE not in page.content()


def test_a_project_is_chosen_and_the_choice_outlives_a_reload(page: Page, running: Running) -> None:
    admin.create_project(running.center.database, "OTHER", "另一个项目", practice=False)
    page.reload()
    main = page.get_by_role("main")
    main.get_by_role("button", name="另一个项目").press("Enter")
    expect(page.get_by_label("面试项目", exact=True)).to_have_value("OTHER")
    main.get_by_role("button", name="示例").press("Enter")
    expect(page.get_by_label("面试项目", exact=True)).to_have_value(CODE)
    page.reload()
    expect(page.get_by_label("面试项目", exact=True)).to_have_value(CODE)
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("密码")).to_be_visible()


def test_a_sign_in_that_is_over_leads_back_to_the_form(page: Page, running: Running) -> None:
    running.center.database.write(lambda db: accounts.end_sign_ins_of(db, "周婷"))
    page.reload()
    expect(page.get_by_label("密码")).to_be_visible()


def test_the_center_and_the_day_before_are_read_by_everybody_and_by_keyboard(page: Page, running: Running) -> None:
    laptop = Laptop(running.url)
    laptop.begin(installation=str(uuid.uuid4()))  # one candidate's computer is known
    laptop.close()
    for section, heading in (("preflight", "平台自检"), ("readiness", "准备情况")):
        page.get_by_role("link", name=heading).press("Enter")
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_focused()
        rows = page.locator("table.list tbody tr")
        expect(rows.first).to_be_visible()
        assert violations(page) == [], section
        page.get_by_role("button", name="English").press("Enter")
        expect(page.get_by_role("columnheader", name="State" if section == "readiness" else "Verdict")).to_be_visible()
        assert violations(page) == [], section
        page.get_by_role("button", name="中文").press("Enter")
    seen = page.get_by_role("button", name="已安装 1")
    seen.press("Enter")
    expect(seen).to_have_attribute("aria-pressed", "true")
    expect(rows).to_have_count(1)
    assert violations(page) == []


@pytest.mark.parametrize("width", [1366, 683])
def test_it_stays_inside_the_screen_in_both_languages(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    for language in ("English", "中文"):
        page.get_by_role("button", name=language).click()
        assert violations(page) == []
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0
