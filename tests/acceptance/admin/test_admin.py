"""The administrators' pages as a whole: who may use them, the keyboard, the language, what stays after a reload."""

import pytest
from playwright.sync_api import Browser, Page, expect

from center import admin
from center.accounts.roles import Role
from center.store import accounts
from tests.acceptance.admin.conftest import sign_in
from tests.acceptance.pages.browsing import opened
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE
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


@pytest.mark.parametrize("width", [1366, 683])
def test_it_stays_inside_the_screen_in_both_languages(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    for language in ("English", "中文"):
        page.get_by_role("button", name=language).click()
        assert violations(page) == []
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0
