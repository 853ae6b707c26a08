"""The file format ``age`` v1 with X25519 recipients: how a rescue bundle is encrypted.

Owns its bytes, nothing of files and sockets: keys, nonces and blocks are handed in. A public format, so that a bundle
opens without this program too (``age -d``), and one that can be written and read from the middle: 64 KiB chunks, each
sealed by itself under its number. Source: https://age-encryption.org/v1 (C2SP age.md), RFC 5869, RFC 7748, RFC 8439.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import BundleDamaged, BundleForeign

CHUNK = 64 * 1024
TAG = 16
FILE_KEY_BYTES = 16
NONCE_BYTES = 16
EPHEMERAL_BYTES = 32
HEADER_MOST = 64 * 1024
_VERSION = b"age-encryption.org/v1\n"
_LABEL = b"age-encryption.org/v1/X25519"
_COLUMNS = 64


def sealed_size(header: int, plain: int) -> int:
    """Bytes of a file with ``header`` bytes of header around ``plain`` bytes."""
    chunks = max(1, -(-plain // CHUNK))
    return header + NONCE_BYTES + plain + TAG * chunks


def write_header(file_key: bytes, recipient: bytes, ephemeral: bytes) -> bytes:
    """The header for one ``recipient`` (X25519, 32 bytes); ``ephemeral`` is 32 fresh random bytes."""
    secret = X25519PrivateKey.from_private_bytes(ephemeral)
    share = secret.public_key().public_bytes_raw()
    wrapping = _derive(secret.exchange(X25519PublicKey.from_public_bytes(recipient)), share + recipient, _LABEL)
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    head = _VERSION + b"-> X25519 " + _text(share) + b"\n" + _text(body) + b"\n---"
    return head + b" " + _text(_mac(file_key, head)) + b"\n"


def header_size(start: bytes) -> int | None:
    """Bytes of the header at the start of a file; None while more of it is needed. Raises BundleForeign."""
    if not start.startswith(_VERSION[: len(start)]):
        raise BundleForeign("not an age file")
    at = start.find(b"\n---")
    end = -1 if at < 0 else start.find(b"\n", at + 1)
    if end < 0:
        if len(start) > HEADER_MOST:
            raise BundleForeign("an age header without end")
        return None
    return end + 1


def open_header(header: bytes, private: bytes) -> bytes:
    """The file key for the X25519 key ``private`` (32 bytes).

    Raises BundleForeign when no recipient of the header is that key, BundleDamaged when the header was changed.
    """
    secret = X25519PrivateKey.from_private_bytes(private)
    public = secret.public_key().public_bytes_raw()
    head, _, mac = header.rstrip(b"\n").rpartition(b"--- ")
    for share, body in _stanzas(head[len(_VERSION) :]):
        try:
            wrapping = _derive(secret.exchange(X25519PublicKey.from_public_bytes(share)), share + public, _LABEL)
            file_key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
        except (InvalidTag, ValueError):
            continue  # for another recipient
        if not hmac.compare_digest(_mac(file_key, head + b"---"), _bytes(mac)):
            raise BundleDamaged("the header's code does not fit")
        return file_key
    raise BundleForeign("sealed for another key, or its first bytes are damaged")


class Chunks:
    """Seals and opens the chunks of one payload by number."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        self._cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))

    def seal(self, number: int, plain: bytes, *, last: bool) -> bytes:
        """Chunk ``number``: at most CHUNK bytes, exactly CHUNK unless it is the last."""
        return self._cipher.encrypt(_nonce(number, last), plain, None)

    def open(self, number: int, sealed: bytes, *, last: bool) -> bytes | None:
        """The bytes of chunk ``number``; None when it was changed, or is not (or is) the last."""
        try:
            return self._cipher.decrypt(_nonce(number, last), sealed, None)
        except InvalidTag:
            return None


@dataclass(frozen=True, slots=True)
class Piece:
    """Plain bytes in order; when not ``whole`` they could not be read and zeros stand in for them."""

    data: bytes
    whole: bool = True


class Opener:
    """Opens a file as it comes: ``feed`` blocks of any size, then ``finish``.

    A damaged chunk costs that chunk: each is sealed by itself. ``file_key`` instead of ``private`` is for whoever
    wrote the file. Raises BundleForeign and BundleDamaged over the header.
    """

    def __init__(self, *, private: bytes | None = None, file_key: bytes | None = None) -> None:
        self._private = private
        self._file_key = file_key
        self._held = bytearray()
        self._chunks: Chunks | None = None
        self._number = 0

    def feed(self, block: bytes) -> Iterator[Piece]:
        """More of the file; the pieces that became readable. The last chunk is kept back until ``finish``."""
        self._held += block
        if self._chunks is None and not self._begin():
            return
        while len(self._held) > CHUNK + TAG:
            yield self._next(CHUNK + TAG, last=False)

    def finish(self) -> Iterator[Piece]:
        """The file has ended here. A file that was cut ends in a piece that is not whole."""
        if self._chunks is None:
            raise BundleDamaged("ends within its header")
        yield self._next(len(self._held), last=True)

    def _begin(self) -> bool:
        start = bytes(self._held[: HEADER_MOST + 1])
        size = header_size(start)
        if size is None or len(self._held) < size + NONCE_BYTES:
            return False
        header, nonce = start[:size], bytes(self._held[size : size + NONCE_BYTES])
        file_key = self._file_key
        if file_key is None:
            file_key = open_header(header, self._private or b"")
        del self._held[: size + NONCE_BYTES]
        self._chunks = Chunks(file_key, nonce)
        return True

    def _next(self, size: int, *, last: bool) -> Piece:
        assert self._chunks is not None  # noqa: S101 -- the callers begin first
        sealed = bytes(self._held[:size])
        del self._held[:size]
        plain = self._chunks.open(self._number, sealed, last=last)
        if plain is None and last and size == CHUNK + TAG:
            plain = self._chunks.open(self._number, sealed, last=False)  # cut between two chunks: this one is whole
        self._number += 1
        return Piece(bytes(max(0, size - TAG)), whole=False) if plain is None else Piece(plain)


def seal_from(chunks: Chunks, number: int, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Sealed chunks from chunk ``number`` on, of plain ``blocks`` of any size that begin at that chunk."""
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) > CHUNK:
            yield chunks.seal(number, bytes(held[:CHUNK]), last=False)
            del held[:CHUNK]
            number += 1
    yield chunks.seal(number, bytes(held), last=True)


def _stanzas(lines: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(share, body) of every X25519 stanza; others are left alone, as the format demands."""
    words: Sequence[bytes] = ()
    body = b""
    for line in [*lines.split(b"\n"), b"-> end"]:
        if line.startswith(b"-> "):
            if len(words) == 2 and words[0] == b"X25519":
                yield _bytes(words[1]), _bytes(body)
            words, body = line[3:].split(b" "), b""
        else:
            body += line


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")


def _derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(secret)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), head, "sha256")


def _text(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as why:
        raise BundleDamaged("the header is not base64") from why
    if _text(raw) != text:
        raise BundleDamaged("the header is not base64 in its one form")
    return raw
