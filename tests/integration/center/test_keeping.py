"""Retention at the center: only what is due goes, written down before it goes; whatever is in doubt stays."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from center import closing, deletion, publishing
from center.accounts.roles import Role
from center.staff import Actor
from center.store import candidates, interviews
from center.tus.storage import Storage
from domain.causes import Cause
from domain.errors import BadInput, EvidenceKept, NotAllowed
from domain.publication import DAY_MS
from tests.integration.center.conftest import Running, serving
from tests.support.afterday import ABSENT, CODE, CONFIRMED, LATE, LOST, Day
from tests.support.handing import SCREEN
from tests.support.publishing import FIRST, SECOND, administrators
from tests.support.staffing import Browser
from zhishi.cli import app

KEEP_MS = (7 + 730) * DAY_MS  # the sample's appeal delay and retention


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A day whose results were published."""
    with serving(tmp_path / "center") as running:
        made = Day(running, tmp_path / "project")
        administrators(running.center.database, running.clock.wall_ms())
        yield made
        made.close()


def publish(running: Running) -> None:
    database, now = running.center.database, running.clock.wall_ms()
    publishing.propose(database, CODE, Actor(FIRST, "公告", now))
    publishing.confirm(database, CODE, Actor(SECOND, "", now))


def close_lost(day: Day) -> None:
    center, now, session = day.running.center, day.running.clock.wall_ms(), day.session(LOST)
    closing.propose(center.database, session, Cause.SYSTEM, Actor(FIRST, "硬盘损坏", now))
    closing.confirm(center.database, center.keys, session, Actor(SECOND, "已核对", now))


def stays(browser: Browser) -> dict[str, str]:
    return {row["number"]: row["stays"] for row in browser.get(f"/projects/{CODE}/keeping").json()["sessions"]}


def files(running: Running, session: str) -> list[Path]:
    return [path for path in (running.config.evidence).rglob("*") if session in str(path) and path.is_file()]


def test_only_what_is_due_is_deleted_and_the_log_says_so(day: Day) -> None:
    running, session = day.running, day.session(CONFIRMED)
    one = day.signed_in("周明", Role.ADMINISTRATOR)
    assert stays(one)[CONFIRMED] == "unpublished"
    publish(running)
    assert stays(one) == {
        CONFIRMED: "appeals",
        LATE: "unsettled",
        LOST: "unsettled",
        ABSENT: "appeals",
        "20260005": "appeals",
    }
    running.clock.pass_ms(7 * DAY_MS)
    one = again(one, day)
    assert stays(one)[CONFIRMED] == "retained"
    order = {"count": 3, "reason": "保存期满"}
    assert one.post(f"/projects/{CODE}/delete", order).json()["code"] == "evidence_kept"
    running.clock.pass_ms(730 * DAY_MS)
    one = again(one, day)
    told = one.get(f"/projects/{CODE}/keeping").json()
    assert (told["due"], {row["number"] for row in told["sessions"] if row["stays"] == ""}) == (
        3,
        {CONFIRMED, ABSENT, "20260005"},
    )
    assert one.post(f"/projects/{CODE}/delete", {**order, "count": 2}).json()["code"] == "evidence_kept"
    assert one.post(f"/projects/{CODE}/delete", {**order, "reason": ""}).status_code == 400
    assert files(running, session)
    gone = one.post(f"/projects/{CODE}/delete", order).json()
    assert (gone["sessions"], gone["files"]) == (3, 5)
    assert not files(running, session)
    assert files(running, day.session(LATE)), "what has no receipt stays for good"
    assert actions(day, session) == ["evidence_deleting", "evidence_deleted"]
    database = running.center.database
    person = database.read(lambda db: candidates.by_session(db, session))
    assert person is not None
    assert (person.candidate.photo, person.candidate.id_hash) == ("", "")
    device = day.devices[CONFIRMED]
    device.token = device.new_token()
    view = device.get("").json()
    assert view["assessment"] == "confirmed"
    assert view["session_receipt"] is not None, "that it was confirmed stays true"
    assert {link["state"] for link in device.seals()} == {"verified"}, "and nobody has to send it again"
    reviewer = day.signed_in("王磊", Role.REVIEWER)
    assert reviewer.get(f"/review/sessions/{session}").json()["lanes"] == []
    assert one.post(f"/projects/{CODE}/delete", {"count": 1, "session": session, "reason": "x"}).status_code == 409
    one.close()
    reviewer.close()


