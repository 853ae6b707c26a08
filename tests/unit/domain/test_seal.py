"""Seals: golden vectors (made with plain json and hashlib, shared with TypeScript), then properties."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chain import follow
from domain.errors import BadInput, SealDamaged, ZhishiError
from domain.identity import Track
from domain.seal import Seal, genesis, parse_seal
from domain.wire.tus import decode_metadata, encode_metadata, read_seal, seal_metadata
from tests.support.seals import seals

VECTORS = Path(__file__).parents[2] / "vectors"
CHAINS = json.loads((VECTORS / "chains.json").read_text())["chains"]
BAD = json.loads((VECTORS / "bad_seals.json").read_text())["cases"]


@pytest.mark.parametrize("chain", CHAINS, ids=[chain["track"] for chain in CHAINS])
def test_golden_chain(chain: dict[str, object]) -> None:
    track = Track(str(chain["track"]))
    session, device = str(chain["session"]), str(chain["device"])
    assert genesis(session, device, track) == chain["genesis"]
    links = chain["links"]
    assert isinstance(links, list)
    parsed = []
    for link in links:
        seal = parse_seal(link["canonical"].encode())
        assert seal.canonical().decode() == link["canonical"]
        assert seal.hash() == link["hash"]
        assert encode_metadata(seal_metadata(seal)) == link["metadata"]
        assert read_seal(link["metadata"]) == seal
        parsed.append(seal)
    assert follow(parsed, session, device, track).to_dict() == chain["summary"]


@pytest.mark.parametrize("case", BAD, ids=[case["name"] for case in BAD])
def test_what_is_no_seal_is_refused(case: dict[str, str]) -> None:
    with pytest.raises((SealDamaged, BadInput)):
        parse_seal(case["raw"].encode())


@given(seals())
def test_canonical_form_reads_back(seal: Seal) -> None:
    raw = seal.canonical()
    assert parse_seal(raw) == seal
    assert json.loads(raw)["seq"] == seal.seq
    assert raw == json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@given(seals(), st.data())
def test_any_changed_byte_is_noticed(seal: Seal, data: st.DataObject) -> None:
    raw = bytearray(seal.canonical())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = parse_seal(bytes(raw))
    except ZhishiError:
        return
    assert changed.hash() != seal.hash()


@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_crash_the_reader(raw: bytes) -> None:
    with pytest.raises((SealDamaged, BadInput)):
        parse_seal(raw)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,12}", fullmatch=True), st.text(max_size=60), max_size=4))
def test_metadata_reads_back(pairs: dict[str, str]) -> None:
    assert decode_metadata(encode_metadata(pairs)) == {key: value.encode() for key, value in pairs.items()}


@pytest.mark.parametrize("header", ["seal !!!", "seal YQ==,seal YQ==", "seal " + "A" * 5000, " YQ==", "other YQ=="])
def test_bad_metadata_is_named(header: str) -> None:
    with pytest.raises((BadInput, SealDamaged)):
        read_seal(header)
