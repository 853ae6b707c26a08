"""The public status page's route: a number and a support code, and nothing that tells who it is."""

from collections.abc import Iterator

import httpx
import pytest

from center import closing
from center.staff import Actor
from center.store import candidates
from domain.causes import Cause
from domain.wire.publicstatus import STATUS_PATH
from tests.integration.center.conftest import Running, serving
from tests.support.afterday import ABSENT, CODE, CONFIRMED, LATE, LOST, Day
from tests.support.publishing import FIRST, SECOND, administrators
from tests.support.trust import TRUST


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("status")
    with serving(folder / "center", login_failures=3) as running:
        made = Day(running, folder / "project")
        yield made
        made.close()


def code_of(running: Running, number: str) -> str:
    found = running.center.database.read(lambda db: candidates.by_number(db, CODE, number))
    assert found is not None
    return found.candidate.support_code


def ask(running: Running, number: str, code: str) -> httpx.Response:
    return httpx.post(f"{running.url}{STATUS_PATH}", json={"number": number, "code": code}, verify=TRUST)


def told(day: Day, number: str) -> dict[str, object]:
    answer = ask(day.running, number, code_of(day.running, number))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, object] = answer.json()
    return body


def test_it_says_what_is_here_what_is_missing_and_whom_to_call(day: Day) -> None:
    done = told(day, CONFIRMED)
    assert (done["state"], done["verified_links"], done["named_links"], done["waits_for"]) == ("confirmed", 6, 6, [])
    assert done["confirmed_ms"] is not None
    late = told(day, LATE)
    assert (late["state"], late["verified_links"], late["named_links"]) == ("late", 4, 6)
    assert (late["waits_for"], late["hotline"], late["confirmed_ms"]) == (["laptop"], "400-000-0000", None)
    assert told(day, ABSENT)["state"] == "absent"
    center, now, session = day.running.center, day.running.clock.wall_ms(), day.session(LOST)
    administrators(center.database, now)
    closing.propose(center.database, session, Cause.SYSTEM, Actor(FIRST, "x", now))
    closing.confirm(center.database, center.keys, session, Actor(SECOND, "x", now))
    lost = told(day, LOST)
    assert (lost["state"], lost["confirmed_ms"]) == ("closed_with_loss", None)
    assert "成功" not in str(lost["said"])


def test_nothing_personal_is_told(day: Day) -> None:
    answer = ask(day.running, CONFIRMED, code_of(day.running, CONFIRMED)).text
    for secret in ("林晓", CONFIRMED, day.session(CONFIRMED), CODE, "第一场", "astronaut"):
        assert secret not in answer
    full_width = "２０２６０００１"
    assert ask(day.running, full_width, code_of(day.running, CONFIRMED)).status_code == 200


def test_a_wrong_code_and_an_unknown_number_are_one_answer_and_guessing_is_slowed(day: Day) -> None:
    running = day.running
    right = code_of(running, LATE)
    wrong = f"{(int(right) + 1) % 10**8:08}"
    unknown, guessed = ask(running, "99999999", right), ask(running, LATE, wrong)
    assert (unknown.status_code, guessed.status_code) == (403, 403)
    assert unknown.json() == guessed.json()
    assert unknown.json()["code"] == "status_unknown"
    other = ask(running, LATE, code_of(running, CONFIRMED))  # another candidate's own code
    assert other.json()["code"] == "status_unknown"
    assert ask(running, LATE, wrong).status_code == 403
    assert ask(running, LATE, right).status_code == 429, "right, but after three wrong ones from this address"
    assert ask(running, CONFIRMED, code_of(running, CONFIRMED)).status_code == 200, "nobody else is locked out by it"
    for bad in ("", "1234567", "123456789", "abcdefgh", "１２３４５６７８"):
        assert ask(running, LATE, bad).status_code == 400
