"""Staff at a running center: signing in, what each role may, the live overview, acts and their audit."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from center.accounts import desk, signing
from center.accounts.desk import NewAccount
from center.accounts.factors import Passwords
from center.accounts.roles import Role
from center.store import interviews
from center.store.candidates import PermissionKind
from domain.errors import BadInput
from domain.stage import MINUTE_MS
from domain.wire.center import API
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, Laptop, add_sample, stamp
from tests.support.center import Device
from tests.support.staffing import Browser, code_at, new_account


@pytest.fixture
def start_ms(running: Running, tmp_path: Path) -> int:
    return add_sample(running.center, tmp_path / "project")


@pytest.fixture
def account(running: Running) -> NewAccount:
    return new_account(running.center, "张敏", Role.SUPPORT)


@pytest.fixture
def browser(running: Running, account: NewAccount) -> Iterator[Browser]:
    made = Browser(running.url)
    assert made.sign_in(account, running.clock.wall_ms()).status_code == 200
    yield made
    made.close()


def row_of(browser: Browser, number: str = "20260001") -> dict[str, object]:
    rows = browser.get(f"/projects/{CODE}").json()["rows"]
    found: dict[str, object] = next(row for row in rows if row["number"] == number)
    return found


def send(device: Device) -> list[bytes]:
    """A chain of camera links, uploaded; their bytes."""
    contents = [b"init", b"first segment", b"second segment"]
    for seal, body in zip(device.chain(list(contents)), contents, strict=True):
        assert device.create(seal, body).status_code == 201
    return contents


# Signing in ------------------------------------------------------------------------------------------------------


def test_sign_in_needs_name_password_and_a_fresh_code(running: Running, account: NewAccount) -> None:
    browser, now = Browser(running.url), running.clock.wall_ms()
    for wrong in ({"password": "x" * 20}, {"code": "000000"}, {"name": "李"}, {"password": "", "code": "1"}):
        answer = browser.sign_in(account, now, **wrong)
        assert answer.status_code in (400, 403)
        assert "set-cookie" not in answer.headers
    assert browser.get("/me").json()["code"] == "signed_out"
    taken = browser.sign_in(account, now)
    cookie = taken.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert browser.get("/me").json()["name"] == "张敏"
    again = Browser(running.url)
    assert again.sign_in(account, now).status_code == 403  # the same code a second time
    running.clock.pass_ms(60_000)
    assert again.sign_in(account, running.clock.wall_ms()).status_code == 200
    browser.close()
    again.close()


def test_guessing_is_slowed_down(serve: Serve) -> None:
    with serve(login_failures=3) as running:
        account = new_account(running.center, "张敏", Role.SUPPORT)
        browser, now = Browser(running.url), running.clock.wall_ms()
        answers = [browser.sign_in(account, now, code="000000").status_code for _ in range(4)]
        assert answers == [403, 403, 403, 429]
        assert browser.sign_in(account, now).status_code == 429  # right, but too late
        browser.close()


def test_a_sign_in_ends(running: Running, account: NewAccount, browser: Browser) -> None:
    running.clock.pass_ms(signing.IDLE_MS - 1)
    assert browser.get("/me").status_code == 200
    running.clock.pass_ms(signing.IDLE_MS)
    assert browser.get("/me").status_code == 401
    assert browser.sign_in(account, running.clock.wall_ms()).status_code == 200
    assert browser.post("/sign-out").status_code == 200
    assert browser.get("/me").status_code == 401


def test_closing_and_renewing_an_account_ends_its_sign_ins(
    running: Running, account: NewAccount, browser: Browser
) -> None:
    database, passwords, now = running.center.database, Passwords(256), running.clock.wall_ms()
    with pytest.raises(BadInput):
        desk.add(database, passwords, "张敏", frozenset({Role.REVIEWER}), "a", "t", now)
    renewed = desk.renew(database, passwords, "张敏", "administrator", "test", now)
    assert browser.get("/me").status_code == 401
    assert browser.sign_in(account, now + 60_000).status_code == 403
    assert browser.sign_in(renewed, now).status_code == 200
    desk.close(database, "张敏", "administrator", now)
    assert browser.get("/me").status_code == 401
    running.clock.pass_ms(60_000)
    assert browser.sign_in(renewed, running.clock.wall_ms()).status_code == 403
    with pytest.raises(BadInput):
        desk.close(database, "张敏", "administrator", now)


def test_nothing_of_a_secret_is_in_the_database_as_it_is(
    running: Running, account: NewAccount, browser: Browser
) -> None:
    token = browser.http.cookies["zhishi_staff"]
    for file in running.config.data.glob("center.db*"):
        raw = file.read_bytes()
        assert account.password.encode() not in raw
        assert token.encode() not in raw


# What a role may ---------------------------------------------------------------------------------------------------


def test_roles_for_what_they_may_not_do(running: Running, start_ms: int) -> None:
    paths = ["/projects", f"/projects/{CODE}", f"/projects/{CODE}/events"]
    nobody = Browser(running.url)
    for path in paths:
        assert nobody.get(path).status_code == 401
    reviewer = Browser(running.url)
    account = new_account(running.center, "王磊", Role.REVIEWER)
    assert reviewer.sign_in(account, running.clock.wall_ms()).status_code == 200
    for path in paths:
        assert reviewer.get(path).json()["code"] == "not_allowed"
    administrator = Browser(running.url)
    account = new_account(running.center, "赵静", Role.ADMINISTRATOR)
    assert administrator.sign_in(account, running.clock.wall_ms()).status_code == 200
    row = row_of(administrator)
    order = {"kinds": ["login"], "reason": "because"}
    assert administrator.post(f"/candidates/{row['session']}/admit", order).json()["code"] == "not_allowed"
    for browser in (nobody, reviewer, administrator):
        browser.close()


def test_an_act_without_the_csrf_header_is_refused(running: Running, start_ms: int, browser: Browser) -> None:
    row = row_of(browser)
    order = {"kinds": ["login"], "reason": "because"}
    browser.csrf = "0" * 64
    assert browser.post(f"/candidates/{row['session']}/admit", order).json()["code"] == "not_allowed"
    assert browser.http.post(f"/candidates/{row['session']}/admit", json=order).status_code == 400
    assert PermissionKind.LOGIN.value not in browser.get(f"/candidates/{row['session']}").json()["permissions"]


# The overview ------------------------------------------------------------------------------------------------------


def test_the_overview_follows_a_real_candidate(running: Running, start_ms: int, browser: Browser) -> None:
    assert {row["connection"] for row in browser.get(f"/projects/{CODE}").json()["rows"]} == {"never"}
    laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
    device = Device(running.url, laptop.granted["code"])
    with browser.events(CODE) as events:
        name, first = next(events)
        assert name == "overview"
        assert len(first["rows"]) > 1
        progress = {"recorder": "record", "remaining_bytes": 7000, "troubles": ["disk_nearly_full"]}
        assert laptop.enter().status_code == 200
        assert laptop.heartbeat(stage="confirm", progress=progress).status_code == 200
        row = next(
            row for name, body in events if name == "changes" for row in body["rows"] if row["remaining_bytes"] == 7000
        )
        assert (row["stage"], row["connection"], row["risk"]) == ("confirm", "live", "watch")
        order = {"id": str(uuid.uuid4()), "stage": "confirm", "text": "看不到画面", "at": stamp()}
        assert laptop.post("/help", order).status_code == 200
        row = next(row for name, body in events if name == "changes" for row in body["rows"] if row["help"])
        assert row["risk"] == "help"
        sent = send(device)
        row = next(
            row
            for name, body in events
            if name == "changes"
            for row in body["rows"]
            if row["tracks"].get("camera", {}).get("verified_links") == len(sent)
        )
        assert row["tracks"]["camera"]["verified_bytes"] == sum(map(len, sent))
    device.close()
    laptop.close()


def test_what_was_counted_before_a_restart_is_counted_once(running: Running, start_ms: int, browser: Browser) -> None:
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    device = Device(running.url, laptop.granted["code"])
    sent = send(device)
    for _ in range(3):
        assert row_of(browser)["tracks"]["camera"]["verified_links"] == len(sent)  # type: ignore[index]
        running.clock.pass_ms(20_000)
    device.close()
    laptop.close()


def test_unknown_things_are_named(running: Running, browser: Browser) -> None:
    assert browser.get("/projects/NOBODY").json()["code"] == "project_unknown"
    assert browser.get("/projects/NOBODY/events").json()["code"] == "project_unknown"
    assert browser.get(f"/candidates/{uuid.uuid4()}").json()["code"] == "bad_input"
    assert browser.post("/help/x/claim", {"to": ""}).json()["code"] == "bad_input"


# Acts --------------------------------------------------------------------------------------------------------------


def test_support_acts_and_everything_is_in_the_audit(running: Running, start_ms: int, browser: Browser) -> None:
    row = row_of(browser)
    at = f"/candidates/{row['session']}"
    assert browser.post(f"{at}/admit", {"kinds": ["login"], "reason": "摄像头损坏"}).status_code == 200
    assert browser.post(f"{at}/admit", {"kinds": ["all"], "reason": "x"}).status_code == 400
    assert browser.post(f"{at}/admit", {"kinds": ["login"], "reason": ""}).status_code == 400
    laptop = Laptop(running.url)
    login = laptop.begin().json()["login"]
    laptop.act = laptop.grant(login).json()["granted"]["act"]
    assert laptop.prepare().enter().status_code == 200
    assert browser.post(f"{at}/extra-time", {"minutes": 5, "reason": "断电"}).status_code == 200
    assert browser.post(f"{at}/extend-window", {"minutes": 30, "reason": "断网"}).status_code == 200
    assert browser.post(f"{at}/tell", {"text": "wait", "reason": "安抚"}).status_code == 200
    state = laptop.get().json()["state"]
    assert state["schedule"]["extra_ms"] == 5 * MINUTE_MS
    assert state["session"]["window_ms"] == 90 * MINUTE_MS
    assert [notice["kind"] for notice in state["notices"]] == ["schedule", "schedule", "phrase"]
    assert browser.post(f"{at}/release", {"reason": "断网"}).json()["code"] == "questions_sealed"
    running.clock.pass_ms(start_ms - running.clock.wall_ms() + 1)
    assert len(browser.post(f"{at}/release", {"reason": "断网"}).json()["code"]) >= 16
    assert browser.post(f"{at}/end-login", {"reason": "换设备"}).status_code == 200
    assert laptop.get().json()["code"] == "act_over"
    done = running.center.database.read(lambda db: interviews.audits(db, str(row["session"])))
    assert {entry.by for entry in done} == {"张敏"}
    wanted = ["admit_login", "extra_time", "extend_window", "broadcast", "release_code", "end_login"]
    assert [entry.action for entry in done if entry.action in wanted] == wanted
    told = browser.get(at).json()
    assert {"staff", "center"} <= {entry["source"] for entry in told["timeline"]}
    laptop.close()


def test_a_request_is_claimed_handed_over_and_answered(running: Running, start_ms: int, browser: Browser) -> None:
    other = new_account(running.center, "陈晨", Role.SUPPORT)
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    request = str(uuid.uuid4())
    laptop.post("/help", {"id": request, "stage": "login", "text": "看不清", "at": stamp()})
    assert row_of(browser)["risk"] == "help"
    assert browser.post(f"/help/{request}/claim", {"to": "张敏"}).status_code == 200
    row = row_of(browser)
    assert row["help"]["claimed_by"] == "张敏"  # type: ignore[index]
    assert row["risk"] != "help"
    assert browser.post(f"/help/{request}/claim", {"to": "nobody"}).status_code == 400
    assert browser.post(f"/help/{request}/claim", {"to": other.name}).status_code == 200
    assert browser.post(f"/help/{request}/answer", {"text": "请稍候"}).status_code == 200
    assert browser.post(f"/help/{request}/answer", {"text": "again"}).status_code == 400
    assert laptop.get("/help").json()["help"][0]["answer"] == "请稍候"
    assert row_of(browser)["help"] is None
    laptop.close()


def test_a_call_from_before_login_is_seen_claimed_and_answered(
    running: Running, start_ms: int, browser: Browser
) -> None:
    order = {
        "id": str(uuid.uuid4()),
        "project": CODE,
        "number": "2026",
        "text": "登不上",
        "stage": "login",
        "at": stamp(),
    }
    laptop = Laptop(running.url)
    assert laptop.http.post(f"{API}/help", json=order).status_code == 200
    (call,) = browser.get(f"/projects/{CODE}").json()["calls"]
    assert (call["text"], call["number"]) == ("登不上", "2026")
    assert browser.post(f"/help/{order['id']}/claim", {"to": "张敏"}).status_code == 200
    assert browser.get(f"/projects/{CODE}").json()["calls"][0]["claimed_by"] == "张敏"
    assert browser.post(f"/help/{order['id']}/answer", {"text": "请核对准考证号"}).status_code == 200
    assert browser.get(f"/projects/{CODE}").json()["calls"] == []
    assert laptop.http.post(f"{API}/help", json=order).json()["help"]["answer"] == "请核对准考证号"
    laptop.close()


def test_the_api_is_documented_with_its_cookie(running: Running) -> None:
    document = Browser(running.url).http.get(f"{running.url}/openapi.json").json()
    act = document["paths"][f"{API}/staff/candidates/{{session}}/admit"]["post"]
    assert act["security"] == [{"staff": []}]


def test_codes_of_the_authenticator_are_of_this_account_only(running: Running, account: NewAccount) -> None:
    other = new_account(running.center, "陈晨", Role.SUPPORT)
    now = running.clock.wall_ms()
    browser = Browser(running.url)
    assert browser.sign_in(account, now, code=code_at(other, now)).status_code == 403
    browser.close()
