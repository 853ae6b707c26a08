"""One candidate's way through the center: login, attachments, pledge, entering, questions, end."""

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from center import staff
from center.store import interviews
from center.store.candidates import PermissionKind
from domain import pack, readout
from domain.errors import BadInput, StorageError
from domain.signature import CenterKeys
from domain.stage import MINUTE_MS
from domain.wire.center import API
from domain.wire.interview import TIME_TYP, InterviewView, PackBody
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, FIRST_BATCH, Laptop, actor, add_sample, allow, stamp
from tests.support.center import Device


@pytest.fixture
def start_ms(running: Running, tmp_path: Path) -> int:
    return add_sample(running.center, tmp_path / "project")


@pytest.fixture
def laptop(running: Running, start_ms: int) -> Iterator[Laptop]:
    made = Laptop(running.url).log_in_by_hand(running.center)
    yield made
    made.close()


def to_start(running: Running, start_ms: int, after_ms: int = 0) -> None:
    running.clock.pass_ms(start_ms + after_ms - running.clock.wall_ms())


def test_what_everybody_may_know(running: Running, start_ms: int) -> None:
    laptop = Laptop(running.url)
    body = laptop.http.get(f"{API}/projects/shili-2026 ").json()
    assert (body["project"], body["hotline"]) == (CODE, "400-000-0000")
    assert body["batches"][0] == {"name": FIRST_BATCH, "start_ms": start_ms}
    assert "人脸" not in body["title"]
    assert "面部图像" in body["consent"]["text"]["zh"]
    assert laptop.http.get(f"{API}/projects/NOBODY").json()["code"] == "project_unknown"
    laptop.close()


def test_the_whole_way(running: Running, laptop: Laptop, start_ms: int) -> None:
    view = InterviewView.model_validate(laptop.get().json())
    assert (view.number, view.name) == ("20260001", "林晓")
    assert len(view.support_code) == 8
    assert view.support_code.isdigit()
    for entry in view.attachments:
        answer = laptop.get(f"/attachments/{entry.id}")
        assert hashlib.sha256(answer.content).hexdigest() == entry.sha256
        assert answer.headers["Content-Type"].startswith(entry.media_type)
    early = laptop.enter()
    assert (early.status_code, early.json()["code"]) == (409, "stage_closed")
    assert "2 份附件" in early.json()["detail"]
    laptop.prepare()
    entered = laptop.enter()
    assert entered.status_code == 200
    assert laptop.enter().json()["entered_ms"] == entered.json()["entered_ms"]
    body = PackBody.model_validate(entered.json()["pack"])
    for path in ("/questions", f"/questions/key?pack={body.id}"):
        sealed = laptop.get(path)
        assert (sealed.status_code, sealed.json()["code"]) == (403, "questions_sealed")
    to_start(running, start_ms)
    questions = laptop.get("/questions").json()["questions"]
    assert len(questions) == 3
    key = laptop.get(f"/questions/key?pack={body.id}").json()["key"]
    assert [question.model_dump() for question in pack.open_with_key(body, key)] == questions
    code = staff.release(running.center.database, CODE, laptop.number, actor(running.center))
    assert pack.key_from_release(body, code.lower().replace("-", " ")) == key
    running.clock.pass_ms(5_000)
    said = laptop.heartbeat(facts={"questions_shown": stamp(running.clock.wall_ms() - 1000)}).json()
    assert said["state"]["facts"]["questions_shown_ms"] == start_ms + 4_000
    ended = laptop.post("/end", {"center_ms": 1, "center_est": False, "boot_id": "b", "boot_ns": "1"})
    assert ended.json()["facts"]["ended_ms"] == running.clock.wall_ms()
    assert laptop.get("/questions").json()["code"] == "stage_closed"


