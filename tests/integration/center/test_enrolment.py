"""Becoming a device, and getting tokens."""

import json

import pytest
from joserfc.jwk import OKPKey

from center import admin
from domain.signature import CenterKeys, peek, public_jwk
from domain.wire.center import API
from tests.integration.center.conftest import Running, Serve
from tests.support.center import HOUR_MS, Device, add_session


def test_enrolment_gives_facts_and_keys_that_fit(running: Running, device: Device) -> None:
    assert device.facts["project"] == "rehearsal"
    assert device.facts["practice"] is True
    assert device.facts["ended_ms"] is None
    assert device.facts["deadline_ms"] is None
    keys = CenterKeys.from_dict(device.http.get(f"{API}/keys").json())
    assert keys == device.keys
    assert abs(device.http.get(f"{API}/time").json()["center_ms"] - running.clock.wall_ms()) < 1000
    # the sealing key for rescue bundles is in the signed set, too
    assert {jwk["crv"] for jwk in peek(keys.key_set)["keys"].values()} == {"Ed25519", "X25519"}


def test_sent_twice_is_sent_once_but_not_from_another_device(running: Running) -> None:
    code = add_session(running.center.database, running.clock).code
    device = Device(running.url, code)
    again = device.enrol(code.lower().replace("-", " "))
    assert (again.status_code, again.json()["facts"]) == (200, device.facts)
    other = device.http.post(
        f"{API}/enrolments",
        json={
            "code": code,
            "device": "01936f5e-0000-7000-8000-00000000beef",
            "public_key": public_jwk(OKPKey.generate_key("Ed25519")),
        },
    )
    assert (other.status_code, other.json()["code"], other.json()["retryable"]) == (403, "enrolment_refused", False)
    device.key = OKPKey.generate_key("Ed25519", private=True)
    assert device.enrol(code).status_code == 403
    device.close()


def test_expired_codes(running: Running, device: Device) -> None:
    code = add_session(running.center.database, running.clock).code
    running.clock.pass_ms(HOUR_MS + 1)
    assert device.enrol(code).status_code == 403


@pytest.mark.parametrize(
    "change",
    [{"code": "nonsense"}, {"device": "../../etc"}, {"device": "A" * 36}, {"public_key": {"kty": "RSA"}}, {"code": 5}],
)
def test_bad_enrolments(running: Running, device: Device, change: dict[str, object]) -> None:
    order = {
        "code": add_session(running.center.database, running.clock).code,
        "device": "01936f5e-0000-7000-8000-00000000beef",
        "public_key": public_jwk(device.key),
    }
    answer = device.http.post(f"{API}/enrolments", json={**order, **change})
    assert 400 <= answer.status_code < 500
    assert "message_zh" in answer.json()


def test_guessing_is_slowed_down_by_address(serve: Serve) -> None:
    with serve(code_failures=3, code_failures_s=60) as running:
        device = running.device()
        fine = add_session(running.center.database, running.clock).code
        for _ in range(3):
            assert device.enrol("AAAA-AAAA-AAAA-AAAA-AAAA").status_code == 403
        slowed = device.enrol(fine)
        assert (slowed.status_code, slowed.json()["code"]) == (429, "center_busy")
        assert int(slowed.headers["Retry-After"]) > 0
        running.clock.pass_ms(60_001)
        Device(running.url, fine).close()
        device.close()


def test_a_challenge_is_good_once_for_its_device_and_key(running: Running, device: Device) -> None:
    challenge = device.challenge()
    assert device.ask_token(challenge).status_code == 200
    assert device.ask_token(challenge).json()["code"] == "token_refused"
    stranger = OKPKey.generate_key("Ed25519", private=True)
    assert device.ask_token(device.challenge(), key=stranger).status_code == 401
    other = running.device()
    assert device.ask_token(device.challenge(), device=other.id).status_code == 401
    late = device.challenge()
    running.clock.pass_ms(60_001)
    assert device.ask_token(late).status_code == 401
    other.close()


def test_expired_and_foreign_tokens_are_told_apart_from_nothing_else(running: Running, device: Device) -> None:
    other = running.device()
    seal = device.chain([b"x"])[0]
    path = device.create(seal).headers["Location"]
    mine, device.token = device.token, other.token
    for answer in (
        device.create(seal),
        device.head(path),
        device.patch(path, 0, b"x"),
        device.get(""),
        device.get(f"/seals?device={device.id}"),
        device.end(),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    device.token = mine
    assert device.get(f"/seals?device={other.id}").status_code == 401
    running.clock.pass_ms(15 * 60_000 + 1)
    assert device.patch(path, 0, b"x").json()["code"] == "token_refused"
    device.token = device.new_token()
    assert device.patch(path, 0, b"x").status_code == 204
    other.close()


def test_a_withdrawn_device_gets_no_token(running: Running, device: Device) -> None:
    admin.withdraw_device(running.center.database, device.id, "replaced", running.clock.wall_ms())
    assert device.ask_token(device.challenge()).status_code == 401


def test_json_bodies_are_bounded(device: Device) -> None:
    answer = device.http.post(f"{API}/challenges", content=json.dumps({"device": "x" * 100_000}))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_everything_unknown_is_an_error_body(device: Device) -> None:
    for answer in (
        device.http.get("/nothing"),
        device.http.post("/healthz"),
        device.http.post(f"{API}/tokens", json=[]),
    ):
        assert 400 <= answer.status_code < 500
        assert answer.json()["code"] == "bad_input"


def test_health_and_openapi(device: Device) -> None:
    assert device.http.get("/healthz").json() == {"status": "ok"}
    paths = device.http.get("/openapi.json").json()["paths"]
    assert {f"{API}/uploads", f"{API}/enrolments", f"{API}/sessions/{{session}}/manifests"} <= paths.keys()