def test_a_hold_keeps_it_here_and_on_the_devices(day: Day) -> None:
    running, session = day.running, day.session(CONFIRMED)
    publish(running)
    running.clock.pass_ms(KEEP_MS)
    one = day.signed_in("周明", Role.ADMINISTRATOR)
    device = day.devices[CONFIRMED]
    device.token = device.new_token()
    assert device.get("").json()["facts"]["may_delete"] is True
    assert one.post(f"/sessions/{session}/hold", {"reason": "考生申诉"}).status_code == 200
    assert one.post(f"/sessions/{session}/hold", {"reason": "again"}).status_code == 400
    assert device.get("").json()["facts"]["may_delete"] is False
    assert stays(one)[CONFIRMED] == "held"
    answer = one.post(f"/projects/{CODE}/delete", {"count": 1, "session": session, "reason": "x"})
    assert answer.json()["code"] == "evidence_kept"
    assert one.post(f"/sessions/{session}/lift", {"reason": "申诉已处理"}).status_code == 200
    assert device.get("").json()["facts"]["may_delete"] is True
    assert one.post(f"/projects/{CODE}/delete", {"count": 1, "session": session, "reason": "x"}).status_code == 200
    assert one.post(f"/sessions/{session}/hold", {"reason": "late"}).json()["code"] == "evidence_kept"
    one.close()


def test_an_open_flag_keeps_it(day: Day) -> None:
    running, database = day.running, day.running.center.database
    publish(running)
    close_lost(day)
    running.clock.pass_ms(KEEP_MS)
    now = running.clock.wall_ms()
    assert {one.case.session.number for one in overview(day) if one.due} == {CONFIRMED, LOST, ABSENT, "20260005"}
    device = day.devices[LOST]
    device.token = device.new_token()
    (wrong,) = [seal for seal in day.chains[LOST].values() if seal[0].track.value == "screen"]
    assert device.create(wrong[0], b"x" * wrong[0].size).status_code == 460  # quarantined
    reviewer = day.signed_in("王磊", Role.REVIEWER)
    at = f"/review/sessions/{day.session(CONFIRMED)}/conclusion"
    assert reviewer.post(at, {"verdict": "suspicious", "text": ""}).status_code == 200
    flagged = {one.case.session.number: {str(flag) for flag in one.keeping.flags} for one in overview(day)}
    assert (flagged[LOST], flagged[CONFIRMED]) == ({"quarantined"}, {"doubted"})
    with pytest.raises(EvidenceKept):
        delete(day, FIRST, day.session(LOST), now)
    assert reviewer.post(at, {"verdict": "nothing_found", "text": "已查清"}).status_code == 200
    for seal, body in zip(wrong, SCREEN, strict=True):
        assert device.create(seal, body or b"").status_code == 201
    assert {one.case.session.number for one in overview(day) if one.due} == {CONFIRMED, LOST, ABSENT, "20260005"}
    assert delete(day, FIRST, day.session(LOST), now).files == 6
    assert not files(running, day.session(LOST)), "what was quarantined, too"
    assert [row.action for row in database.read(lambda db: interviews.audits(db, day.session(LOST)))][-1] == (
        "evidence_deleted"
    )
    reviewer.close()


def test_nobody_else_may(day: Day) -> None:
    support, reviewer = day.signed_in("张敏", Role.SUPPORT), day.signed_in("王磊", Role.REVIEWER)
    session = day.session(CONFIRMED)
    for browser in (support, reviewer):
        assert browser.get(f"/projects/{CODE}/keeping").json()["code"] == "not_allowed"
        order = {"count": 1, "reason": "x"}
        assert browser.post(f"/projects/{CODE}/delete", order).json()["code"] == "not_allowed"
        for act in ("hold", "lift"):
            assert browser.post(f"/sessions/{session}/{act}", {"reason": "x"}).json()["code"] == "not_allowed"
        browser.close()
    now = day.running.clock.wall_ms()
    with pytest.raises(NotAllowed):
        delete(day, "张敏", session, now)
    with pytest.raises(NotAllowed):
        deletion.hold(day.running.center.database, session, Actor("nobody", "x", now))
    with pytest.raises(BadInput):
        deletion.lift(day.running.center.database, session, Actor(FIRST, "x", now))


