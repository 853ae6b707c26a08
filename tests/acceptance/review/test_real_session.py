"""A session made by the real recorder, sync daemon and phone page, reviewed: in step, receipted, without a name."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from bench.filmed import filmed
from bench.review_sync import look
from bench.reviewpage import bounds, go_to, open_session, settled
from bench.setting import Setting
from bench.timecode import SPAN_MS
from tests.acceptance.staff.test_dashboard import violations
from zhishi.sample import FIRST_NUMBER

NAME = "林晓"
SECONDS = 16
CLOSE_MS = 1500  # what is of one moment and what is not; how close it is, is measured by `make bench ONLY=review-sync`


@pytest.mark.drill
@pytest.mark.timeout(400)
def test_what_was_filmed_at_one_moment_is_shown_at_one_moment(tmp_path: Path) -> None:
    setting = Setting(tmp_path, True, 1, os.environ, lambda _: None)
    with filmed(setting, SECONDS) as there:
        page = there.reviewer()
        told: list[str] = []

        def keep(answer: Response) -> None:
            told.append(f"{answer.url} {answer.headers}")
            if "json" in answer.headers.get("content-type", "") or "mpegurl" in answer.headers.get("content-type", ""):
                told.append(answer.text())

        page.on("response", keep)
        open_session(page)
        expect(page.locator("video")).to_have_count(3)
        expect(page.get_by_text("数据接收回执已于")).to_be_visible()
        expect(page.locator(".chains li")).to_have_count(3)
        expect(page.locator(".chains li.bad")).to_have_count(0)
        go_to(page, bounds(page)[1] - 12_000)
        settled(page)
        page.get_by_role("button", name="播放").click()
        seen = look(page)
        for _ in range(40):  # a busy machine leaves gaps: somewhere all three have a picture
            if len(seen) == 3:
                break
            page.wait_for_timeout(250)
            seen = look(page)
        assert set(seen) == {"camera", "screen", "companion"}
        for track in ("screen", "companion"):
            off = (seen["camera"] - seen[track] + SPAN_MS // 2) % SPAN_MS - SPAN_MS // 2
            assert abs(off) < CLOSE_MS, (track, off)
        assert violations(page) == []
        with page.expect_download() as downloading:
            page.get_by_role("link", name="佐证").click()
        told.append(downloading.value.suggested_filename)
        whole = "\n".join([*told, page.content()])
        assert NAME not in whole
        assert FIRST_NUMBER not in whole
