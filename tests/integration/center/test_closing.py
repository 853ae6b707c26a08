"""缺失说明结案: two of the staff with reasons, a signed statement, and never confirmed anywhere."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from center import admin, closing
from center.accounts import desk
from center.accounts.roles import Role
from center.staff import Actor
from center.store import interviews
from domain.causes import Cause
from domain.errors import BadInput, NotAllowed, ProposalVoid, SamePerson, SignatureInvalid, StageClosed
from domain.loss import LossStatement
from domain.receipt import Receipt
from domain.signature import LOSS_TYP, RECEIPT_TYP
from domain.wire.publicstatus import STATUS_PATH
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, Laptop, add_sample
from tests.support.center import HOUR_MS, Device
from tests.support.handing import bring_rest, hand_in
from tests.support.staffing import Browser, new_account

LOST = {"cause": "system", "reason": "电脑进水，硬盘无法读取"}
AGREED = {"reason": "已核对维修单"}


@pytest.fixture
def laptop(running: Running, tmp_path: Path) -> Iterator[Laptop]:
    """A candidate who entered the sample project's first batch."""
    add_sample(running.center, tmp_path / "project")
    made = Laptop(running.url).log_in_by_hand(running.center).prepare()
    assert made.enter().status_code == 200
    yield made
    made.close()


@pytest.fixture
def device(running: Running, laptop: Laptop) -> Iterator[Device]:
    made = Device(running.url, laptop.granted["code"])
    yield made
    made.close()


@pytest.fixture
def support(running: Running) -> Iterator[Browser]:
    made = signed_in(running, "张敏", Role.SUPPORT)
    yield made
    made.close()


@pytest.fixture
def other(running: Running) -> Iterator[Browser]:
    made = signed_in(running, "陈晨", Role.SUPPORT)
    yield made
    made.close()


def signed_in(running: Running, name: str, *roles: Role) -> Browser:
    browser = Browser(running.url)
    assert browser.sign_in(new_account(running.center, name, *roles), running.clock.wall_ms()).status_code == 200
    return browser


def after_the_day(running: Running, device: Device) -> None:
    """The session is over and its window has closed."""
    running.clock.pass_ms(5 * HOUR_MS)
    device.token = device.new_token()


def close(running: Running, session: str) -> str:
    """Both people, as the routes do it."""
    database, now = running.center.database, running.clock.wall_ms()
    closing.propose(database, session, Cause.SYSTEM, Actor("张敏", LOST["reason"], now))
    return closing.confirm(database, running.center.keys, session, Actor("陈晨", AGREED["reason"], now))


def test_two_people_close_it_and_the_statement_says_what_is_missing(
    running: Running, device: Device, support: Browser, other: Browser
) -> None:
    at = f"/sessions/{device.session}/closure"
    assert support.post(at, LOST).json()["code"] == "stage_closed"
    hand_in(device, keep_back=True)
    after_the_day(running, device)
    first = signed_in(running, "韩梅", Role.SUPPORT)  # hours later: whoever signed in before is signed out
    second = signed_in(running, "吴芳", Role.ADMINISTRATOR)
    told = first.get(f"/projects/{CODE}/closures").json()
    assert [one["session"] for one in told["candidates"]] == [device.session]
    assert first.post(at, {"cause": "system", "reason": ""}).status_code == 400
    assert first.post(f"{at}/confirm", AGREED).json()["code"] == "proposal_void"
    assert first.post(at, LOST).status_code == 200
    assert first.post(at, LOST).json()["code"] == "bad_input"
    assert first.post(f"{at}/confirm", AGREED).json()["code"] == "same_person"
    assert device.get("").json()["assessment"] == "late"  # one person closes nothing
    assert second.post(f"{at}/confirm", AGREED).status_code == 200
    view = device.get("").json()
    assert (view["assessment"], view["session_receipt"]) == ("closed_with_loss", None)
    said = LossStatement.from_dict(device.keys.check(view["loss"], LOSS_TYP))
    assert (said.session, said.cause, said.number) == (device.session, Cause.SYSTEM, "20260001")
    assert [(one.track.value, one.links, one.missing) for one in said.held] == [("camera", 4, 0), ("screen", 0, 2)]
    assert (said.proposed.by, said.proposed.reason) == ("韩梅", LOST["reason"])
    assert (said.confirmed.by, said.confirmed.reason) == ("吴芳", AGREED["reason"])
    with pytest.raises(SignatureInvalid):
        device.keys.check(view["loss"], RECEIPT_TYP)  # it can never be taken for a receipt
    done = running.center.database.read(lambda db: interviews.audits(db, device.session))
    assert [(row.by, row.action) for row in done if row.action.startswith("close")] == [
        ("韩梅", "close_propose"),
        ("吴芳", "close_confirm"),
    ]
    (closed,) = second.get(f"/projects/{CODE}/closures").json()["closures"]
    assert (closed["state"], closed["cause"], closed["arrived_since"]) == ("closed", "system", 0)
    for browser in (first, second):
        browser.close()


