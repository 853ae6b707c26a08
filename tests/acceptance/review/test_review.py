"""A reviewer at Chromium: camera, screen and phone played side by side by center time, by hand and by keyboard."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.reviewpage import STANDS, go_to
from center.accounts.roles import Role
from domain.identity import Track
from tests.acceptance.pages.browsing import chromium, opened
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import Running, serving
from tests.support.candidates import Laptop, add_sample, stamp
from tests.support.center import Device
from tests.support.clips import clip, length_of
from tests.support.phones import Phone
from tests.support.reels import GAP_MS, SECONDS, upload_runs
from tests.support.staffing import code_at, new_account

BEGIN_MS = 1_700_000_000_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A center that holds one candidate's camera, screen and phone; the phone's third segment is damaged."""
    with serving(tmp_path / "center") as started:
        add_sample(started.center, tmp_path / "project")
        laptop = Laptop(started.url).log_in_by_hand(started.center)
        device = Device(started.url, laptop.granted["code"])
        for track in (Track.CAMERA, Track.SCREEN):
            upload_runs(device, track, tmp_path / "footage")
        phone = Phone(started.url)
        phone.bind(laptop.post("/bindings").json()["link"])
        assert laptop.post("/companion/approve", {"device": phone.id}).status_code == 200
        phone.film(clip("webm", "red", 5), clip("webm", "blue", 5), b"no footage at all", clip("mp4", "green", 5))
        happen(laptop)
        phone.close()
        device.close()
        laptop.close()
        yield started


def happen(laptop: Laptop) -> None:
    """What a laptop tells while somebody answers; typed words name the candidate."""
    told = [(2000, "focus_lost", {"stage": "answering"}), (4000, "question_on_screen", {"number": 2}),
            (9500, "question_on_screen", {"number": 3}), (9600, "recording_disturbed", {"track": "林晓"})]  # fmt: skip
    events = [
        {"id": str(uuid.uuid4()), "kind": kind, "at": stamp(BEGIN_MS + at), "data": data} for at, kind, data in told
    ]
    assert laptop.post("/events", {"events": events}).status_code == 200


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


_TIMES = """(begin) => Object.fromEntries([...document.querySelectorAll('video')].map((video) =>
  [video.dataset.track, (Number(video.dataset.zero) - begin) / 1000 + video.currentTime]))"""
_SHOWS = f"""([begin, wanted]) => {{
  const stands = {STANDS};
  return Object.entries(wanted).every(([track, at]) =>
    stands(document.querySelector(`video[data-track=${{track}}]`), begin + at * 1000, 200));
}}"""


def times(page: Page) -> dict[str, float]:
    """Where each picture stands, in seconds of center time since the beginning."""
    found: dict[str, float] = page.evaluate(_TIMES, BEGIN_MS)
    return found


def scrub_to(page: Page, at_ms: int) -> None:
    go_to(page, BEGIN_MS + at_ms)


def shows(page: Page, **wanted: float) -> None:
    """Wait until each track shows its picture of this second."""
    page.wait_for_function(_SHOWS, arg=[BEGIN_MS, wanted])


def test_pictures_play_together_and_stop_together(page: Page) -> None:
    scrub_to(page, 3_500)
    shows(page, camera=3.5, screen=3.5, companion=3.5)
    page.get_by_role("button", name="播放").click()
    page.wait_for_function(f"(begin) => Object.values(({_TIMES})(begin)).every((at) => at > 5.7)", arg=BEGIN_MS)
    page.get_by_role("button", name="暂停").click()
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((v) => v.paused)")
    page.wait_for_function(
        f"(begin) => {{ const t = Object.values(({_TIMES})(begin)); return Math.max(...t) - Math.min(...t) < 0.1; }}",
        arg=BEGIN_MS,
    )
    assert set(times(page)) == {"camera", "screen", "companion"}
    assert violations(page) == []


