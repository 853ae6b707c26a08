"""The age format: opened by another program, opened from another program, damaged at any byte."""

import io
from collections.abc import Iterable

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.age import (
    CHUNK,
    EPHEMERAL_BYTES,
    FILE_KEY_BYTES,
    NONCE_BYTES,
    TAG,
    Chunks,
    Opener,
    Piece,
    seal_from,
    sealed_size,
    write_header,
)
from domain.errors import BundleDamaged, BundleForeign

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
PRIVATE = bytes(range(32))
PUBLIC = X25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
KEY, EPHEMERAL, NONCE = b"k" * FILE_KEY_BYTES, b"e" * EPHEMERAL_BYTES, b"n" * NONCE_BYTES
EDGES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17)


def key_of(text: str) -> bytes:
    """The 32 bytes of a key as age writes it (BIP 173)."""
    value = 0
    letters = text.lower().rpartition("1")[2][:-6]
    for letter in letters:
        value = value << 5 | _LETTERS.index(letter)
    return (value >> (len(letters) * 5) % 8).to_bytes(32)


def sealed(plain: bytes, recipient: bytes = PUBLIC) -> bytes:
    header = write_header(KEY, recipient, EPHEMERAL)
    return header + NONCE + b"".join(seal_from(Chunks(KEY, NONCE), 0, [plain]))


def opened(file: bytes, step: int = 100_000, **keys: bytes) -> list[Piece]:
    opener = Opener(**(keys or {"private": PRIVATE}))
    found = [piece for at in range(0, len(file), step) for piece in opener.feed(file[at : at + step])]
    return found + list(opener.finish())


def joined(pieces: Iterable[Piece]) -> bytes:
    return b"".join(piece.data for piece in pieces if piece.whole)


def test_another_program_opens_what_we_seal() -> None:
    identity = pyrage.x25519.Identity.generate()
    public = key_of(str(identity.to_public()))
    for size in EDGES:
        plain = bytes(i * 7 % 256 for i in range(size))
        assert pyrage.decrypt(sealed(plain, public), [identity]) == plain
        assert len(sealed(plain, public)) == sealed_size(len(write_header(KEY, public, EPHEMERAL)), size)


def test_what_another_program_sealed_opens_here() -> None:
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for size in EDGES:
        out = io.BytesIO()
        pyrage.encrypt_io(io.BytesIO(b"x" * size), out, [other.to_public(), identity.to_public()])
        pieces = opened(out.getvalue(), private=key_of(str(identity)))
        assert all(piece.whole for piece in pieces)
        assert joined(pieces) == b"x" * size


@given(
    size=st.one_of(st.sampled_from(EDGES), st.integers(0, 4 * CHUNK)),
    step=st.integers(1, 3 * CHUNK).filter(lambda step: step > 50),
    by_key=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_whatever_the_blocks_it_comes_out_whole(size: int, step: int, by_key: bool) -> None:
    plain = bytes(size)
    keys = {"file_key": KEY} if by_key else {"private": PRIVATE}
    pieces = opened(sealed(plain), max(step, 997), **keys)
    assert all(piece.whole for piece in pieces)
    assert joined(pieces) == plain


@given(start=st.integers(0, 3), size=st.integers(0, 3 * CHUNK))
@settings(max_examples=25, deadline=None)
def test_sealing_goes_on_from_any_chunk(start: int, size: int) -> None:
    plain = bytes(i % 251 for i in range(size))
    start = min(start, max(0, size - 1) // CHUNK)
    whole = b"".join(seal_from(Chunks(KEY, NONCE), 0, [plain]))
    rest = b"".join(seal_from(Chunks(KEY, NONCE), start, [plain[start * CHUNK :]]))
    assert whole[start * (CHUNK + TAG) :] == rest


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_one_flipped_bit_costs_its_chunk_and_never_goes_unseen(data: st.DataObject) -> None:
    plain = bytes(i % 251 for i in range(2 * CHUNK + 5000))
    file = bytearray(sealed(plain))
    at = data.draw(st.integers(0, len(file) - 1), label="byte")
    file[at] ^= 1 << data.draw(st.integers(0, 7), label="bit")
    header = len(write_header(KEY, PUBLIC, EPHEMERAL))
    try:
        pieces = opened(bytes(file))
    except (BundleDamaged, BundleForeign):
        assert at < header
        return
    hurt = [number for number, piece in enumerate(pieces) if not piece.whole]
    if at < header + NONCE_BYTES:
        assert at >= header  # a changed nonce opens nothing
        assert hurt == [0, 1, 2]
    else:
        assert hurt == [(at - header - NONCE_BYTES) // (CHUNK + TAG)]


@given(cut=st.integers(1, 2 * CHUNK + 5000))
@settings(max_examples=40, deadline=None)
def test_a_file_cut_anywhere_gives_its_whole_chunks(cut: int) -> None:
    plain = bytes(i % 251 for i in range(2 * CHUNK + 5000))
    file = sealed(plain)[:-cut]
    try:
        pieces = opened(file)
    except BundleDamaged:
        assert len(file) < len(write_header(KEY, PUBLIC, EPHEMERAL)) + NONCE_BYTES
        return
    got = joined(pieces)
    assert plain.startswith(got)
    assert got != plain
    whole = max(0, len(file) - len(write_header(KEY, PUBLIC, EPHEMERAL)) - NONCE_BYTES) // (CHUNK + TAG)
    assert len(got) >= min(whole, 2) * CHUNK


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BundleForeign):
        opened(sealed(b"secret"), private=b"\x07" * 32)


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04 something else", b"age-encryption.org/v2\n", b"x" * 200_000])
def test_another_file_is_told_apart(file: bytes) -> None:
    with pytest.raises((BundleForeign, BundleDamaged)):
        opened(file)


def test_a_header_without_end_is_refused_early() -> None:
    with pytest.raises(BundleForeign, match="without end"):
        opened(b"age-encryption.org/v1\n" + b"-> X25519 aaaa\n" * 10_000)
