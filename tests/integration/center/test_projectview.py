"""A project as administrators see and change it: schedule, roster with photos, papers, sealed questions, policies."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from center.accounts.roles import Role
from center.store import interviews, projects
from domain.stage import MINUTE_MS
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, FIRST_BATCH, SECOND_BATCH, Laptop, add_sample, photo
from tests.support.staffing import Browser, new_account

AT = f"/administration/projects/{CODE}"
POLICIES = {"hotline": "400-111-1111", "window_minutes": 90, "companion_required": True, "show_name": True}


@pytest.fixture
def start_ms(running: Running, tmp_path: Path) -> int:
    return add_sample(running.center, tmp_path / "project")


@contextmanager
def signed_in(running: Running, name: str, role: Role) -> Iterator[Browser]:
    one = Browser(running.url)
    assert one.sign_in(new_account(running.center, name, role), running.clock.wall_ms()).status_code == 200
    yield one
    one.close()


@pytest.fixture
def browser(running: Running, start_ms: int) -> Iterator[Browser]:
    with signed_in(running, "周婷", Role.ADMINISTRATOR) as one:
        yield one


def go_to(running: Running, at_ms: int) -> None:
    running.clock.pass_ms(at_ms - running.clock.wall_ms())


def last_audit(running: Running) -> tuple[str, str, str, dict[str, object]]:
    row = running.center.database.read(interviews.audits)[-1]
    return row.by, row.action, row.reason, json.loads(row.detail)


def test_a_project_is_told_with_its_batches_and_papers(running: Running, browser: Browser, start_ms: int) -> None:
    view = browser.get(AT).raise_for_status().json()
    assert (view["project"], view["practice"], view["rehearsal"]) == (CODE, True, False)
    first, second = view["batches"]
    assert (first["name"], first["start_ms"], first["phase"], first["candidates"]) == (FIRST_BATCH, start_ms, "door", 3)
    assert (second["phase"], second["candidates"]) == ("before", 2)
    assert len(view["attachments"]) == 2
    assert "wait" in view["phrases"]
    assert browser.get("/administration/projects/NOBODY").json()["code"] == "project_unknown"


def test_a_batch_is_postponed_extended_and_told(running: Running, browser: Browser, start_ms: int) -> None:
    laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
    at = f"{AT}/batches/{FIRST_BATCH}"
    moved = start_ms + 4 * MINUTE_MS
    assert browser.post(f"{at}/postpone", {"start_ms": moved, "reason": ""}).status_code == 400
    assert browser.post(f"{at}/postpone", {"start_ms": 1, "reason": "电力故障"}).status_code == 400
    assert browser.post(f"{at}/postpone", {"start_ms": moved, "reason": "电力故障"}).status_code == 200
    by, action, reason, detail = last_audit(running)
    assert (by, action, reason, detail["before"], detail["after"]) == ("周婷", "postpone", "电力故障", start_ms, moved)
    assert browser.post(f"{at}/tell", {"text": "请耐心等待", "reason": "安抚"}).status_code == 200
    state = laptop.get().json()["state"]
    assert state["schedule"]["start_ms"] == moved
    assert [notice["kind"] for notice in state["notices"]] == ["schedule", "broadcast"]
    assert laptop.enter().status_code == 200
    go_to(running, moved)
    assert browser.post(f"{at}/postpone", {"start_ms": moved + MINUTE_MS, "reason": "再等"}).status_code == 400
    assert browser.post(f"{at}/tell", {"text": "随便说", "reason": "试"}).json()["code"] == "bad_input"
    assert browser.post(f"{at}/tell", {"text": "wait", "reason": "安抚"}).status_code == 200
    answer_ms = laptop.get().json()["state"]["schedule"]["answer_ms"]
    assert browser.post(f"{at}/extend", {"minutes": 5, "reason": "停电"}).status_code == 200
    assert laptop.get().json()["state"]["schedule"]["answer_ms"] == answer_ms + 5 * MINUTE_MS
    assert browser.get(AT).json()["batches"][0]["phase"] == "running"
    laptop.close()


def test_no_word_of_a_question_before_the_start(running: Running, browser: Browser, start_ms: int) -> None:
    (first, second) = browser.get(AT).json()["question_sets"]
    assert (first["name"], first["count"], first["sealed"], first["opens_ms"]) == ("a", 3, True, start_ms)
    assert second["batches"] == [SECOND_BATCH]
    go_to(running, start_ms - 1)
    sealed = browser.get(f"{AT}/questions/a")
    assert (sealed.status_code, sealed.json()["code"]) == (403, "questions_sealed")
    assert "图书馆" not in browser.get(AT).text + sealed.text
    go_to(running, start_ms)
    told = browser.get(f"{AT}/questions/a").raise_for_status().json()["questions"]
    assert "图书馆" in told[0]["text"]
    assert last_audit(running)[:2] == ("周婷", "view_questions")
    assert browser.get(f"{AT}/questions/b").json()["code"] == "questions_sealed"
    assert browser.get(f"{AT}/questions/none").json()["code"] == "questions_missing"


def test_a_set_that_another_batch_still_waits_for_stays_sealed(
    running: Running, browser: Browser, start_ms: int
) -> None:
    def same_set(db: object) -> None:
        row = projects.batch(db, CODE, SECOND_BATCH)  # type: ignore[arg-type]
        assert row is not None
        row.question_set = "a"
        projects.keep(db, row)  # type: ignore[arg-type]

    running.center.database.write(same_set)
    go_to(running, start_ms)
    assert browser.get(f"{AT}/questions/a").json()["code"] == "questions_sealed"
    assert [one["sealed"] for one in browser.get(AT).json()["question_sets"]] == [True]


def test_the_roster_with_photos_and_what_the_face_check_says(running: Running, browser: Browser) -> None:
    rows = browser.get(f"{AT}/roster").raise_for_status().json()["rows"]
    assert [(row["number"], row["batch"]) for row in rows[:1]] == [("20260001", FIRST_BATCH)]
    assert last_audit(running)[:2] == ("周婷", "view_roster")
    at = f"{AT}/roster/{rows[0]['session']}"
    picture = browser.get(f"{at}/photo")
    assert (picture.content, picture.headers["content-type"]) == (photo(), "image/jpeg")
    assert picture.headers["x-content-type-options"] == "nosniff"
    look = browser.get(f"{at}/photo-check").raise_for_status().json()
    assert (look["ok"], look["faces"]) == (True, 1)
    assert look["sharpness"] > 0
    assert browser.get(f"{AT}/roster/nobody/photo").json()["code"] == "bad_input"
    assert (
        browser.get(f"/administration/projects/OTHER/roster/{rows[0]['session']}/photo").json()["code"] == "bad_input"
    )
    paper = browser.get(f"{AT}/attachments/{browser.get(AT).json()['attachments'][0]['id']}")
    assert paper.headers["content-disposition"] == "attachment"
    assert browser.get(f"{AT}/attachments/none").json()["code"] == "attachment_unknown"


def test_policies_change_with_a_reason_until_the_first_start(running: Running, browser: Browser, start_ms: int) -> None:
    assert browser.get(AT).json()["policies"]["editable"] is True
    assert browser.post(f"{AT}/policies", {**POLICIES, "reason": ""}).status_code == 400
    assert browser.post(f"{AT}/policies", {**POLICIES, "hotline": " ", "reason": "更正"}).status_code == 400
    assert browser.post(f"{AT}/policies", {**POLICIES, "reason": "更正"}).status_code == 200
    now = browser.get(AT).json()["policies"]
    assert (now["hotline"], now["window_ms"], now["companion_required"]) == ("400-111-1111", 90 * MINUTE_MS, True)
    by, action, reason, detail = last_audit(running)
    assert (by, action, reason) == ("周婷", "policies", "更正")
    assert detail["before"] == {
        "hotline": "400-000-0000",
        "window_ms": 60 * MINUTE_MS,
        "companion_required": False,
        "show_name": False,
    }
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    assert laptop.get().json()["state"]["session"]["window_ms"] == 90 * MINUTE_MS
    go_to(running, start_ms)
    assert browser.get(AT).json()["policies"]["why_not"]["zh"] == "已有场次开考，不能再改"
    refused = browser.post(f"{AT}/policies", {**POLICIES, "window_minutes": 30, "reason": "更正"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_input")
    laptop.close()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.REVIEWER])
def test_nobody_else_may_see_or_do_any_of_it(running: Running, browser: Browser, role: Role) -> None:
    session = browser.get(f"{AT}/roster").json()["rows"][0]["session"]
    batch = f"{AT}/batches/{FIRST_BATCH}"
    reads = ["", "/roster", f"/roster/{session}/photo", f"/roster/{session}/photo-check", "/questions/a"]
    acts = [
        (f"{batch}/postpone", {"start_ms": 2_000_000_000_000, "reason": "x"}),
        (f"{batch}/extend", {"minutes": 5, "reason": "x"}),
        (f"{batch}/tell", {"text": "wait", "reason": "x"}),
        (f"{AT}/policies", {**POLICIES, "reason": "x"}),
    ]
    with signed_in(running, "张敏", role) as other:
        answers = [other.get(f"{AT}{path}") for path in reads] + [other.post(path, order) for path, order in acts]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "not_allowed")}
    browser.csrf = "0" * 64
    assert {browser.post(path, order).json()["code"] for path, order in acts} == {"not_allowed"}
    assert {httpx.get(f"{browser.http.base_url}{(AT + path)[1:]}").status_code for path in reads} == {401}
    assert browser.get(AT).json()["policies"]["hotline"] == "400-000-0000"