def test_a_gap_is_shown_and_what_follows_it_is_found(page: Page) -> None:
    scrub_to(page, SECONDS * 1000 + GAP_MS // 2)
    expect(page.locator(".note")).to_have_text(["缺失：画面停滞"] * 2)
    shows(page, companion=7.5)
    scrub_to(page, SECONDS * 1000 + GAP_MS + 500)
    expect(page.locator(".note")).to_have_count(0)
    shows(page, camera=9.5, screen=9.5, companion=9.5)


def test_a_damaged_clip_is_named_and_the_next_one_plays(page: Page) -> None:
    scrub_to(page, 9_900)
    shows(page, companion=9.9)
    scrub_to(page, 12_000)
    note = page.locator("figure", has=page.locator("video[data-track=companion]")).locator(".note")
    expect(note).to_contain_text("这一段无法播放")
    page.get_by_role("button", name="播放").click()
    shows(page, companion=16)  # the phone's next file is another kind, and plays
    expect(note).to_have_count(0)


def test_everything_by_keyboard(page: Page) -> None:
    scrub = page.get_by_label("时间", exact=True)
    first = int(scrub.get_attribute("min") or "0")
    page.keyboard.press("ArrowRight")
    expect(scrub).to_have_value(str(first + 5000))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")  # back to where the second question began
    expect(scrub).to_have_value(str(BEGIN_MS + 4000))
    page.keyboard.press("n")
    expect(scrub).to_have_value(str(BEGIN_MS + 9500))
    page.keyboard.press("b")
    expect(scrub).to_have_value(str(BEGIN_MS + SECONDS * 1000))  # the gap
    page.keyboard.press("b")
    expect(scrub).to_have_value(str(BEGIN_MS + 2000))  # the incident
    before = times(page)["camera"]
    page.keyboard.press(".")
    page.wait_for_function(
        "(before) => Math.abs(document.querySelector('video').currentTime - before - 1 / 15) < 0.02", arg=before
    )
    page.keyboard.press("]")
    expect(page.get_by_label("速度")).to_have_value("1.5")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="暂停")).to_be_visible()
    page.keyboard.press(" ")
    page.keyboard.press("m")
    page.keyboard.type("画面外有人")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline li", has_text="画面外有人")).to_contain_text("王磊")
    page.get_by_label("我的结论").select_option("suspicious")
    page.get_by_role("button", name="提交结论").click()
    expect(page.get_by_text("王磊：存疑")).to_be_visible()
    assert times(page)["camera"] > before  # what is said does not begin the footage anew


def test_a_click_on_the_strip_goes_there(page: Page) -> None:
    box = page.locator(".scrub .field").bounding_box()
    assert box is not None
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    shows(page, camera=5, screen=5, companion=5)
    page.get_by_role("button", name="第 2 题").click()
    shows(page, camera=4, screen=4, companion=4)
    scrub_to(page, 15_500)  # past what is loaded ahead
    shows(page, companion=15.5)
    assert max(map(asked.count, asked)) <= 2, "nothing is asked for over and over"


def test_chains_are_told_in_words_and_a_track_is_downloaded_as_one_file(page: Page) -> None:
    expect(page.get_by_text("尚未签发数据接收回执")).to_be_visible()
    expect(page.get_by_text("电脑 · 摄像：7 环首尾衔接，4 段共 00:13，已申明缺失 1 处共 00:03")).to_be_visible()
    alias = page.locator("h1 .num").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="摄像").click()
    assert downloading.value.suggested_filename == f"{alias}-camera.mp4"
    assert length_of(downloading.value.path().read_bytes()) == (15.0, "")


def test_it_stays_inside_the_screen_and_tells_no_name(page: Page) -> None:
    page.get_by_label("不只是事件，全部显示").check()
    for language in ("English", "中文"):
        page.get_by_role("button", name=language).click()
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0
        assert violations(page) == []
        for secret in ("林晓", "20260001"):
            assert secret not in page.content()
