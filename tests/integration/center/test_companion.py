"""The phone's way through the center: bound, approved, its evidence, replaced, and what it may not do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from center.store import interviews, projects
from center.tables import Project
from domain.identity import Track
from domain.signature import DeviceKey, public_jwk
from domain.stage import MINUTE_MS
from domain.wire.center import API
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, Laptop, add_sample, stamp
from tests.support.center import Device
from tests.support.phones import Phone, p256


@pytest.fixture
def start_ms(running: Running, tmp_path: Path) -> int:
    start = add_sample(running.center, tmp_path / "project")
    demand_phone(running)
    return start


@pytest.fixture
def laptop(running: Running, start_ms: int) -> Iterator[Laptop]:
    made = Laptop(running.url).log_in_by_hand(running.center)
    yield made
    made.close()


@pytest.fixture
def phone(running: Running) -> Iterator[Phone]:
    made = Phone(running.url)
    yield made
    made.close()


@pytest.fixture
def other(running: Running) -> Iterator[Phone]:
    made = Phone(running.url, key=p256())
    yield made
    made.close()


def demand_phone(running: Running, required: bool = True) -> None:
    def change(db: Any) -> None:
        row = db.get_one(Project, CODE)
        row.companion_required = required
        projects.keep(db, row)

    running.center.database.write(change)


def link(laptop: Laptop) -> str:
    return str(laptop.post("/bindings").json()["link"])


def bind(laptop: Laptop, phone: Phone) -> Phone:
    """Scanned and approved."""
    phone.bind(link(laptop))
    assert laptop.post("/companion/approve", {"device": phone.id}).status_code == 200
    return phone


def binding(laptop: Laptop) -> dict[str, Any]:
    told: dict[str, Any] = laptop.heartbeat().json()["state"]["binding"]
    return told


def timeline(running: Running, session: str) -> list[str]:
    return [row.kind for row in running.center.database.read(lambda db: interviews.timeline(db, session))]


@pytest.mark.parametrize("key", [None, "p256"])
def test_from_scan_to_verified_evidence(running: Running, laptop: Laptop, key: str | None) -> None:
    chosen: DeviceKey | None = p256() if key else None
    phone = Phone(running.url, key=chosen)
    assert binding(laptop)["state"] == "none"
    address = link(laptop)
    assert address.startswith("/companion#")
    assert binding(laptop)["state"] == "waiting"
    told = phone.bind(address)
    assert (told["approved"], told["number_tail"], told["title"]) == (False, "0001", told["facts"]["title"])
    assert told["view"]["release_code"] is None
    asking = binding(laptop)
    assert (asking["state"], asking["asking"]["device"], asking["asking"]["name"]) == ("asking", phone.id, "Pixel 7")
    early = phone.upload(phone.seal(b"before approval"), b"before approval")
    assert (early.status_code, early.json()["code"]) == (403, "phone_unapproved")
    assert early.json()["retryable"] is True
    assert laptop.post("/companion/approve", {"device": phone.id}).json()["binding"]["state"] == "bound"
    assert phone.upload(phone.chain[0], b"before approval").status_code == 201
    phone.film(b"second", None, b"third")
    view = phone.beat("recording", battery=0.5, charging=False, free_bytes=10, bytes=26)
    assert (view["approved"], view["replaced"], view["ended"]) == (True, False, False)
    shown = binding(laptop)
    assert shown["state"] == "recording"
    assert (shown["phone"]["battery"], shown["phone"]["segments"], shown["asking"]) == (0.5, 4, None)
    links = phone.http.get(
        f"{API}/sessions/{phone.session}/seals", params={"device": phone.id}, headers=phone.headers()
    ).json()["links"]
    assert [entry["state"] for entry in links] == ["verified"] * 4
    assert {"phone_asked", "phone_approved", "phone_state"} <= set(timeline(running, phone.session))
    phone.close()


def test_the_link_is_where_phones_reach_the_center(serve: Serve, tmp_path: Path) -> None:
    with serve(public_url="https://center.example") as running:
        add_sample(running.center, tmp_path / "project")
        laptop = Laptop(running.url).log_in_by_hand(running.center)
        phone = Phone(running.url)
        address = link(laptop)
        assert address.startswith("https://center.example/companion#")
        assert phone.ask(address).status_code == 200
        phone.close()
        laptop.close()


def test_a_typed_code_binds_as_the_link_does(laptop: Laptop, phone: Phone, other: Phone) -> None:
    code = laptop.post("/bindings").json()["code"]
    assert phone.ask(f" {code.lower().replace('-', ' ')} ", "code").status_code == 200
    assert other.ask(code, "code").json()["code"] == "binding_refused"  # used
    assert phone.ask(code, "code").status_code == 200  # the answer was lost


def test_link_and_code_are_one_and_good_once(laptop: Laptop, phone: Phone, other: Phone) -> None:
    made = laptop.post("/bindings").json()
    assert phone.ask(made["link"]).status_code == 200
    assert other.ask(made["code"], "code").status_code == 403
    assert binding(laptop)["asking"]["device"] == phone.id


def test_old_expired_and_made_up_secrets_are_refused_alike(running: Running, laptop: Laptop, phone: Phone) -> None:
    replaced = link(laptop)
    newest = link(laptop)
    running.clock.pass_ms(running.config.binding_s * 1000 + 1)
    answers = [phone.ask(secret) for secret in (replaced, newest, "made-up")]
    answers += [phone.ask("ABCD-EFGH", "code"), phone.ask("short", "code")]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "binding_refused")] * 5
    assert binding(laptop)["state"] == "none"


def test_guessing_is_slowed_down(running: Running, laptop: Laptop, phone: Phone) -> None:
    for _ in range(running.config.code_failures):
        assert phone.ask("wrong").status_code == 403
    refused = phone.ask(link(laptop))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    running.clock.pass_ms(running.config.code_failures_s * 1000 + 1)
    assert phone.ask(link(laptop)).status_code == 200


def test_one_session_is_not_bound_without_end(running: Running, laptop: Laptop) -> None:
    def ask() -> int:
        phone = Phone(running.url)
        status = phone.ask(link(laptop)).status_code
        phone.close()
        return status

    assert [ask() for _ in range(running.config.bindings_most)] == [200] * running.config.bindings_most
    assert ask() == 429


def test_no_key_of_ours(laptop: Laptop, phone: Phone) -> None:
    good = public_jwk(p256())
    bad: list[dict[str, Any]] = [
        {"kty": "RSA", "n": "x", "e": "AQAB"},
        {**good, "crv": "P-384"},
        {**good, "y": good["x"]},  # not on the curve
        {**good, "x": ""},
        {"kty": "OKP", "crv": "X25519", "x": "AAAA"},
    ]
    for key in bad:
        answer = phone.ask(link(laptop), public_key=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "signature_invalid"), key


def test_a_known_device_id_belongs_to_its_key(running: Running, laptop: Laptop, phone: Phone, other: Phone) -> None:
    bind(laptop, phone)
    assert phone.ask(link(laptop), public_key=public_jwk(other.key)).json()["code"] == "identity_conflict"
    enrolled = Device(running.url, laptop.granted["code"])
    assert phone.ask(link(laptop), device=enrolled.id).json()["code"] == "identity_conflict"
    enrolled.close()


def test_another_phone_takes_over_only_when_approved(laptop: Laptop, phone: Phone, other: Phone) -> None:
    bind(laptop, phone).film(b"first")
    phone.beat()
    other.bind(link(laptop))
    both = binding(laptop)
    assert (both["state"], both["phone"]["device"], both["asking"]["device"]) == ("recording", phone.id, other.id)
    assert other.beat("preview")["approved"] is False
    assert phone.beat()["replaced"] is False
    laptop.post("/companion/approve", {"device": other.id})
    old = phone.beat("stopped")
    assert (old["approved"], old["replaced"], old["help"], old["notices"]) == (False, True, [], [])
    phone.film(b"what it still held")  # uploads go on
    assert phone.submit(phone.manifest()).json()["missing"] == 0
    assert other.beat()["approved"] is True
    assert binding(laptop)["phone"]["device"] == other.id
    refused = laptop.post("/companion/approve", {"device": phone.id})
    assert (refused.status_code, refused.json()["code"]) == (404, "phone_unknown")
    phone.bind(link(laptop))  # it scans again, and asks again
    laptop.post("/companion/approve", {"device": phone.id})
    assert phone.beat()["approved"] is True
    assert other.beat()["replaced"] is True


def test_the_same_phone_that_scans_again_goes_on_in_its_chain(laptop: Laptop, phone: Phone) -> None:
    bind(laptop, phone).film(b"first")
    told = phone.bind(link(laptop))
    assert told["approved"] is True
    phone.run = "01936f5e-0000-7000-8000-0000000000b2"
    phone.film(None, b"a new run")
    phone.beat()
    assert binding(laptop)["state"] == "recording"


def test_a_refused_phone_is_told_and_sends_nothing(laptop: Laptop, phone: Phone) -> None:
    phone.bind(link(laptop))
    assert laptop.post("/companion/unbind", {"device": phone.id}).json()["binding"]["asking"] is None
    view = phone.beat("preview")
    assert (view["approved"], view["refused"]) == (False, True)
    assert phone.upload(phone.seal(b"x"), b"x").status_code == 403
    assert laptop.post("/companion/unbind", {"device": "01936f5e-0000-7000-8000-0000000000ff"}).status_code == 404


def test_a_phone_that_asks_and_goes_away_is_not_shown_for_ever(running: Running, laptop: Laptop, phone: Phone) -> None:
    phone.bind(link(laptop))
    running.clock.pass_ms(2 * MINUTE_MS)
    assert binding(laptop)["asking"] is None
    phone.beat("preview")
    assert binding(laptop)["asking"]["device"] == phone.id


def test_of_two_that_ask_the_newest_is_shown(running: Running, laptop: Laptop, phone: Phone, other: Phone) -> None:
    for one in (phone, other, phone):
        running.clock.pass_ms(1000)
        one.bind(link(laptop))
        assert binding(laptop)["asking"]["device"] == one.id


def test_a_silent_phone_is_lost_until_it_speaks(running: Running, laptop: Laptop, phone: Phone) -> None:
    bind(laptop, phone)
    phone.beat()
    running.clock.pass_ms(15_001)
    assert binding(laptop)["state"] == "lost"
    phone.beat("frozen")
    assert binding(laptop)["state"] == "frozen"
    phone.beat("stopped")
    running.clock.pass_ms(60_000)
    assert binding(laptop)["state"] == "uploading"
    running.clock.pass_ms(40_000)
    assert binding(laptop)["state"] == "lost"


def test_what_a_phones_token_may_not_do(running: Running, laptop: Laptop, phone: Phone) -> None:
    bind(laptop, phone)
    end = {"center_ms": 1, "center_est": False, "boot_id": "b", "boot_ns": "1"}
    session = phone.session
    refused = [
        phone.post(f"/sessions/{session}/end", end),
        phone.post("/interview/heartbeat", {"nonce": "12345678", "stage": "", "at": stamp()}),
        phone.post("/interview/end", end),
        phone.post("/interview/enter", {}),
        phone.post("/companion/approve", {}),
        phone.http.get(f"{API}/interview/questions", headers=phone.headers()),
        phone.http.get(f"{API}/sessions/{session}/seals?device={laptop.number}", headers=phone.headers()),
    ]
    assert [answer.status_code for answer in refused] == [401, 401, 401, 401, 404, 401, 400]
    device = Device(running.url, laptop.granted["code"])
    camera = phone.seal(b"x")
    seal = device.chain([b"init"])[0]
    phone.chain.clear()
    foreign = phone.upload(seal)  # another device's
    assert foreign.status_code == 401
    other_track = phone.upload(replace(camera, track=Track.CAMERA), b"x")
    assert (other_track.status_code, other_track.json()["code"]) == (401, "token_refused")
    assert device.http.post(f"{API}/companion/heartbeat", json=_beat(), headers=device.headers()).status_code == 401
    device.close()


def test_a_phone_that_stops_ends_no_interview(running: Running, laptop: Laptop, phone: Phone) -> None:
    bind(laptop, phone).film(b"one")
    answer = phone.submit(phone.manifest())  # it says: stopped by order
    assert (answer.status_code, answer.json()["device_receipt"]) == (200, None)
    assert laptop.heartbeat().json()["state"]["facts"]["ended_ms"] is None


def test_a_phone_is_needed_to_enter_where_it_is_demanded(
    running: Running, laptop: Laptop, phone: Phone, start_ms: int
) -> None:
    laptop.prepare()
    running.clock.pass_ms(start_ms - 5 * MINUTE_MS - running.clock.wall_ms())
    assert laptop.enter().json()["code"] == "stage_closed"
    phone.bind(link(laptop))
    assert laptop.enter().json()["code"] == "stage_closed"
    laptop.post("/companion/approve", {"device": phone.id})
    assert laptop.enter().status_code == 200


def test_help_and_answers_travel_through_the_phone(running: Running, laptop: Laptop, phone: Phone) -> None:
    order = {"id": "01936f5e-0000-7000-8000-0000000000c1", "text": "电脑断网了", "at": stamp()}
    phone.bind(link(laptop))
    assert phone.post("/companion/help", order).json()["code"] == "phone_unapproved"
    laptop.post("/companion/approve", {"device": phone.id})
    for _ in range(2):
        assert [entry["text"] for entry in phone.post("/companion/help", order).json()["help"]] == ["电脑断网了"]
    assert [entry["text"] for entry in laptop.get("/help").json()["help"]] == ["电脑断网了"]


def test_bad_heartbeats_are_named(laptop: Laptop, phone: Phone) -> None:
    bind(laptop, phone)
    wrong: list[dict[str, Any]] = [
        {"state": "dancing"},
        {"battery": 1.5},
        {"segments": -1},
        {"free_bytes": 1 << 60},
        {"at": {}},
    ]
    for bad in wrong:
        answer = phone.post("/companion/heartbeat", {**_beat(), **bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_input"), bad


def _beat() -> dict[str, Any]:
    return {"state": "recording", "at": stamp()}
