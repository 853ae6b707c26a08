"""A center with the sample project, and an administrator signed in at Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from center.accounts.desk import NewAccount
from center.accounts.roles import Role
from tests.acceptance.pages.browsing import chromium, opened
from tests.integration.center.conftest import Running, serving
from tests.support.candidates import add_sample
from tests.support.staffing import code_at, new_account


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A center with the sample project; its clock stands still until it is moved."""
    with serving(tmp_path / "center") as started:
        add_sample(started.center, tmp_path / "project")
        yield started


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    """The administrators' pages, an administrator signed in."""
    with opened(browser, f"{running.url}/admin") as one:
        sign_in(one, running, new_account(running.center, "周婷", Role.ADMINISTRATOR))
        one.get_by_role("navigation", name="管理事项").wait_for()
        yield one


def sign_in(page: Page, running: Running, account: NewAccount) -> None:
    """As a person does."""
    page.get_by_label("账号").fill(account.name)
    page.get_by_label("密码").fill(account.password)
    page.get_by_label("动态口令").fill(code_at(account, running.clock.wall_ms()))
    page.get_by_label("动态口令").press("Enter")
