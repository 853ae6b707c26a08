"""Publishing results takes two administrators and an appeal delay; only then may a copy be deleted anywhere."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from center import deletion, publishing
from center.accounts import desk
from center.accounts.desk import NewAccount
from center.accounts.roles import Role
from center.staff import Actor
from center.store import interviews, projects
from domain.errors import NotAllowed, ProposalVoid, SamePerson, ZhishiError
from domain.publication import DAY_MS
from host.clock import SystemClock
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, Laptop, add_sample
from tests.support.center import Device
from tests.support.publishing import FIRST, SECOND, administrators
from tests.support.staffing import Browser, code_at, new_account
from zhishi.cli import app

AT = f"/projects/{CODE}/publication"
PUBLISHED = {"reason": "公告 2026-11 号"}


@pytest.fixture
def first(running: Running) -> NewAccount:
    return new_account(running.center, FIRST, Role.ADMINISTRATOR)


@pytest.fixture
def second(running: Running) -> NewAccount:
    return new_account(running.center, SECOND, Role.ADMINISTRATOR)


@pytest.fixture
def device(running: Running, tmp_path: Path) -> Iterator[Device]:
    """A candidate's laptop of the sample project, whose appeal delay is seven days."""
    add_sample(running.center, tmp_path / "project")
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    made = Device(running.url, laptop.granted["code"])
    yield made
    made.close()
    laptop.close()


def signed_in(running: Running, account: NewAccount) -> Browser:
    browser = Browser(running.url)
    assert browser.sign_in(account, running.clock.wall_ms()).status_code == 200
    return browser


def may_delete(device: Device) -> bool:
    device.token = device.new_token()
    return bool(device.get("").json()["facts"]["may_delete"])


def test_two_administrators_and_the_delay_give_leave(
    running: Running, device: Device, first: NewAccount, second: NewAccount
) -> None:
    one, two = signed_in(running, first), signed_in(running, second)
    assert one.get(AT).json()["state"] == "none"
    assert one.post(f"{AT}/confirm").json()["code"] == "proposal_void"
    assert one.post(f"{AT}/propose", {"reason": ""}).status_code == 400
    assert one.post(f"{AT}/propose", PUBLISHED).status_code == 200
    assert one.post(f"{AT}/propose", PUBLISHED).json()["code"] == "bad_input"
    told = one.get(AT).json()
    assert (told["state"], told["may_confirm"], told["proposed"]["by"]) == ("proposed", False, FIRST)
    assert one.post(f"{AT}/confirm").json()["code"] == "same_person"
    assert not may_delete(device)
    assert two.get(AT).json()["may_confirm"] is True
    assert two.post(f"{AT}/confirm").status_code == 200
    published = running.clock.wall_ms()
    told = two.get(AT).json()
    assert (told["state"], told["leave_ms"]) == ("published", published + 7 * DAY_MS)
    assert not may_delete(device)
    running.clock.pass_ms(7 * DAY_MS - 1)
    assert not may_delete(device)
    running.clock.pass_ms(1)
    assert may_delete(device)
    done = running.center.database.read(interviews.audits)
    assert [(row.by, row.action) for row in done if row.action.startswith("publish")] == [
        (FIRST, "publish_propose"),
        (SECOND, "publish_confirm"),
    ]
    one.close()
    two.close()


def test_one_administrator_stops_it_until_the_delay_is_over(
    running: Running, device: Device, first: NewAccount, second: NewAccount
) -> None:
    one, two = signed_in(running, first), signed_in(running, second)
    one.post(f"{AT}/propose", PUBLISHED)
    assert one.post(f"{AT}/withdraw", {"reason": "公告有误"}).status_code == 200
    assert two.post(f"{AT}/confirm").json()["code"] == "proposal_void"
    one.post(f"{AT}/propose", PUBLISHED)
    two.post(f"{AT}/confirm")
    assert two.post(f"{AT}/withdraw", {"reason": "考生申诉"}).status_code == 200
    told = one.get(AT).json()
    assert (told["state"], told["leave_ms"], told["withdrawn"]["reason"]) == ("withdrawn", None, "考生申诉")
    running.clock.pass_ms(30 * DAY_MS)
    assert not may_delete(device)
    database, now = running.center.database, running.clock.wall_ms()
    publishing.propose(database, CODE, Actor(FIRST, "again", now))
    publishing.confirm(database, CODE, Actor(SECOND, "", now))
    with pytest.raises(ProposalVoid):
        publishing.withdraw(database, CODE, Actor(FIRST, "too late", now + 7 * DAY_MS))
    one.close()
    two.close()


def test_nobody_else_may(running: Running, device: Device, first: NewAccount) -> None:
    one = signed_in(running, first)
    others = [
        signed_in(running, new_account(running.center, name, role))
        for name, role in (("张敏", Role.SUPPORT), ("王磊", Role.REVIEWER))
    ]
    one.post(f"{AT}/propose", PUBLISHED)
    nobody = Browser(running.url)
    assert nobody.get(AT).status_code == 401
    for other in others:
        assert other.get(AT).json()["code"] == "not_allowed"
        for act in ("propose", "confirm", "withdraw"):
            assert other.post(f"{AT}/{act}", PUBLISHED).json()["code"] == "not_allowed"
    one.csrf = "0" * 64
    assert one.post(f"{AT}/withdraw", PUBLISHED).json()["code"] == "not_allowed"
    for browser in (*others, one, nobody):
        browser.close()