def test_the_code_makes_this_machine_a_device_of_the_session(running: Running, laptop: Laptop, start_ms: int) -> None:
    device = Device(running.url, laptop.granted["code"])
    assert device.session == laptop.granted["session"]
    assert device.facts["scheduled_end_ms"] == start_ms + 60_000 + 10 * MINUTE_MS + 20 * MINUTE_MS
    device.close()


def test_the_door(running: Running, start_ms: int, tmp_path: Path) -> None:
    running.clock.pass_ms(start_ms - 15 * MINUTE_MS - 1 - running.clock.wall_ms())
    laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
    early = laptop.enter()
    assert (early.status_code, early.json()["code"]) == (403, "enter_too_early")
    assert early.json()["detail"] == f"opens_at_ms={start_ms - 15 * MINUTE_MS}"
    to_start(running, start_ms)
    late = laptop.enter()
    assert (late.status_code, late.json()["code"]) == (403, "door_closed")
    assert laptop.get("/questions").json()["code"] == "stage_closed"
    allow(running.center, laptop.number, PermissionKind.ENTER_LATE)
    assert laptop.heartbeat().json()["state"]["facts"]["may_enter_late"] is True
    assert laptop.enter().status_code == 200
    assert laptop.get("/questions").status_code == 200
    laptop.close()


def test_a_heartbeat_answers_signed_time(running: Running, laptop: Laptop) -> None:
    nonce = uuid.uuid4().hex
    answer = laptop.heartbeat(nonce=nonce).json()
    keys = CenterKeys.from_dict(laptop.http.get(f"{API}/keys").json())
    claims = keys.check(answer["time"], TIME_TYP)
    assert claims == {
        "center_ms": running.clock.wall_ms(),
        "nonce": nonce,
        "session": laptop.granted["session"],
    }


def test_help_is_answered_and_sent_twice_is_asked_once(running: Running, laptop: Laptop, start_ms: int) -> None:
    request = str(uuid.uuid4())
    order = {"id": request, "text": "听不到声音", "at": stamp()}
    laptop.post("/help", order)
    assert len(laptop.post("/help", order).json()["help"]) == 1
    waiting = staff.open_help(running.center.database)
    assert [(row.number, row.text) for row in waiting] == [("20260001", "听不到声音")]
    to_start(running, start_ms)
    with pytest.raises(BadInput, match="set phrases"):
        staff.answer(running.center.database, request, "请重启电脑", actor(running.center))
    staff.answer(running.center.database, request, "wait", actor(running.center))
    assert "继续作答" in laptop.heartbeat().json()["state"]["help"][0]["answer"]
    assert staff.open_help(running.center.database) == []


def test_postponing_broadcasting_and_extending_reach_the_laptop(
    running: Running, laptop: Laptop, start_ms: int
) -> None:
    database, now = running.center.database, actor(running.center)
    staff.broadcast(database, CODE, FIRST_BATCH, "请提前准备好 A4 纸", now)
    staff.postpone(database, CODE, FIRST_BATCH, start_ms + 5 * MINUTE_MS, now)
    staff.extend(database, CODE, FIRST_BATCH, 2 * MINUTE_MS, now)
    state = laptop.heartbeat().json()["state"]
    assert state["schedule"]["start_ms"] == start_ms + 5 * MINUTE_MS
    assert state["schedule"]["answer_ms"] == 22 * MINUTE_MS
    assert [notice["kind"] for notice in state["notices"]] == ["broadcast", "schedule", "schedule"]
    to_start(running, start_ms)
    assert laptop.get("/questions").json()["code"] == "questions_sealed"
    to_start(running, start_ms, 5 * MINUTE_MS)
    with pytest.raises(BadInput, match="has begun"):
        staff.postpone(database, CODE, FIRST_BATCH, start_ms + 60 * MINUTE_MS, actor(running.center))


