"""Device keys of two kinds: each statement is checked with the one algorithm that fits the known key."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from domain.errors import SignatureInvalid
from domain.signature import DeviceKey, check, device_public_key, public_jwk, public_key, sign

TYP = "zhishi-test+jws"
ED = OKPKey.generate_key("Ed25519", private=True)
EC = ECKey.generate_key("P-256", private=True)
payloads = st.dictionaries(st.text(max_size=8), st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.text(max_size=20)))


@pytest.mark.parametrize("key", [ED, EC], ids=["ed25519", "p256"])
@given(payload=payloads)
def test_what_was_signed_is_read_with_the_public_half(key: DeviceKey, payload: dict[str, Any]) -> None:
    known = device_public_key(json.loads(json.dumps(public_jwk(key))))
    assert check(sign(payload, key, "kid", TYP), known, TYP) == payload


def test_a_statement_of_one_kind_is_none_of_the_other() -> None:
    for own, other in ((ED, EC), (EC, ED)):
        with pytest.raises(SignatureInvalid):
            check(sign({"a": 1}, own, "kid", TYP), device_public_key(public_jwk(other)), TYP)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256", "ES384", "Ed25519", "EdDSA", ""])
def test_the_header_does_not_choose_how_it_is_checked(algorithm: str) -> None:
    for key in (ED, EC):
        head, body, tail = sign({"a": 1}, key, "kid", TYP).split(".")
        fields = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        if fields["alg"] == algorithm:
            continue
        forged = base64.urlsafe_b64encode(json.dumps({**fields, "alg": algorithm}).encode()).rstrip(b"=").decode()
        with pytest.raises(SignatureInvalid):
            check(f"{forged}.{body}.{tail}", device_public_key(public_jwk(key)), TYP)
        with pytest.raises(SignatureInvalid):
            check(f"{forged}.{body}.", device_public_key(public_jwk(key)), TYP)


def test_only_a_point_on_the_curve_is_a_key_and_a_center_has_no_p256() -> None:
    good = public_jwk(EC)
    for bad in ({**good, "y": good["x"]}, {**good, "crv": "P-384"}, {**good, "x": "!"}, {"kty": "EC"}, {}):
        with pytest.raises(SignatureInvalid):
            device_public_key(bad)
    with pytest.raises(SignatureInvalid):
        public_key(good)


def test_the_public_half_tells_nothing_more() -> None:
    assert set(public_jwk(EC)) == {"kty", "crv", "x", "y"}
    assert set(public_jwk(ED)) == {"kty", "crv", "x"}
