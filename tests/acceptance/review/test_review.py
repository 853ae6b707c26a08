"""A reviewer at Chromium: real H.264 footage of camera and screen, played side by side by center time."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from center.accounts.roles import Role
from domain.identity import Track
from tests.acceptance.pages.browsing import chromium, opened
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import Running, serving
from tests.support.candidates import Laptop, add_sample
from tests.support.center import Device
from tests.support.reels import GAP_MS, SECONDS, upload_runs
from tests.support.staffing import code_at, new_account

_SET = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A center that holds one candidate's camera and screen."""
    with serving(tmp_path / "center") as started:
        add_sample(started.center, tmp_path / "project")
        laptop = Laptop(started.url).log_in_by_hand(started.center)
        device = Device(started.url, laptop.granted["code"])
        for track in (Track.CAMERA, Track.SCREEN):
            upload_runs(device, track, tmp_path / "footage")
        device.close()
        laptop.close()
        yield started


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    """Signed in as a reviewer, at the session; fails when the console got an error of ours."""
    account = new_account(running.center, "王磊", Role.REVIEWER)
    with opened(browser, f"{running.url}/review") as one:
        one.get_by_label("账号").fill(account.name)
        one.get_by_label("密码").fill(account.password)
        one.get_by_label("动态口令").fill(code_at(account, running.clock.wall_ms()))
        one.get_by_label("动态口令").press("Enter")
        lines = one.locator("tbody tr").filter(has_not=one.locator("td:nth-child(3)", has_text=re.compile("^0$")))
        lines.first.locator("button").click()
        one.wait_for_selector("video")
        yield one


def times(page: Page) -> dict[str, float]:
    """Where each picture stands on its media clock, in seconds."""
    found: dict[str, float] = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('video')].map((v) => [v.dataset.track, v.currentTime]))"
    )
    return found


def test_pictures_play_together_and_stop_together(page: Page) -> None:
    page.get_by_role("button", name="播放").click()
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((v) => v.currentTime > 1.2)")
    page.get_by_role("button", name="暂停").click()
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((v) => v.paused)")
    page.wait_for_function(
        "() => { const t = [...document.querySelectorAll('video')].map((v) => v.currentTime);"
        " return Math.abs(t[0] - t[1]) < 0.1; }"
    )
    assert violations(page) == []


def test_a_gap_is_shown_and_what_follows_it_is_found(page: Page) -> None:
    scrub = page.get_by_label("时间", exact=True)
    first = int(scrub.get_attribute("min") or "0")
    scrub.evaluate(_SET, first + SECONDS * 1000 + GAP_MS // 2)
    expect(page.locator(".note")).to_have_text(["缺失：画面停滞"] * 2)
    scrub.evaluate(_SET, first + SECONDS * 1000 + GAP_MS + 1000)
    expect(page.locator(".note")).to_have_count(0)
    page.wait_for_function(
        "(wanted) => [...document.querySelectorAll('video')].every((v) => Math.abs(v.currentTime - wanted) < 0.2)",
        arg=SECONDS + 1,
    )
    assert set(times(page)) == {"camera", "screen"}


def test_keys_move_and_a_mark_is_kept_where_it_was_made(page: Page) -> None:
    page.get_by_role("button", name="播放").focus()
    scrub = page.get_by_label("时间", exact=True)
    first = int(scrub.get_attribute("min") or "0")
    page.keyboard.press("ArrowRight")
    expect(scrub).to_have_value(str(first + 5000))
    page.get_by_label("在此刻做标记").fill("画面外有人")
    page.get_by_label("在此刻做标记").press("Enter")
    expect(page.locator(".timeline li", has_text="画面外有人")).to_contain_text("王磊")
    page.get_by_label("我的结论").select_option("suspicious")
    page.get_by_role("button", name="提交结论").click()
    expect(page.get_by_text("王磊：存疑")).to_be_visible()


def test_it_stays_inside_the_screen_and_tells_no_name(page: Page) -> None:
    for language in ("English", "中文"):
        page.get_by_role("button", name=language).click()
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0
        assert violations(page) == []
        assert "林晓" not in page.content()
        assert "20260001" not in page.content()
