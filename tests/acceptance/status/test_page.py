"""The public status page: a center after a day of real sessions, Chromium as laptop and phone, no axe finding."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from center.store import candidates
from tests.acceptance.pages.browsing import chromium, opened
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import serving
from tests.support.afterday import ABSENT, CODE, CONFIRMED, LATE, Day
from tests.support.handing import bring_rest


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("status")
    with serving(folder / "center", login_failures=3) as running:
        made = Day(running, folder / "project")
        yield made
        made.close()


def code_of(day: Day, number: str) -> str:
    found = day.running.center.database.read(lambda db: candidates.by_number(db, CODE, number))
    assert found is not None
    return found.candidate.support_code


def ask(page: Page, number: str, code: str) -> None:
    page.get_by_label("准考证号").fill(number)
    page.get_by_label("服务码").fill(code)
    page.get_by_label("服务码").press("Enter")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_it_says_what_is_true_on_a_laptop_and_on_a_phone(browser: Browser, day: Day, size: tuple[int, int]) -> None:
    with opened(browser, f"{day.running.url}/status") as page:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == []
        ask(page, CONFIRMED, code_of(day, CONFIRMED))
        result = page.get_by_role("region", name="查询结果")
        expect(result).to_be_focused()
        expect(result).to_contain_text("上传成功")
        expect(result).to_contain_text("6 / 6 段")
        assert violations(page) == []
        ask(page, ABSENT, code_of(day, ABSENT))
        expect(result).to_contain_text("没有您进入面试的记录")
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0
        for secret in ("林晓", day.session(CONFIRMED), CODE):
            assert secret not in page.content()
        assert code_of(day, ABSENT) not in page.url


def test_late_is_told_with_whom_to_call_and_turns_by_itself(browser: Browser, day: Day) -> None:
    with opened(browser, f"{day.running.url}/status") as page:
        page.clock.install()
        ask(page, LATE, " ".join((code_of(day, LATE)[:4], code_of(day, LATE)[4:])))
        result = page.get_by_role("region", name="查询结果")
        expect(result).to_contain_text("已超过上传时限")
        expect(result).to_contain_text("电脑 the computer")
        expect(result.get_by_role("link", name="400-000-0000")).to_be_visible()
        device = day.devices[LATE]
        device.token = device.new_token()
        bring_rest(device, day.chains[LATE])
        page.clock.fast_forward(31_000)
        expect(result).to_contain_text("超时完成")


def test_a_wrong_code_is_told_kindly_and_guessing_has_to_wait(browser: Browser, day: Day) -> None:
    with opened(browser, f"{day.running.url}/status") as page:
        ask(page, ABSENT, "123")
        expect(page.get_by_role("alert")).to_contain_text("服务码是 8 位数字")
        wrong = f"{(int(code_of(day, ABSENT)) + 1) % 10**8:08}"
        for _ in range(3):
            ask(page, ABSENT, wrong)
            expect(page.get_by_role("alert")).to_contain_text("准考证号或服务码不正确")
            page.get_by_role("button", name="查询").wait_for()
        ask(page, ABSENT, code_of(day, ABSENT))
        expect(page.get_by_role("alert")).to_contain_text("输错次数太多")
        assert violations(page) == []


def test_the_page_is_there_without_signing_in(day: Day, tmp_path: Path) -> None:
    answer = httpx.get(f"{day.running.url}/status")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
