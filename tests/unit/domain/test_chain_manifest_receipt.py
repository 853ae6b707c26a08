"""Chains name the first misfit; manifests, receipts and keys survive their JWS and nothing else does."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from domain.chain import TrackSummary, follow
from domain.errors import BadInput, ChainBroken, SignatureInvalid
from domain.identity import Track
from domain.manifest import Ended, EndedBy, Manifest, manifest_sha256
from domain.receipt import CompanionState, ManifestRef, Receipt, ReceiptKind, TrackEntry
from domain.signature import (
    KEY_SET_TYP,
    MANIFEST_TYP,
    RECEIPT_TYP,
    CenterKeys,
    check,
    named_key,
    peek,
    public_jwk,
    public_key,
    sign,
)
from domain.window import Assessment
from tests.support.seals import DEVICE, SESSION, make_chain

CONTENTS = st.lists(st.one_of(st.none(), st.binary(min_size=1, max_size=20)), min_size=1, max_size=12).map(
    lambda rest: [b"init", *rest]
)


@given(CONTENTS)
def test_an_honest_chain_sums_up(contents: list[bytes | None]) -> None:
    summary = follow(make_chain(contents), SESSION, DEVICE, Track.CAMERA)
    assert summary.links == len(contents)
    assert summary.segments == sum(content is not None for content in contents[1:])
    assert summary.bytes == sum(len(content) for content in contents if content is not None)
    assert summary.gaps == contents.count(None)
    assert summary.duration_ms == 5000 * summary.segments
    assert summary.gap_ms == 5000 * summary.gaps


@given(CONTENTS, st.data())
def test_a_dropped_swapped_or_changed_link_is_named(contents: list[bytes | None], data: st.DataObject) -> None:
    seals = make_chain(contents)
    at = data.draw(st.integers(0, len(seals) - 2))
    how = data.draw(st.sampled_from(["drop", "swap", "change"]))
    if how == "drop":
        del seals[at]
    elif how == "swap":
        seals[at], seals[at + 1] = seals[at + 1], seals[at]
    else:
        seals[at] = dataclasses.replace(seals[at], duration_ms=seals[at].duration_ms + 1)
    with pytest.raises(ChainBroken, match=f"link {at + 1 if how == 'change' else at}"):
        follow(seals, SESSION, DEVICE, Track.CAMERA)


def test_a_foreign_link_is_named() -> None:
    with pytest.raises(ChainBroken, match="another session"):
        follow(make_chain([b"init"]), SESSION, DEVICE, Track.SCREEN)


def _manifest() -> Manifest:
    summary = follow(make_chain([b"init", b"one", None]), SESSION, DEVICE, Track.CAMERA)
    return Manifest(SESSION, DEVICE, 1, None, Ended(EndedBy.ORDER, 1_700_000_000_000, False), {Track.CAMERA: summary})


def test_manifest_reads_back_and_is_signed_by_the_device_alone() -> None:
    key = OKPKey.generate_key("Ed25519", private=True)
    token = sign(_manifest().to_dict(), key, DEVICE, MANIFEST_TYP)
    assert Manifest.from_dict(check(token, public_key(public_jwk(key)), MANIFEST_TYP)) == _manifest()
    assert len(manifest_sha256(token)) == 64
    assert peek(token)["device"] == DEVICE
    other = OKPKey.generate_key("Ed25519", private=True)
    with pytest.raises(SignatureInvalid):
        check(token, other, MANIFEST_TYP)
    with pytest.raises(SignatureInvalid, match="typ"):
        check(token, key, RECEIPT_TYP)
    head, body, tail = token.split(".")
    with pytest.raises(SignatureInvalid):
        check(f"{head}.{body[:-2]}AA.{tail}", key, MANIFEST_TYP)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"revision": 0},
        {"revision": True},
        {"session": "x"},
        {"supersedes": "x"},
        {"ended": None},
        {"tracks": 5},
    ],
    ids=str,
)
def test_a_bad_manifest_is_named(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Manifest.from_dict(_manifest().to_dict() | change)


@pytest.mark.parametrize("name", ["links", "segments", "bytes", "duration_ms", "gaps", "gap_ms", "head"])
def test_a_manifest_with_a_bad_number_is_named(name: str) -> None:
    raw = _manifest().to_dict()
    raw["tracks"]["camera"][name] = -1
    with pytest.raises(BadInput):
        Manifest.from_dict(raw)


def test_receipt_reads_back() -> None:
    receipt = Receipt(
        kind=ReceiptKind.SESSION,
        issuer="center",
        issued_ms=1_700_000_000_123,
        practice=False,
        project="2026-A",
        batch="1",
        session=SESSION,
        number="0001",
        device=None,
        manifests=(ManifestRef(DEVICE, 1, "0" * 64),),
        tracks=(TrackEntry(DEVICE, Track.CAMERA, TrackSummary(1, 0, 4, 0, 0, 0, "0" * 64)),),
        ended_ms=1_700_000_000_000,
        deadline_ms=1_700_003_600_000,
        assessment=Assessment.CONFIRMED,
        companion=CompanionState.NOT_REQUIRED,
    )
    assert Receipt.from_dict(receipt.to_dict()) == receipt
    for name in ("kind", "iat_ms", "session", "manifests", "tracks", "companion"):
        broken = receipt.to_dict()
        del broken[name]
        with pytest.raises(BadInput):
            Receipt.from_dict(broken)


def test_center_keys_vouch_only_for_what_root_signed() -> None:
    root, signing, stranger = (OKPKey.generate_key("Ed25519", private=True) for _ in range(3))
    key_set = sign({"iss": "center", "keys": {"k1": public_jwk(signing)}}, root, "root", KEY_SET_TYP)
    keys = CenterKeys.from_dict({"root": public_jwk(root), "key_set": key_set})
    assert CenterKeys.from_dict(keys.to_dict()) == keys
    token = sign({"a": 1}, signing, "k1", RECEIPT_TYP)
    assert named_key(token) == "k1"
    assert keys.check(token, RECEIPT_TYP) == {"a": 1}
    with pytest.raises(SignatureInvalid):
        keys.check(sign({"a": 1}, stranger, "k1", RECEIPT_TYP), RECEIPT_TYP)
    with pytest.raises(SignatureInvalid, match="no key"):
        keys.check(sign({"a": 1}, signing, "k2", RECEIPT_TYP), RECEIPT_TYP)
    forged = CenterKeys(public_jwk(stranger), key_set)
    with pytest.raises(SignatureInvalid):
        forged.signing_key("k1")
    with pytest.raises(SignatureInvalid):
        CenterKeys.from_dict({"root": 1})
    with pytest.raises(SignatureInvalid):
        named_key("not a token")
