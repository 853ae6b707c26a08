"""A phone's segments at a running center: remuxed for playing, damaged ones named, and every track as one file."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from center.accounts.roles import Role
from center.store import interviews, keeping
from domain.identity import Track
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import Laptop, add_sample
from tests.support.center import Device
from tests.support.clips import SECONDS, clip, length_of
from tests.support.phones import Phone
from tests.support.reels import GAP_MS, upload_runs
from tests.support.reels import SECONDS as RUN_S
from tests.support.staffing import Browser, new_account

NOT_FOOTAGE = b"\x1a\x45\xdf\xa3" + b"nothing a player knows" * 20


@pytest.fixture
def reviewer(running: Running) -> Iterator[Browser]:
    made = Browser(running.url)
    assert made.sign_in(new_account(running.center, "王磊", Role.REVIEWER), running.clock.wall_ms()).status_code == 200
    yield made
    made.close()


@pytest.fixture
def laptop(running: Running, tmp_path: Path) -> Iterator[Laptop]:
    add_sample(running.center, tmp_path / "project")
    made = Laptop(running.url).log_in_by_hand(running.center)
    yield made
    made.close()


@pytest.fixture
def phone(running: Running, laptop: Laptop) -> Iterator[Phone]:
    made = Phone(running.url)
    made.bind(laptop.post("/bindings").json()["link"])
    assert laptop.post("/companion/approve", {"device": made.id}).status_code == 200
    yield made
    made.close()


def lane(reviewer: Browser, session: str, track: str) -> dict[str, Any]:
    body: dict[str, Any] = reviewer.get(f"/review/sessions/{session}").json()
    found: dict[str, Any] = next(one for one in body["lanes"] if one["track"] == track)
    return found


def pieces(reviewer: Browser, phone: Phone) -> list[dict[str, Any]]:
    return list(lane(reviewer, phone.session, "companion")["pieces"])


@pytest.mark.parametrize(
    ("form", "type_"),
    [("webm", r'video/webm; codecs="vp8,opus"'), ("mp4", r'video/mp4; codecs="avc1\.[0-9a-f]{6},mp4a\.40\.2"')],
)
def test_a_segment_is_remuxed_once_and_says_what_it_is(
    running: Running, reviewer: Browser, phone: Phone, form: str, type_: str
) -> None:
    phone.film(clip(form), None, clip(form, "blue"))
    told = pieces(reviewer, phone)
    assert [piece["gap"] for piece in told] == [False, True, False]
    assert [piece["media_ms"] for piece in told] == [0, 5000, 10_000]
    answers = [reviewer.http.get(running.url + str(told[0]["file"])) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert re.fullmatch(type_, answers[0].headers["Content-Type"])
    lasts, complaints = length_of(answers[0].content)
    assert (round(lasts), complaints) == (SECONDS, "")
    assert "林晓".encode() not in answers[0].content  # what the phone wrote about itself stays behind
    assert len(list((running.config.review / phone.session).iterdir())) == 1


def test_a_damaged_segment_is_named_and_the_others_play(running: Running, reviewer: Browser, phone: Phone) -> None:
    cut = clip("webm")[:5000]
    phone.film(clip("webm"), NOT_FOOTAGE, b"\0" * 64, cut, clip("webm", "blue"))
    told = pieces(reviewer, phone)
    answers = [reviewer.http.get(running.url + str(piece["file"])) for piece in told]
    assert [one.status_code for one in answers] == [200, 409, 409, 200, 200]
    assert {one.json()["code"] for one in answers[1:3]} == {"footage_damaged"}
    again = reviewer.http.get(running.url + str(told[1]["file"]))
    assert again.json() == answers[1].json()
    whole = reviewer.http.get(running.url + str(lane(reviewer, phone.session, "companion")["files"][0]["file"]))
    assert whole.status_code == 200
    assert round(length_of(whole.content)[0]) == 4 * 5 + SECONDS  # what is damaged leaves its time empty


def test_copies_are_bounded_and_forgotten(serve: Serve, tmp_path: Path) -> None:
    size = len(clip("webm"))
    with serve(review_bytes=3 * size, review_keep_s=3600) as running:
        add_sample(running.center, tmp_path / "project")
        laptop = Laptop(running.url).log_in_by_hand(running.center)
        phone = Phone(running.url)
        phone.bind(laptop.post("/bindings").json()["link"])
        assert laptop.post("/companion/approve", {"device": phone.id}).status_code == 200
        phone.film(*[clip("webm", colour) for colour in ("red", "blue", "green", "black", "white")])
        reviewer = Browser(running.url)
        account = new_account(running.center, "王磊", Role.REVIEWER)
        assert reviewer.sign_in(account, running.clock.wall_ms()).status_code == 200
        for piece in pieces(reviewer, phone):
            assert reviewer.http.get(running.url + str(piece["file"])).status_code == 200
        kept = list(running.config.review.rglob("*"))
        assert sum(path.stat().st_size for path in kept if path.is_file()) <= 3 * size
        running.clock.pass_ms(3_601_000)
        assert running.center.review._copies.sweep() > 0
        assert not [path for path in running.config.review.rglob("*") if path.is_file()]
        for one in (reviewer, phone, laptop):
            one.close()


def test_no_copy_outlives_the_evidence(running: Running, reviewer: Browser, phone: Phone) -> None:
    phone.film(clip("webm"))
    address = str(pieces(reviewer, phone)[0]["file"])
    assert reviewer.http.get(running.url + address).status_code == 200
    held = running.center.database.read(lambda db: keeping.keys_of(db, phone.session))
    running.center.database.write(lambda db: keeping.empty(db, phone.session, held))
    asyncio.run(running.center.review.sweep())
    assert not running.config.review.joinpath(phone.session).exists()
    assert reviewer.http.get(running.url + address).json()["code"] == "bad_input"
    assert reviewer.get(f"/review/sessions/{phone.session}").json()["lanes"] == []


def test_a_track_of_two_runs_is_one_file_with_the_gap_left_empty(
    running: Running, reviewer: Browser, laptop: Laptop, tmp_path: Path
) -> None:
    device = Device(running.url, laptop.granted["code"])
    upload_runs(device, Track.CAMERA, tmp_path / "footage")
    (file,) = lane(reviewer, device.session, "camera")["files"]
    alias = reviewer.get(f"/review/sessions/{device.session}").json()["alias"]
    first = reviewer.http.get(running.url + file["file"])
    assert first.headers["Content-Disposition"] == f'attachment; filename="{alias}-camera.mp4"'
    assert length_of(first.content) == (2 * RUN_S + GAP_MS / 1000, "")
    again = reviewer.http.get(running.url + file["file"], headers={"Range": "bytes=1000-1999"})
    assert again.status_code == 206
    assert again.content == first.content[1000:2000]
    looks = [one for one in running.center.database.read(interviews.audits) if one.action == "download_evidence"]
    assert [(one.by, device.session in one.detail) for one in looks] == [("王磊", True)] * 2
    device.close()


def test_who_may_not_see_evidence_gets_neither_clip_nor_file(running: Running, reviewer: Browser, phone: Phone) -> None:
    phone.film(clip("webm"))
    told = lane(reviewer, phone.session, "companion")
    addresses = [str(told["pieces"][0]["file"]), str(told["files"][0]["file"])]
    support, administrator, nobody = (Browser(running.url) for _ in range(3))
    for browser, name, role in ((support, "张敏", Role.SUPPORT), (administrator, "陈静", Role.ADMINISTRATOR)):
        assert browser.sign_in(new_account(running.center, name, role), running.clock.wall_ms()).status_code == 200
    for address in addresses:
        assert nobody.http.get(running.url + address).status_code == 401
        assert phone.http.get(address, headers=phone.headers()).status_code == 401
        for browser in (support, administrator):
            assert browser.http.get(running.url + address).json()["code"] == "not_allowed"
    assert not running.config.review.joinpath(phone.session).exists()
    for browser in (support, administrator, nobody):
        browser.close()


def test_footage_asked_for_without_opening_the_session_is_written_down_too(
    running: Running, reviewer: Browser, phone: Phone
) -> None:
    phone.film(clip("webm"))
    address = str(pieces(reviewer, phone)[0]["file"])
    second = Browser(running.url)
    assert (
        second.sign_in(new_account(running.center, "李娜", Role.REVIEWER), running.clock.wall_ms()).status_code == 200
    )
    for _ in range(2):
        assert second.http.get(running.url + address).status_code == 200
    looks = [one.by for one in running.center.database.read(interviews.audits) if one.action == "view_evidence"]
    assert looks == ["王磊", "李娜"]
    second.close()