def test_entry_without_network(running: Running, laptop: Laptop, start_ms: int) -> None:
    check = laptop.get().json()["entry_check"]
    code = staff.entry_code(running.center.database, CODE, laptop.number, actor(running.center))
    assert readout.opens(code, pack.from_text(check["salt"]), pack.from_text(check["check"]))
    assert not readout.opens("0000-0000-0000-0000", pack.from_text(check["salt"]), pack.from_text(check["check"]))
    assert laptop.heartbeat().json()["state"]["facts"]["entered_ms"] == running.clock.wall_ms()


def test_events_go_on_the_timeline_once(running: Running, laptop: Laptop) -> None:
    event = {"id": str(uuid.uuid4()), "kind": "focus_lost", "at": stamp(), "data": {"seconds": 3, "窗口": "其他"}}
    assert laptop.post("/events", {"events": [event, event]}).json()["kept"] == 1
    assert laptop.post("/events", {"events": [event]}).json()["kept"] == 0
    big = {**event, "id": str(uuid.uuid4()), "data": {"x": "x" * 5000}}
    assert laptop.post("/events", {"events": [big]}).json()["code"] == "bad_input"
    rows = running.center.database.read(lambda db: interviews.timeline(db, laptop.granted["session"]))
    assert [row.kind for row in rows if row.source == "laptop"] == ["focus_lost"]


def test_a_binding_code_waits_for_the_phone(running: Running, laptop: Laptop) -> None:
    first = laptop.post("/bindings").json()
    second = laptop.post("/bindings").json()
    assert first["code"] != second["code"]
    secret = second["link"].partition("#")[2]
    assert len(pack.from_text(secret)) * 8 >= 50
    assert laptop.heartbeat().json()["state"]["binding"]["state"] == "waiting"
    running.clock.pass_ms(second["expires_ms"] - running.clock.wall_ms() + 1)
    assert laptop.heartbeat().json()["state"]["binding"]["state"] == "none"


def test_every_act_of_support_is_in_the_audit_for_good(running: Running, laptop: Laptop, start_ms: int) -> None:
    laptop.prepare().enter()
    to_start(running, start_ms)
    staff.release(running.center.database, CODE, laptop.number, actor(running.center, "no network"))
    rows = running.center.database.read(lambda db: interviews.audits(db, laptop.granted["session"]))
    assert [(row.by, row.action, row.reason) for row in rows] == [
        ("support", "admit_login", "because"),
        ("support", "release_code", "no network"),
    ]
    for change in ("UPDATE audit SET by = 'nobody'", "DELETE FROM audit"):
        with pytest.raises(StorageError, match="append-only"):
            running.center.database.write(lambda db, change=change: db.connection().exec_driver_sql(change))  # type: ignore[misc]


@pytest.mark.parametrize("path", ["", "/questions", "/questions/pack", "/questions/key?pack=x", "/help"])
def test_nothing_without_the_act_token(running: Running, start_ms: int, path: str) -> None:
    laptop = Laptop(running.url)
    laptop.act = "x" * 43
    answer = laptop.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "act_over")
    laptop.close()


def test_a_center_that_was_started_again_knows_everybody(serve: Serve, tmp_path: Path) -> None:
    with serve(tmp_path / "data") as running:
        add_sample(running.center, tmp_path / "project")
        laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
        entered = laptop.enter().json()
        laptop.close()
    with serve(tmp_path / "data") as running:
        again = Laptop(running.url)
        again.act = laptop.act
        assert again.enter().json()["entered_ms"] == entered["entered_ms"]
        assert again.get("/questions/pack").json() == entered["pack"]
        again.close()


def test_too_many_requests_are_told_to_come_back(serve: Serve, tmp_path: Path) -> None:
    with serve(asks_per_minute=5, help_most=2) as running:
        add_sample(running.center, tmp_path / "project")
        laptop = Laptop(running.url).log_in_by_hand(running.center)
        answers = [laptop.post("/help", {"id": str(uuid.uuid4()), "text": "?", "at": stamp()}) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200, 200, 503, 503, 503, 429]
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers[2:])
        laptop.close()