def test_it_is_shown_as_confirmed_nowhere_and_what_comes_later_is_taken(
    running: Running, laptop: Laptop, device: Device, support: Browser, other: Browser
) -> None:
    chains = hand_in(device, keep_back=True)
    after_the_day(running, device)
    close(running, device.session)
    running.clock.pass_ms(1000)
    bring_rest(device, chains)  # found after all
    device.submit(device.manifest(chains))
    view = device.get("").json()
    assert (view["verified_links"], view["assessment"], view["session_receipt"]) == (6, "closed_with_loss", None)
    own = Receipt.from_dict(device.keys.check(view["device_receipt"], RECEIPT_TYP))
    assert own.device == device.id, "what one device handed in is receipted; the session is not"
    watching = signed_in(running, "李雷", Role.SUPPORT)
    (row,) = [one for one in watching.get(f"/projects/{CODE}").json()["rows"] if one["session"] == device.session]
    assert (row["risk"], row["assessment"]) == ("closed", "closed_with_loss")
    reviewing = signed_in(running, "王磊", Role.REVIEWER)
    reviewed = reviewing.get(f"/review/projects/{CODE}").json()
    assert {one["state"] for one in reviewed if one["session"] == device.session} == {"closed_with_loss"}
    opened = reviewing.get(f"/review/sessions/{device.session}").json()
    assert (opened["closed"], opened["receipt"]) == (True, None)
    summary = admin.session_summary(running.center.database, device.session, running.clock.wall_ms())
    assert (summary.assessment, summary.receipt) == ("closed_with_loss", None)
    order = {"number": row["number"], "code": row["support_code"]}
    told = httpx.post(f"{running.url}{STATUS_PATH}", json=order).json()
    assert (told["state"], told["confirmed_ms"]) == ("closed_with_loss", None)
    (closed,) = watching.get(f"/projects/{CODE}/closures").json()["closures"]
    assert closed["arrived_since"] == 2
    for browser in (watching, reviewing):
        browser.close()


def test_what_is_not_lost_cannot_be_closed(running: Running, device: Device, support: Browser, other: Browser) -> None:
    hand_in(device)
    after_the_day(running, device)
    assert device.get("").json()["session_receipt"] is not None
    database, now = running.center.database, running.clock.wall_ms()
    with pytest.raises(BadInput, match="receipt"):
        closing.propose(database, device.session, Cause.NETWORK, Actor("张敏", "x", now))
    watching = signed_in(running, "李雷", Role.SUPPORT)
    rows = watching.get(f"/projects/{CODE}").json()["rows"]
    absent = next(row for row in rows if row["session"] != device.session)
    watching.close()
    with pytest.raises((BadInput, StageClosed)):
        closing.propose(database, absent["session"], Cause.NETWORK, Actor("张敏", "x", now + 24 * HOUR_MS))
    with pytest.raises(BadInput):
        closing.propose(database, "no-such-session", Cause.NETWORK, Actor("张敏", "x", now))


def test_a_receipt_that_came_between_the_two_people_wins(
    running: Running, device: Device, support: Browser, other: Browser
) -> None:
    chains = hand_in(device, keep_back=True)
    after_the_day(running, device)
    database, now = running.center.database, running.clock.wall_ms()
    closing.propose(database, device.session, Cause.NETWORK, Actor("张敏", "x", now))
    bring_rest(device, chains)
    assert device.get("").json()["session_receipt"] is not None
    with pytest.raises(BadInput, match="receipt"):
        closing.confirm(database, running.center.keys, device.session, Actor("陈晨", "x", now))
    assert device.get("").json()["assessment"] == "confirmed_late"


def test_who_may_not(running: Running, device: Device, support: Browser, other: Browser) -> None:
    hand_in(device, keep_back=True)
    after_the_day(running, device)
    reviewer, nobody = signed_in(running, "王磊", Role.REVIEWER), Browser(running.url)
    at = f"/sessions/{device.session}/closure"
    for path in ("", "/confirm", "/withdraw"):
        assert reviewer.post(at + path, LOST if path == "" else AGREED).json()["code"] == "not_allowed"
        assert nobody.post(at + path, LOST if path == "" else AGREED).status_code == 401
    assert reviewer.get(f"/projects/{CODE}/closures").json()["code"] == "not_allowed"
    database, now = running.center.database, running.clock.wall_ms()
    closing.propose(database, device.session, Cause.SYSTEM, Actor("张敏", "x", now))
    desk.close(database, "张敏", "owner", now)
    with pytest.raises(ProposalVoid):  # the one who proposed it was dismissed
        closing.confirm(database, running.center.keys, device.session, Actor("陈晨", "x", now))
    closing.withdraw(database, device.session, Actor("陈晨", "提出者已离任", now))
    with pytest.raises(NotAllowed):
        closing.propose(database, device.session, Cause.SYSTEM, Actor("张敏", "x", now))
    with pytest.raises(NotAllowed):
        closing.propose(database, device.session, Cause.SYSTEM, Actor("王磊", "x", now))
    reviewer.close()
    nobody.close()


def test_one_person_at_two_browsers_at_once_closes_nothing(
    running: Running, device: Device, support: Browser, other: Browser
) -> None:
    hand_in(device, keep_back=True)
    after_the_day(running, device)
    database, now = running.center.database, running.clock.wall_ms()
    said: list[str] = []
    go = threading.Barrier(4)

    def run(act: str) -> None:
        go.wait()
        try:
            if act == "propose":
                closing.propose(database, device.session, Cause.SYSTEM, Actor("张敏", "x", now))
            else:
                closing.confirm(database, running.center.keys, device.session, Actor("张敏", "x", now))
        except (BadInput, ProposalVoid, SamePerson):
            return
        said.append(act)

    threads = [threading.Thread(target=run, args=(act,)) for act in ("propose", "confirm") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["propose"]
    assert device.get("").json()["assessment"] == "late"
    done: list[str] = []
    again = threading.Barrier(2)
    new_account(running.center, "吴芳", Role.ADMINISTRATOR)

    def confirm(name: str) -> None:
        again.wait()
        try:
            done.append(closing.confirm(database, running.center.keys, device.session, Actor(name, "x", now)))
        except ProposalVoid:
            return

    threads = [threading.Thread(target=confirm, args=(name,)) for name in ("陈晨", "吴芳")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert device.get("").json()["loss"] == done[0]
