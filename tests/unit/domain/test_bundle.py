"""What lies inside a rescue bundle: read back as written, split to fit, refused when it does not add up."""

import hashlib
import json
import random

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from domain.age import CHUNK, Piece, sealed_size
from domain.bundle import (
    MAGIC,
    Statement,
    Unpacker,
    bundle_name,
    part_file,
    seal_lines,
    split,
    write_front,
)
from domain.errors import BadInput, BundleDamaged
from domain.seal import Seal
from domain.signature import RESCUE_TYP, sign
from tests.support.seals import DEVICE, SESSION, make_chain

KEY = OKPKey.generate_key("Ed25519", private=True)


def statement(seals: list[Seal], **changed: object) -> Statement:
    fields: dict[str, object] = {
        "bundle": bundle_name(seals, ["m"], 1 << 30),
        "part": 1,
        "parts": 1,
        "session": SESSION,
        "device": DEVICE,
        "made_ms": 1,
        "links": len(seals),
        "bytes": sum(seal.size for seal in seals),
        "seals_sha256": hashlib.sha256(seal_lines(seals)).hexdigest(),
        "manifests": ("m",),
        **changed,
    }
    return Statement(**fields)  # type: ignore[arg-type]


def signed(said: Statement) -> str:
    return sign(said.to_dict(), KEY, DEVICE, RESCUE_TYP)


def unpack(plain: bytes, step: int, hurt: int | None = None) -> tuple[Unpacker, dict[int, bytes], set[int]]:
    unpacker = Unpacker()
    found: dict[int, bytes] = {}
    damaged: set[int] = set()
    for number, at in enumerate(range(0, len(plain), step)):
        for link in unpacker.feed(Piece(plain[at : at + step], whole=number != hurt)):
            found[link.at] = found.get(link.at, b"") + link.data
            if not link.whole:
                damaged.add(link.at)
    return unpacker, found, damaged


contents = st.lists(st.one_of(st.none(), st.binary(max_size=300)), max_size=12).map(
    lambda rest: [b"init", *[None if one is None else one or b"x" for one in rest]]
)


@given(contents=contents, step=st.integers(1, 2000))
@settings(max_examples=80, deadline=None)
def test_it_reads_back_as_written_whatever_the_pieces(contents: list[bytes | None], step: int) -> None:
    seals = make_chain(contents)
    token = signed(statement(seals))
    unpacker, found, _ = unpack(write_front(token, seals) + b"".join(one or b"" for one in contents), step)
    assert unpacker.front is not None
    assert unpacker.front.token == token
    assert unpacker.front.seals == tuple(seals)
    assert unpacker.rest == len(seals)
    assert found == {at: one or b"" for at, one in enumerate(contents)}


@given(hurt=st.integers(0, 40))
@settings(max_examples=41, deadline=None)
def test_a_damaged_stretch_costs_the_links_it_lies_in(hurt: int) -> None:
    contents: list[bytes | None] = [bytes([at]) * 500 for at in range(1, 31)]
    seals = make_chain(contents)
    front = write_front(signed(statement(seals)), seals)
    plain = front + b"".join(one or b"" for one in contents)
    step = 1000
    try:
        unpacker, _, damaged = unpack(plain, step, hurt)
    except BundleDamaged:
        assert hurt * step < len(front)
        return
    assert unpacker.rest == len(seals)
    first = (hurt * step - len(front)) // 500
    last = (min(len(plain), hurt * step + step) - 1 - len(front)) // 500
    assert damaged == (set(range(first, last + 1)) if hurt * step < len(plain) else set())


@given(sizes=st.lists(st.integers(1, 60_000), min_size=1, max_size=40), part=st.integers(140_000, 400_000))
@settings(max_examples=60, deadline=None)
def test_parts_keep_the_order_and_fit(sizes: list[int], part: int) -> None:
    seals = make_chain([b"i" * size for size in sizes])
    runs = split(seals, ["m" * 700], part)
    assert [seal for run in runs for seal in run] == seals
    for run in runs:
        front = write_front(signed(statement(run, manifests=("m" * 700,))), run)
        assert sealed_size(200, len(front) + sum(seal.size for seal in run)) <= part


def test_a_link_that_fits_into_no_part_is_named() -> None:
    seals = make_chain([b"i" * 5 * CHUNK])
    with pytest.raises(BadInput, match="do not fit"):
        split(seals, [], 4 * CHUNK)


def test_nothing_makes_no_bundle() -> None:
    with pytest.raises(BadInput):
        bundle_name([], [], 1)
    assert split([], ["manifest"], 1 << 20) == [[]]  # a manifest alone is one part


def test_the_same_content_is_the_same_bundle() -> None:
    seals = make_chain([b"a", b"b"])
    assert bundle_name(seals, ["m"], 10) == bundle_name(seals, ["m"], 10)
    assert len({bundle_name(seals, ["m"], 10), bundle_name(seals[:1], ["m"], 10), bundle_name(seals, [], 10)}) == 3
    assert part_file("ab" * 32, 2, 3) == "zhishi-rescue-abababababab-2of3.age"


@pytest.mark.parametrize(
    "changed",
    [
        {"links": 3},
        {"bytes": 1},
        {"seals_sha256": "0" * 64},
        {"session": "../../etc"},
        {"device": "C:\\x"},
        {"bundle": "../x"},
        {"part": 0},
        {"part": 2},
    ],
)
def test_a_statement_that_does_not_fit_is_refused(changed: dict[str, object]) -> None:
    seals = make_chain([b"a", b"b"])
    plain = write_front(signed(statement(seals, **changed)), seals) + b"ab"
    with pytest.raises(BundleDamaged):
        unpack(plain, 10_000)


def test_seals_that_name_a_path_are_refused() -> None:
    """Where a file lies follows from UUIDs and numbers: a seal that tries anything else is no seal."""
    seals = make_chain([b"a"])
    for field, value in (("run", "../../../../etc/cron.d"), ("track", "camera/.."), ("index", "../1")):
        bad = rfc8785.dumps({**json.loads(seals[0].canonical()), field: value})
        lines = bad + b"\n"
        said = statement(seals, seals_sha256=hashlib.sha256(lines).hexdigest())
        token = signed(said).encode()
        plain = MAGIC + len(token).to_bytes(4) + token + len(lines).to_bytes(4) + lines + b"a"
        with pytest.raises(BundleDamaged):
            unpack(plain, 10_000)


def test_more_bytes_than_said_are_refused() -> None:
    seals = make_chain([b"a"])
    with pytest.raises(BundleDamaged, match="more bytes"):
        unpack(write_front(signed(statement(seals)), seals) + b"ab", 10_000)


@given(raw=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_damaged_or_wait_for_more(raw: bytes) -> None:
    try:
        unpacker, found, _ = unpack(MAGIC[: random.Random(len(raw)).randint(0, len(MAGIC))] + raw, 50)
    except BundleDamaged:
        return
    assert unpacker.front is None
    assert found == {}
