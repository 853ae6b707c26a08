"""Logging in: the right person, once, by face or by support; nobody else, and nobody twice."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from center import staff
from center.faces.engine import FaceEngine
from center.faces.image import Pixels
from center.faces.models import load_models
from center.faces.settings import FaceSettings
from center.faces.words import Turn
from center.store import candidates, interviews
from center.store.candidates import PermissionKind
from center.tables.interview import Consent, Login, TimelineRow
from domain.stage import MINUTE_MS
from domain.wire.login import FRAME_MOST
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, Laptop, actor, add_sample, allow, photo
from tests.support.people import astronaut
from tests.support.puppet import TURNS, Puppet, jpeg

CONSENT = {"version": "2026-1", "accepted": True}
CUES = {f"turn_{turn.value}": turn for turn in Turn}


@pytest.fixture
def start_ms(running: Running, tmp_path: Path) -> int:
    return add_sample(running.center, tmp_path / "project")


@pytest.fixture
def laptop(running: Running, start_ms: int) -> Iterator[Laptop]:
    made = Laptop(running.url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def puppet() -> Puppet:
    return Puppet.of(astronaut(), FaceEngine(load_models(), FaceSettings()))


def test_who_turns_the_head_as_asked_is_logged_in(running: Running, laptop: Laptop, puppet: Puppet) -> None:
    begun = laptop.begin(consent=CONSENT).json()
    assert begun["step"] == "face"
    state, number = begun, 0
    poses: dict[Turn | None, Pixels] = {None: puppet.pose()}
    poses.update((turn, puppet.pose(*angles)) for turn, angles in TURNS.items())
    while state["step"] == "face" and number < 60:
        number += 1
        running.clock.pass_ms(300)
        answer = laptop.frame(begun["login"], jpeg(poses[CUES.get(state["cue"])], noise=number))
        assert answer.status_code == 200, answer.text
        state = answer.json()
        assert state["guidance"]["zh"]
    assert state["step"] == "passed", state
    laptop.act = state["granted"]["act"]
    assert laptop.get().json()["name"] == "林晓"
    again = laptop.grant(begun["login"]).json()["granted"]
    assert laptop.get().status_code == 401, "the answer was lost: the newest act token counts"
    laptop.act = again["act"]
    assert laptop.get().status_code == 200
    row = running.center.database.read(lambda db: candidates.login(db, begun["login"]))
    assert row is not None
    assert (row.template, row.attempt) == (b"", ""), "nothing of the face stays"
    kinds = {event.kind: event for event in timeline(running, again["session"])}
    assert "similarity_best" in kinds["face_passed"].data


def timeline(running: Running, session: str) -> list[TimelineRow]:
    return running.center.database.read(lambda db: interviews.timeline(db, session))


def test_a_still_does_not_log_in(running: Running, laptop: Laptop) -> None:
    begun = laptop.begin(consent=CONSENT).json()
    state = begun
    for number in range(60):
        running.clock.pass_ms(300)
        state = laptop.frame(begun["login"], jpeg(astronaut(), noise=number)).json()
        if state["step"] != "face":
            break
    assert (state["step"], state["granted"]) == ("retry", None)
    again = laptop.http.post(f"/api/v1/login/{begun['login']}/retry").json()
    assert (again["step"], again["attempts_left"], again["done"]) == ("face", begun["attempts_left"] - 1, 0)
    assert laptop.grant(begun["login"]).json()["code"] == "login_unfinished"


def test_without_consent_no_picture_is_looked_at_and_support_logs_in(running: Running, laptop: Laptop) -> None:
    begun = laptop.begin().json()
    assert (begun["step"], begun["attempts_left"]) == ("help", 0)
    refused = laptop.frame(begun["login"], photo())
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_missing")
    path = f"/api/v1/login/{begun['login']}"
    assert laptop.http.post(f"{path}/retry").json()["code"] == "login_unfinished"
    assert laptop.http.post(f"{path}/help", json={"text": "不同意人脸"}).json()["asked_support"] is True
    allow(running.center, laptop.number, PermissionKind.LOGIN)
    assert laptop.http.get(path).json()["step"] == "passed"
    granted = laptop.grant(begun["login"]).json()["granted"]
    assert granted["by_support"] is True
    answers = running.center.database.read(lambda db: list(db.exec(select(Consent.accepted))))
    assert answers == [False]
    # good once: a second login by hand needs support again
    staff.end_login(running.center.database, CODE, laptop.number, actor(running.center))
    assert laptop.begin().json()["step"] == "help"


def test_unknown_numbers_and_wrong_id_numbers_are_answered_alike(laptop: Laptop) -> None:
    answers = [
        laptop.begin(number="99999999"),
        laptop.begin(id_number="TEST-ID-0002"),
        laptop.begin(project="NOBODY"),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "login_refused"
    assert laptop.begin(number=" 2026 0001", id_number="ｔｅｓｔ-id-0001").status_code == 200, "as people type"


def test_guessing_is_slowed_for_one_candidate(serve: Serve, tmp_path: Path) -> None:
    with serve(login_failures_anywhere=3) as running:
        add_sample(running.center, tmp_path / "project", start_in_ms=25 * MINUTE_MS)
        laptop = Laptop(running.url)
        for guess in range(3):
            assert laptop.begin(id_number=f"{guess}").status_code == 403
        slowed = laptop.begin()
        assert (slowed.status_code, slowed.json()["code"]) == (429, "center_busy")
        other = Laptop(running.url, "20260002", "TEST-ID-0002")
        assert other.begin().status_code == 200
        allow(running.center, laptop.number, PermissionKind.LOGIN)
        assert laptop.begin().status_code == 200, "support's leave is not held up by somebody else's guesses"
        for guess in range(7):
            laptop.begin(id_number=f"{guess}")
        assert laptop.begin().status_code == 429, "but too many guesses from here are"
        running.clock.pass_ms(600_001)
        assert laptop.begin().status_code == 200
        for each in (laptop, other):
            each.close()


def test_too_early_too_late_and_twice(running: Running, laptop: Laptop, start_ms: int) -> None:
    running.clock.pass_ms(start_ms - 30 * MINUTE_MS - 1 - running.clock.wall_ms())
    early = laptop.begin()
    assert (early.status_code, early.json()["code"]) == (403, "login_too_early")
    assert early.json()["detail"] == f"opens_at_ms={start_ms - 30 * MINUTE_MS}"
    running.clock.pass_ms(1)
    laptop.log_in_by_hand(running.center)
    elsewhere = Laptop(running.url)
    second = elsewhere.begin()
    assert (second.status_code, second.json()["code"]) == (409, "login_active")
    assert elsewhere.begin(takeover=True).status_code == 409
    running.clock.pass_ms(start_ms - running.clock.wall_ms())
    late = elsewhere.begin(number="20260002", id_number="TEST-ID-0002")
    elsewhere.close()
    assert (late.status_code, late.json()["code"]) == (403, "door_closed")


def test_a_takeover_needs_support_and_voids_the_old_act(running: Running, laptop: Laptop, start_ms: int) -> None:
    laptop.log_in_by_hand(running.center).prepare()
    assert laptop.enter().status_code == 200
    running.clock.pass_ms(start_ms - running.clock.wall_ms() + 1)
    allow(running.center, laptop.number, PermissionKind.TAKEOVER)
    second = Laptop(running.url)
    assert second.begin().status_code == 409, "allowed, but not asked for"
    second.log_in_by_hand(running.center, takeover=True)
    assert laptop.get().json()["code"] == "act_over"
    assert second.get().json()["state"]["facts"]["entered_ms"] is not None
    assert second.get("/questions").status_code == 200
    third = Laptop(running.url)
    assert third.begin(takeover=True).status_code == 409, "a takeover is good once"
    for each in (second, third):
        each.close()


def test_an_old_consent_text_is_refused(laptop: Laptop) -> None:
    answer = laptop.begin(consent={"version": "2025-9", "accepted": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_outdated")


def test_a_login_takes_no_longer_than_it_may(serve: Serve, tmp_path: Path) -> None:
    with serve(login_s=60) as running:
        add_sample(running.center, tmp_path / "project")
        laptop = Laptop(running.url)
        login = laptop.begin().json()["login"]
        running.clock.pass_ms(MINUTE_MS + 1)
        assert laptop.http.get(f"/api/v1/login/{login}").json()["code"] == "login_over"
        assert laptop.grant("made-up-login-that-is-not").json()["code"] == "login_over"
        laptop.begin()
        left = running.center.database.read(lambda db: db.get(Login, login))
        assert left is None, "forgotten, and its template with it"
        laptop.close()


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b"", "image/jpeg", 400, "image_refused"),
        (b"not a picture", "image/jpeg", 400, "image_refused"),
        (b"{}", "application/json", 415, "bad_input"),
        (random.Random(1).randbytes(FRAME_MOST + 1), "image/jpeg", 413, "too_large"),
    ],
)
def test_bad_frames(laptop: Laptop, body: bytes, media_type: str, status: int, code: str) -> None:
    begun = laptop.begin(consent=CONSENT).json()
    answer = laptop.frame(begun["login"], body, media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
