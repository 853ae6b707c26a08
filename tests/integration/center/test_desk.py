"""One candidate at the support desk: what is told of them, and the acts that need more than a permission."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from center.accounts.roles import Role
from center.deskacts import ACTS
from center.store import interviews
from domain.wire.center import API
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, Laptop, add_sample, photo
from tests.support.center import Device
from tests.support.phones import Phone
from tests.support.staffing import Browser, new_account
from zhishi.sample import FIRST_ID_NUMBER

WHY = {"reason": "because"}


@pytest.fixture
def browser(running: Running, tmp_path: Path) -> Iterator[Browser]:
    add_sample(running.center, tmp_path / "project")
    made = Browser(running.url)
    assert made.sign_in(new_account(running.center, "张敏", Role.SUPPORT), running.clock.wall_ms()).status_code == 200
    yield made
    made.close()


@pytest.fixture
def session(browser: Browser) -> str:
    rows = browser.get(f"/projects/{CODE}").json()["rows"]
    return next(str(row["session"]) for row in rows if row["number"] == "20260001")


def audited(running: Running, session: str) -> list[str]:
    return [row.action for row in running.center.database.read(lambda db: interviews.audits(db, session))]


def test_the_laptop_learns_at_its_next_contact_that_it_shall_send_now(
    running: Running, browser: Browser, session: str
) -> None:
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    device = Device(running.url, laptop.granted["code"])
    assert device.get("").json()["send_now_ms"] is None
    assert browser.post(f"/candidates/{session}/send-now", {"reason": " "}).json()["code"] == "bad_input"
    assert browser.post(f"/candidates/{session}/send-now", WHY).status_code == 200
    assert device.get("").json()["send_now_ms"] == running.clock.wall_ms()
    assert browser.get(f"/candidates/{session}").json()["send_now_ms"] == running.clock.wall_ms()
    assert "send_now" in audited(running, session)
    device.close()
    laptop.close()


def test_a_phone_is_let_go_and_another_is_bound(running: Running, browser: Browser, session: str) -> None:
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    assert browser.post(f"/candidates/{session}/unbind-phone", WHY).json()["code"] == "bad_input"
    first, second = Phone(running.url), Phone(running.url)
    for phone in (first, second):
        phone.bind(laptop.post("/bindings").json()["link"])
        assert laptop.post("/companion/approve", {"device": phone.id}).status_code == 200
        standing = {one["device"]: one["standing"] for one in browser.get(f"/candidates/{session}").json()["devices"]}
        assert standing[phone.id] == "bound"
        assert browser.post(f"/candidates/{session}/unbind-phone", WHY).status_code == 200
    phones = {one["device"]: one["standing"] for one in browser.get(f"/candidates/{session}").json()["devices"]}
    assert phones == {first.id: "refused", second.id: "refused"}
    assert audited(running, session).count("unbind_phone") == 2
    for one in (first, second, laptop):
        one.close()


def test_what_a_laptop_has_left_is_kept_for_the_chart(running: Running, browser: Browser, session: str) -> None:
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    for remaining in (9000, 7000, 100):
        progress = {"remaining_bytes": remaining, "bytes_per_second": 50.0, "free_bytes": 12345}
        assert laptop.heartbeat(progress=progress).status_code == 200
        running.clock.pass_ms(31_000)
    body = browser.get(f"/candidates/{session}").json()
    assert [point["remaining_bytes"] for point in body["backlog"]] == [9000, 7000, 100]
    assert body["backlog"][0]["bytes_per_second"] == 50.0
    laptop.close()


def test_a_caller_is_found_by_the_last_four_of_the_id(running: Running, browser: Browser, session: str) -> None:
    tail = FIRST_ID_NUMBER[-4:]
    assert browser.post(f"/projects/{CODE}/find", {"id_tail": tail.lower()}).json()["sessions"] == [session]
    assert browser.post(f"/projects/{CODE}/find", {"id_tail": "zzzz"}).json()["sessions"] == []
    assert browser.post("/projects/NOBODY/find", {"id_tail": tail}).json()["sessions"] == []
    assert browser.post(f"/projects/{CODE}/find", {"id_tail": "1"}).json()["code"] == "bad_input"
    raw = b"".join(file.read_bytes() for file in running.config.data.glob("center.db*"))
    assert FIRST_ID_NUMBER[-6:].encode() not in raw  # as they are, they would give the whole number away


def test_the_login_picture_and_the_photo_are_side_by_side_for_support_alone(
    running: Running, browser: Browser, session: str
) -> None:
    still, registered = f"/candidates/{session}/still", f"/candidates/{session}/photo"
    body = browser.get(f"/candidates/{session}").json()
    assert (body["login"], body["photo"]) == (None, True)
    shown = browser.get(registered)
    assert (shown.content, shown.headers["cache-control"]) == (photo(), "no-store")
    assert browser.get(still).status_code == 404
    laptop = Laptop(running.url)
    login = laptop.begin(consent={"version": "2026-1", "accepted": True}).json()["login"]
    now = running.clock.wall_ms()
    running.center.stills.keep(session, photo(), now, now + 60_000)
    told = browser.get(f"/candidates/{session}").json()["login"]
    assert (told["step"], told["consent"], told["still_ms"]) == ("face", True, now)
    assert browser.get(still).content == photo()
    assert audited(running, session) == ["view_face"] * 3
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        other = Browser(running.url)
        account = new_account(running.center, role.value, role)
        assert other.sign_in(account, running.clock.wall_ms()).status_code == 200
        assert {other.get(path).json()["code"] for path in (still, registered)} == {"not_allowed"}
        other.close()
    assert browser.post(f"/candidates/{session}/admit", {"kinds": ["login"], **WHY}).status_code == 200
    assert laptop.grant(login).status_code == 200
    assert browser.get(still).status_code == 404  # gone with the login
    laptop.close()


def test_no_act_is_open_to_a_role_that_may_not_help(running: Running, browser: Browser, session: str) -> None:
    more: dict[str, dict[str, object]] = {
        "admit": {"kinds": ["login"]},
        "extra-time": {"minutes": 5},
        "extend-window": {"minutes": 5},
        "tell": {"text": "wait"},
    }
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        other = Browser(running.url)
        account = new_account(running.center, role.value, role)
        assert other.sign_in(account, running.clock.wall_ms()).status_code == 200
        for act in ACTS:
            answer = other.post(f"/candidates/{session}/{act.path}", {"reason": "because", **more.get(act.path, {})})
            assert answer.json()["code"] == "not_allowed", act.path
        assert other.post(f"/projects/{CODE}/find", {"id_tail": "1234"}).json()["code"] == "not_allowed"
        assert other.get("/colleagues").json()["code"] == "not_allowed"
        other.close()
    assert browser.get("/colleagues").json() == ["张敏"]
    assert audited(running, session) == []


def test_every_act_is_documented_with_its_own_order(running: Running, browser: Browser) -> None:
    document = browser.http.get(f"{running.url}/openapi.json").json()
    for act in ACTS:
        route = document["paths"][f"{API}/staff/candidates/{{session}}/{act.path}"]["post"]
        schema = route["requestBody"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{act.order.__name__}"}
        told = route["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        assert told.endswith("CodeAnswer" if act.code else "Done")


def test_the_timeline_has_words_and_a_laptop_that_talks_nonsense_breaks_nothing(
    running: Running, browser: Browser, session: str
) -> None:
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    events = [
        {"id": str(uuid.uuid4()), "kind": kind, "data": data, "at": {"center_ms": 1, "center_est": True}}
        for number, (kind, data) in enumerate(
            [("focus_lost", {}), ("clock_moved", {"by_ms": "soon"}), ("questions_shown", {"late_ms": []})]
        )
    ]
    assert laptop.post("/events", {"events": events}).status_code == 200
    told = {
        (one["source"], one["kind"]): one["words"] for one in browser.get(f"/candidates/{session}").json()["timeline"]
    }
    assert told["laptop", "focus_lost"]["en"] == "The interview's window lost the focus"
    assert told["laptop", "clock_moved"] is None
    assert told["laptop", "questions_shown"] is None  # what the center notes, a laptop cannot say in its name
    assert told["staff", "admit_login"]["zh"] == "准予人工登录一次"
    laptop.close()
