"""Ledgers from real sessions: who came, who is confirmed, who has to upload, what went wrong, consents, access."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from center import closing
from center.accounts.roles import Role
from center.staff import Actor
from center.store import interviews
from domain.causes import Cause
from tests.integration.center.conftest import serving
from tests.support.afterday import ABSENT, CODE, CONFIRMED, EVIL, LATE, LOST, TELEPHONE, Day
from tests.support.staffing import Browser
from tests.support.waiting import wait_until

AT = f"/projects/{CODE}/ledgers"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """One day for all tests here; the third candidate's session is closed with declared loss by two of support."""
    folder = tmp_path_factory.mktemp("day")
    with serving(folder / "center") as running:
        made = Day(running, folder / "project")
        first, second = made.signed_in("韩梅", Role.SUPPORT), made.signed_in("李雷", Role.SUPPORT)
        database, now, session = running.center.database, running.clock.wall_ms(), made.session(LOST)
        closing.propose(database, session, Cause.SYSTEM, Actor("韩梅", "硬盘损坏", now))
        closing.confirm(database, running.center.keys, session, Actor("李雷", "已核对", now))
        yield made
        first.close()
        second.close()
        made.close()


@pytest.fixture(scope="module")
def administrator(day: Day) -> Iterator[Browser]:
    made = day.signed_in("赵静", Role.ADMINISTRATOR)
    yield made
    made.close()


def rows(browser: Browser, ledger: str, **query: str) -> list[dict[str, Any]]:
    answer = browser.http.get(f"{AT}/{ledger}", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def sheet(browser: Browser, ledger: str, **query: str) -> list[dict[str, str]]:
    answer = browser.http.get(f"{AT}/{ledger}/file", params=query)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{CODE}-{ledger}.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_completion_ledger_says_who_is_confirmed_and_when(day: Day, administrator: Browser) -> None:
    found = {row["number"]: row for row in rows(administrator, "completion")}
    assert {number: row["state"].split()[0] for number, row in found.items()} == {
        CONFIRMED: "按时完成",
        LATE: "已超时，尚未收齐",
        LOST: "缺失说明结案",
        ABSENT: "缺考",
        "20260005": "缺考",
    }
    receipt = day.devices[CONFIRMED]
    receipt.token = receipt.new_token()
    assert receipt.get("").json()["session_receipt"] is not None
    assert len(found[CONFIRMED]["receipt"]) == 64
    assert found[CONFIRMED]["confirmed_ms"] < found[CONFIRMED]["deadline_ms"]
    assert (found[LOST]["confirmed_ms"], found[LOST]["receipt"]) == (None, "")


def test_absentees_and_who_still_has_to_upload(day: Day, administrator: Browser) -> None:
    assert [row["number"] for row in rows(administrator, "absentees")] == [ABSENT, "20260005"]
    # what heartbeats told is written down now and then
    wait_until(lambda: rows(administrator, "unfinished")[0]["remaining_bytes"] == 4321, 20, "what is left is known")
    (row,) = rows(administrator, "unfinished")
    assert (row["number"], row["phone"]) == (LATE, TELEPHONE)
    assert len(row["support_code"]) == 8


def test_incidents_are_sorted_by_whose_side_they_began_on(day: Day, administrator: Browser) -> None:
    found = [row for row in rows(administrator, "incidents") if row["number"] == LATE]
    told = {row["what"].split()[0]: (row["cause"].split()[0], row["count"], row["total_ms"]) for row in found}
    assert told["网络中断"] == ("网络", 1, 7000)
    assert told["窗口失去焦点"] == ("考生", 1, None)
    (gap,) = [row for row in found if row["track"] == "camera"]
    assert gap["what"].startswith("缺失")
    assert gap["total_ms"] > 0
    assert not any("stage" in row["what"] for row in found), "what is usual is no incident"


def test_what_a_spreadsheet_would_run_is_text_there(day: Day, administrator: Browser) -> None:
    raw = administrator.http.get(f"{AT}/unfinished/file").content.decode("utf-8-sig")
    (row,) = sheet(administrator, "unfinished")
    assert row["姓名"] == "'" + EVIL
    assert row["联系电话"] == "'" + TELEPHONE
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in raw.splitlines()[1:] for cell in line.split(","))
    english = sheet(administrator, "completion", english="true")
    assert {row["number"] for row in english} >= {CONFIRMED, LATE}


def test_consents_and_access_of_one_candidate(day: Day, administrator: Browser) -> None:
    own = rows(administrator, "consents", number=CONFIRMED)
    assert {row["number"] for row in own} == {CONFIRMED}
    assert [(row["kind"].split()[0], row["accepted"].split()[0]) for row in own] == [
        ("人脸信息处理", "否"),
        ("考生诚信承诺书", "是"),
    ]
    reviewer = day.signed_in("王磊", Role.REVIEWER)
    assert reviewer.get(f"/review/sessions/{day.session(CONFIRMED)}").status_code == 200
    seen = rows(administrator, "access", number=CONFIRMED)
    assert {row["number"] for row in seen} == {CONFIRMED}
    assert ("王磊", "view_evidence") in {(row["by"], row["action"]) for row in seen}
    assert ("support", "admit_login") in {(row["by"], row["action"]) for row in seen}
    lost = rows(administrator, "access", number=LOST)
    assert [(row["by"], row["action"], row["reason"]) for row in lost if row["action"].startswith("close")] == [
        ("韩梅", "close_propose", "硬盘损坏"),
        ("李雷", "close_confirm", "已核对"),
    ]
    file = administrator.http.get(f"{AT}/consents/file", params={"form": "json", "number": CONFIRMED})
    assert file.json()["rows"] == own
    reviewer.close()


def test_who_may_see_which_and_every_look_is_written_down(day: Day, administrator: Browser) -> None:
    support, reviewer = day.signed_in("张敏", Role.SUPPORT), day.signed_in("李娜", Role.REVIEWER)
    nobody = Browser(day.running.url)
    for ledger in ("completion", "absentees", "unfinished", "incidents"):
        assert support.get(f"{AT}/{ledger}").status_code == 200
        assert reviewer.get(f"{AT}/{ledger}").json()["code"] == "not_allowed"
        assert nobody.get(f"{AT}/{ledger}/file").status_code == 401
    for ledger in ("consents", "access"):
        assert support.get(f"{AT}/{ledger}").json()["code"] == "not_allowed"
        assert reviewer.get(f"{AT}/{ledger}/file").json()["code"] == "not_allowed"
    assert support.get(f"{AT}/unfinished/file").status_code == 200
    looks = [row for row in day.running.center.database.read(interviews.audits) if row.action == "ledger"]
    assert [row.by for row in looks].count("张敏") == 5
    assert not [row for row in looks if row.by == "李娜"], "a refusal is no look"
    assert '"form": "csv"' in looks[-1].detail
    assert administrator.get(f"{AT}/salaries").status_code == 400
    assert administrator.get("/projects/NOBODY/ledgers/completion").json()["code"] == "project_unknown"
    for browser in (support, reviewer, nobody):
        browser.close()