def test_who_was_dismissed_counts_no_more(running: Running, device: Device) -> None:
    """Neither a proposer who left since, nor an act that was under way when its account was closed."""
    database, now = running.center.database, running.clock.wall_ms()
    administrators(database, now)
    publishing.propose(database, CODE, Actor(FIRST, "公告", now))
    desk.close(database, FIRST, "owner", now)
    with pytest.raises(ProposalVoid):
        publishing.confirm(database, CODE, Actor(SECOND, "", now))
    publishing.withdraw(database, CODE, Actor(SECOND, "提出者已离任", now))
    publishing.propose(database, CODE, Actor(SECOND, "公告", now))
    with pytest.raises(NotAllowed):
        publishing.confirm(database, CODE, Actor(FIRST, "", now))
    desk.close(database, SECOND, "owner", now)
    with pytest.raises(NotAllowed):
        publishing.withdraw(database, CODE, Actor(SECOND, "x", now))


def test_the_same_person_in_two_browsers_at_once_is_one_person(
    running: Running, device: Device, first: NewAccount
) -> None:
    database, now = running.center.database, running.clock.wall_ms()
    said: list[type[ZhishiError] | None] = []
    go = threading.Barrier(6)

    def run(act: str) -> None:
        go.wait()
        try:
            if act == "propose":
                publishing.propose(database, CODE, Actor(FIRST, "公告", now))
            else:
                publishing.confirm(database, CODE, Actor(FIRST, "", now))
        except ZhishiError as why:
            said.append(type(why))
        else:
            said.append(None)

    threads = [threading.Thread(target=run, args=(act,)) for act in ("propose", "confirm") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count(None) == 1  # one proposal; nothing was confirmed
    assert not may_delete(device)
    assert said.count(SamePerson) + said.count(ProposalVoid) == 3
    administrators(database, now)
    publishing.confirm(database, CODE, Actor(SECOND, "", now))


def test_two_who_confirm_at_once_publish_once(running: Running, device: Device) -> None:
    database, now = running.center.database, running.clock.wall_ms()
    administrators(database, now)
    new_account(running.center, "周明", Role.ADMINISTRATOR)
    publishing.propose(database, CODE, Actor(FIRST, "公告", now))
    done: list[str] = []
    go = threading.Barrier(2)

    def run(name: str) -> None:
        go.wait()
        try:
            publishing.confirm(database, CODE, Actor(name, "", now))
        except ProposalVoid:
            return
        done.append(name)

    threads = [threading.Thread(target=run, args=(name,)) for name in (SECOND, "周明")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    confirmed = [row for row in database.read(interviews.audits) if row.action == "publish_confirm"]
    assert [row.by for row in confirmed] == done


def test_a_retention_shortened_after_publication_counts_for_nothing(running: Running, device: Device) -> None:
    database, now = running.center.database, running.clock.wall_ms()
    administrators(database, now)

    def retain(days: float | None) -> None:
        def change(db: Session) -> None:
            row = projects.project(db, CODE)
            assert row is not None
            row.retention_ms = None if days is None else int(days * DAY_MS)
            projects.keep(db, row)

        database.write(change)

    publishing.propose(database, CODE, Actor(FIRST, "公告", now))
    publishing.confirm(database, CODE, Actor(SECOND, "", now))
    promised = database.read(lambda db: deletion.policy(db, CODE, now))[1]
    assert promised == 730 * DAY_MS
    retain(1)
    assert database.read(lambda db: deletion.policy(db, CODE, now))[1] == promised
    retain(1000)
    assert database.read(lambda db: deletion.policy(db, CODE, now))[1] == 1000 * DAY_MS
    retain(None)
    assert database.read(lambda db: deletion.policy(db, CODE, now))[1] is None


def test_the_command_line_asks_who_it_is_and_is_nobodys_second_signature(
    running: Running, device: Device, first: NewAccount, second: NewAccount
) -> None:
    """The same rule beside a running center: a shell there publishes nothing by itself."""
    runner, data = CliRunner(), str(running.config.data)
    base = ["center", "publish-results", CODE, "--data", data]

    def run(account: NewAccount, *more: str, password: str = "", step: int = 0) -> str:
        now = SystemClock().wall_ms() + step * 30_000
        given = f"{password or account.password}\n{code_at(account, now)}\n"
        done = runner.invoke(app, [*base, "--by", account.name, *more], input=given)
        return done.output + str(done.exception or "")

    assert "sign_in_refused" in run(first, "--reason", "公告", password="guessed-password")
    assert "已提出" in run(first, "--reason", "公告")
    assert "same_person" in run(first, "--confirm", step=1)
    assert "成绩已公布" in run(second, "--confirm")
    assert "已撤回" in run(second, "--withdraw", "--reason", "有误", step=1)
    outsider = new_account(running.center, "张敏", Role.SUPPORT)
    assert "not_allowed" in run(outsider, "--reason", "公告")
