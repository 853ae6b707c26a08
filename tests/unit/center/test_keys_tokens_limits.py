"""Keys that are made once, tokens that say who and until when, and doors."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.enrolment import new_code, read_code
from center.failures import Refused
from center.keys import load_keys
from center.limits import Door
from center.tokens import Tokens
from domain.errors import EnrolmentRefused, SignatureInvalid, SpoolUnreadable, TokenRefused
from domain.signature import RECEIPT_TYP

NOW = 1_700_000_000_000


def test_keys_are_made_once_and_owner_only(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "keys", "center", NOW)
    again = load_keys(tmp_path / "keys", "center", NOW + 1)
    assert again.pinned == first.pinned
    assert again.pinned.check(first.sign({"a": 1}, RECEIPT_TYP), RECEIPT_TYP) == {"a": 1}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}


def test_the_root_key_may_be_taken_away(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "keys", "center", NOW)
    (tmp_path / "keys" / "root.private.json").unlink()
    assert load_keys(tmp_path / "keys", "center", NOW).pinned == first.pinned


def test_a_lost_key_set_without_root_is_named_not_replaced(tmp_path: Path) -> None:
    load_keys(tmp_path / "keys", "center", NOW)
    (tmp_path / "keys" / "root.private.json").unlink()
    (tmp_path / "keys" / "key_set.jws").unlink()
    with pytest.raises(SpoolUnreadable, match=r"key_set\.jws"):
        load_keys(tmp_path / "keys", "center", NOW)


def test_a_start_cut_off_while_making_keys_is_completed(tmp_path: Path) -> None:
    load_keys(tmp_path / "keys", "center", NOW)
    before = json.loads((tmp_path / "keys" / "signing.private.json").read_text())
    (tmp_path / "keys" / "key_set.jws").unlink()
    ring = load_keys(tmp_path / "keys", "center", NOW + 5)
    assert ring.signing_kid == before["kid"]
    assert ring.pinned.check(ring.sign({}, RECEIPT_TYP), RECEIPT_TYP) == {}


def test_a_signing_key_of_another_center_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path / "a", "center", NOW)
    load_keys(tmp_path / "b", "center", NOW)
    (tmp_path / "a" / "signing.private.json").write_bytes((tmp_path / "b" / "signing.private.json").read_bytes())
    with pytest.raises(SignatureInvalid):
        load_keys(tmp_path / "a", "center", NOW)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    return Tokens(load_keys(tmp_path_factory.mktemp("keys"), "center", NOW), 900, 60)


def test_tokens_expire_and_are_bound(tokens: Tokens) -> None:
    token, expires = tokens.issue("device", "session", NOW)
    assert expires == NOW + 900_000
    bearer = tokens.bearer(f"Bearer {token}", NOW + 900_000)
    assert (bearer.device, bearer.session) == ("device", "session")
    with pytest.raises(TokenRefused, match="expired"):
        tokens.bearer(f"Bearer {token}", NOW + 900_001)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "Bearer a.b.c", "Bearer é"])
def test_no_token(tokens: Tokens, header: str | None) -> None:
    with pytest.raises(TokenRefused):
        tokens.bearer(header, NOW)


def test_a_token_of_another_center_or_another_kind(tokens: Tokens, tmp_path: Path) -> None:
    foreign = Tokens(load_keys(tmp_path, "center", NOW), 900, 60).issue("device", "session", NOW)[0]
    for text in (foreign, tokens.challenge("device", NOW)):
        with pytest.raises(TokenRefused):
            tokens.bearer(f"Bearer {text}", NOW)


def test_challenges_are_for_one_device_and_a_minute(tokens: Tokens) -> None:
    challenge = tokens.challenge("device", NOW)
    assert tokens.check_challenge(challenge, "device", NOW + 60_000).expires_ms == NOW + 60_000
    for device, now in (("other", NOW), ("device", NOW + 60_001)):
        with pytest.raises(TokenRefused):
            tokens.check_challenge(challenge, device, now)


@given(st.booleans(), st.sampled_from(["-", " ", "", " - "]))
def test_codes_are_read_as_people_type_them(lower: bool, between: str) -> None:
    code = new_code("session", NOW)
    typed = code.text.replace("-", between)
    public, secret = read_code((typed.lower() if lower else typed).replace("0", "O").replace("1", "l"))
    assert public == code.row.id
    assert secret not in code.row.model_dump().values()


@given(st.text(max_size=40))
def test_anything_else_is_not_a_code(text: str) -> None:
    try:
        public, secret = read_code(text)
    except EnrolmentRefused:
        return
    assert len(public + secret) == 20


def test_the_door_turns_away_at_the_door_only() -> None:
    door = Door(2, random.Random(1))
    with door.enter(), door.enter():
        with pytest.raises(Refused) as refused, door.enter():
            pass
        assert (refused.value.status, 2 <= int(refused.value.headers["Retry-After"]) <= 10) == (503, True)
        assert door.inside == 2
    assert door.inside == 0
