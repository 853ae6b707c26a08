"""Reviewing at a running center: footage as it is, no names, every look written down, two reviewers apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from center.accounts.roles import Role
from center.store import interviews
from domain.identity import Track
from domain.seal import Seal
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, Laptop, add_sample
from tests.support.center import Device
from tests.support.staffing import Browser, new_account

CONTENTS = [b"init", b"first segment", b"second", None, b"third"]  # None: a gap


@pytest.fixture
def reviewer(running: Running) -> Iterator[Browser]:
    made = Browser(running.url)
    account = new_account(running.center, "王磊", Role.REVIEWER)
    assert made.sign_in(account, running.clock.wall_ms()).status_code == 200
    yield made
    made.close()


@pytest.fixture
def recorded(running: Running, tmp_path: Path) -> Iterator[tuple[Device, list[Seal]]]:
    """A candidate of the sample whose camera is at the center."""
    add_sample(running.center, tmp_path / "project")
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    device = Device(running.url, laptop.granted["code"])
    seals = device.chain(list(CONTENTS))
    for seal, body in zip(seals, CONTENTS, strict=True):
        assert device.create(seal, body or b"").status_code == 201
    yield device, seals
    device.close()
    laptop.close()


def test_footage_is_played_as_it_was_recorded(
    reviewer: Browser, recorded: tuple[Device, list[Seal]], running: Running
) -> None:
    device, seals = recorded
    body = reviewer.get(f"/review/sessions/{device.session}").json()
    (lane,) = body["lanes"]
    assert lane["track"] == "camera"
    assert [piece["gap"] for piece in lane["pieces"]] == [False, False, True, False]
    assert [piece["start_ms"] for piece in lane["pieces"]] == [seal.center_ms for seal in seals[1:]]
    listed = reviewer.http.get(f"{running.url}{lane['playlist']}")
    assert listed.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    files = [line for line in listed.text.splitlines() if line.startswith("/")]
    assert [reviewer.http.get(running.url + file).content for file in files] == [b"first segment", b"second", b"third"]
    init = listed.text.split('EXT-X-MAP:URI="')[1].split('"')[0]
    assert reviewer.http.get(running.url + init).content == b"init"


def test_no_name_and_no_number_reaches_a_reviewer(reviewer: Browser, recorded: tuple[Device, list[Seal]]) -> None:
    device, _ = recorded
    told = [reviewer.get(path).text for path in ("/review/projects", f"/review/projects/{CODE}")]
    told.append(reviewer.get(f"/review/sessions/{device.session}").text)
    for text in told:
        assert "林晓" not in text
        assert "20260001" not in text
    (row,) = [one for one in reviewer.get(f"/review/projects/{CODE}").json() if one["session"] == device.session]
    assert row["alias"] == reviewer.get(f"/review/sessions/{device.session}").json()["alias"]
    assert row["links"] == len(CONTENTS)


def test_only_reviewers_see_evidence_and_every_look_is_written_down(
    running: Running, reviewer: Browser, recorded: tuple[Device, list[Seal]]
) -> None:
    device, _ = recorded
    nobody = Browser(running.url)
    support = Browser(running.url)
    assert (
        support.sign_in(new_account(running.center, "张敏", Role.SUPPORT), running.clock.wall_ms()).status_code == 200
    )
    upload = reviewer.http.get(
        running.url + reviewer.get(f"/review/sessions/{device.session}").json()["lanes"][0]["playlist"]
    ).text.split("/files/")[1][:36]
    for path in (
        "/review/projects",
        f"/review/sessions/{device.session}",
        f"/review/sessions/{device.session}/files/{upload}",
    ):
        assert nobody.get(path).status_code == 401
        assert support.get(path).json()["code"] == "not_allowed"
        device_try = device.http.get(f"{running.url}/api/v1/staff{path}", headers=device.headers())
        assert device_try.status_code == 401
    looks = [one for one in running.center.database.read(interviews.audits) if one.action == "view_evidence"]
    assert [one.by for one in looks] == ["王磊"]
    assert device.session in looks[0].detail
    nobody.close()
    support.close()


def test_what_is_not_of_the_session_is_refused(
    running: Running, reviewer: Browser, recorded: tuple[Device, list[Seal]]
) -> None:
    device, _ = recorded
    other = running.device()
    (seal,) = other.chain([b"init of another"])
    location = other.create(seal, b"init of another").headers["Location"].rsplit("/", 1)[1]
    assert reviewer.get(f"/review/sessions/{device.session}/files/{location}").json()["code"] == "bad_input"
    assert reviewer.get(f"/review/sessions/{other.session}/files/{location}").status_code == 200
    assert reviewer.get(f"/review/sessions/{device.session}/{Track.SCREEN.value}.m3u8").json()["code"] == "bad_input"
    assert reviewer.get("/review/sessions/none").json()["code"] == "bad_input"
    other.close()


def test_marks_and_two_conclusions_that_stay_apart(
    running: Running, reviewer: Browser, recorded: tuple[Device, list[Seal]]
) -> None:
    device, seals = recorded
    at = f"/review/sessions/{device.session}"
    second = Browser(running.url)
    assert (
        second.sign_in(new_account(running.center, "李娜", Role.REVIEWER), running.clock.wall_ms()).status_code == 200
    )
    assert reviewer.post(f"{at}/marks", {"at_ms": seals[1].center_ms, "text": "画面外有声音"}).status_code == 200
    assert reviewer.post(f"{at}/conclusion", {"verdict": "suspicious", "text": ""}).status_code == 200
    assert second.post(f"{at}/conclusion", {"verdict": "nothing_found", "text": "是广播"}).status_code == 200
    assert reviewer.post(f"{at}/conclusion", {"verdict": "nothing_found", "text": "同意"}).status_code == 200
    assert reviewer.post(f"{at}/conclusion", {"verdict": "90 points", "text": ""}).status_code == 400
    body = second.get(at).json()
    assert [(one["by"], one["text"]) for one in body["marks"]] == [("王磊", "画面外有声音")]
    said = {one["by"]: (one["verdict"], one["text"]) for one in body["conclusions"]}
    assert said == {"王磊": ("nothing_found", "同意"), "李娜": ("nothing_found", "是广播")}
    second.csrf = ""
    assert second.post(f"{at}/marks", {"at_ms": 1, "text": "x"}).json()["code"] == "not_allowed"
    second.close()
