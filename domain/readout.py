"""Codes that are read out over the telephone: 80 random bits in four groups of four letters.

Owns their writing and reading and what is derived from them. Crockford's letters: nothing looks like something else.
The secret is 80 random bits, not a password: there is nothing to guess faster than 2^80, so HKDF with a salt of its
own for every use is enough, and no slow hash is needed. Source: RFC 5869; Crockford base 32.
"""

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import CodeWrong

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 10
_GROUP = 4
_LENGTH = SECRET_BYTES * 8 // 5


def write(secret: bytes) -> str:
    """``secret`` (10 bytes) as ``ABCD-EFGH-JKMN-PQRS``."""
    if len(secret) != SECRET_BYTES:
        raise ValueError("a read-out code has 80 bits")
    value = int.from_bytes(secret)
    letters = "".join(LETTERS[value >> 5 * at & 31] for at in reversed(range(_LENGTH)))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def read(text: str) -> bytes:
    """The secret of a code as typed: case, spaces, dashes and look-alikes forgiven; raises CodeWrong."""
    letters = plain_letters(text)
    if len(letters) != _LENGTH or any(letter not in LETTERS for letter in letters):
        raise CodeWrong(f"{_LENGTH} letters and digits are needed")
    value = 0
    for letter in letters:
        value = value << 5 | LETTERS.index(letter)
    return value.to_bytes(SECRET_BYTES)


def plain_letters(text: str) -> str:
    """``text`` in capitals without spaces and dashes, look-alikes (O, I, L) as what they look like."""
    return "".join(text.split()).replace("-", "").upper().translate(str.maketrans("OIL", "011"))


def derive(secret: bytes, salt: bytes, purpose: str) -> bytes:
    """32 bytes for ``purpose`` from a read-out secret."""
    return HKDF(SHA256(), 32, salt, purpose.encode()).derive(secret)


def entry_check(secret: bytes, salt: bytes) -> bytes:
    """What a laptop keeps so that it can tell its entry code without network; it does not tell the code."""
    return derive(secret, salt, "zhishi/entry/1")


def opens(text: str, salt: bytes, check: bytes) -> bool:
    """Whether ``text`` is the entry code that ``check`` was made from; raises CodeWrong when it is no code at all."""
    return hmac.compare_digest(entry_check(read(text), salt), check)