def test_a_deletion_cut_off_is_finished_and_nothing_is_lost_of_its_record(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, session = day.running, day.session(CONFIRMED)
    publish(running)
    running.clock.pass_ms(KEEP_MS)
    center = running.center
    storage = center.uploads.storage
    left = [2]

    class Cut(Exception):
        """The process dies here."""

    def remove(key: str) -> None:
        if left[0] == 0:
            raise Cut
        left[0] -= 1
        type(storage).remove(storage, key)

    monkeypatch.setattr(storage, "remove", remove)
    with pytest.raises(Cut):
        delete(day, FIRST, session, running.clock.wall_ms())
    monkeypatch.undo()
    assert files(running, session)
    assert actions(day, session) == ["evidence_deleting"], "written down before the first byte goes"
    assert deletion.finish(center.database, storage, center.papers, running.clock.wall_ms()) == 1
    assert not files(running, session)
    assert actions(day, session) == ["evidence_deleting", "evidence_deleted"]
    assert deletion.finish(center.database, storage, center.papers, running.clock.wall_ms()) == 0


def test_a_scheduled_command_deletes_what_is_due_and_the_log_cannot_be_rewritten(day: Day) -> None:
    running, session = day.running, day.session(CONFIRMED)
    publish(running)
    runner, data = CliRunner(), str(running.config.data)
    nothing = runner.invoke(app, ["center", "delete-due", CODE, "--data", data])
    assert "0" in nothing.output
    assert files(running, session)
    backdate(running)
    listed = runner.invoke(app, ["center", "retention", CODE, "--data", data])
    assert "unsettled" in listed.output or "尚无回执" in listed.output, listed.output
    done = runner.invoke(app, ["center", "delete-due", CODE, "--data", data])
    assert done.exit_code == 0, done.output
    assert not files(running, session)
    assert files(running, day.session(LATE))
    rows = running.center.database.read(lambda db: interviews.audits(db, session))
    assert (rows[-1].action, rows[-1].by) == ("evidence_deleted", "schedule")
    with sqlite3.connect(running.config.data / "center.db") as raw, pytest.raises(sqlite3.Error, match="append-only"):
        raw.execute("DELETE FROM audit WHERE action = 'evidence_deleted'")
    raw.close()


def backdate(running: Running) -> None:
    """The command line knows no clock but the machine's: the publication is moved into the past instead."""
    with sqlite3.connect(running.config.data / "center.db") as raw:
        raw.execute("UPDATE project SET leave_ms = 1, retention_ms = 0")
        raw.execute("UPDATE publication SET leave_ms = 1, retention_ms = 0")
        raw.execute("UPDATE session SET ended_ms = 1")
        raw.execute("UPDATE batch SET start_ms = 1")
    raw.close()


def again(browser: Browser, day: Day) -> Browser:
    """Days later everybody has to sign in anew."""
    browser.close()
    made = Browser(day.running.url)
    assert made.sign_in(day.account, day.running.clock.wall_ms()).status_code == 200
    return made


def overview(day: Day) -> list[deletion.Kept]:
    now = day.running.clock.wall_ms()
    return day.running.center.database.read(lambda db: deletion.overview(db, CODE, now))


def delete(day: Day, by: str, session: str, now_ms: int) -> deletion.Gone:
    center = day.running.center
    storage: Storage = center.uploads.storage
    actor = Actor(by, "保存期满", now_ms)
    return deletion.delete_due(center.database, storage, center.papers, CODE, actor, count=1, session=session)


def actions(day: Day, session: str) -> list[str]:
    rows = day.running.center.database.read(lambda db: interviews.audits(db, session))
    return [row.action for row in rows if row.action.startswith("evidence")]
