"""Id numbers (证件号): kept only as Argon2id of an HMAC, their last four as an HMAC. Owns hashing and comparing.

An id number can be guessed: birthday and district leave a few thousand. So the slow hash alone would not protect a
stolen database; the HMAC's key lies beside the center's other keys, not in the database. Source: RFC 9106.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from domain.errors import SpoolUnreadable
from host.durable import private_folder, read_bytes, write_bytes

TAIL = 4
_PEPPER_BYTES = 32


class IdNumbers:
    """Blocking: about 50 ms and ``memory_kib`` of memory for each call. Thread-safe."""

    def __init__(self, pepper: bytes, memory_kib: int) -> None:
        self._pepper = pepper
        self._hasher = PasswordHasher(memory_cost=memory_kib)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, id_number: str) -> str:
        """What the database keeps."""
        return self._hasher.hash(self._peppered(id_number))

    def fits(self, id_number: str, kept: str | None) -> bool:
        """Whether it is the one that ``kept`` was made from; with None (nobody) as slow as with somebody."""
        try:
            return self._hasher.verify(kept or self._nobody, self._peppered(id_number)) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def tail(self, id_number: str) -> str:
        """What is kept of the last four characters, to find a caller by: an HMAC, since with birthday and district they
        are the whole number. Empty for a number that is shorter.
        """
        last = id_number.strip().upper()[-TAIL:]
        return (
            hmac.digest(self.derived("id tail"), last.encode(), hashlib.sha256).hex()[:32] if len(last) == TAIL else ""
        )

    def derived(self, purpose: str) -> bytes:
        """A secret for another purpose, from the same key: 32 bytes."""
        return hmac.digest(self._pepper, b"zhishi/derived/1\n" + purpose.encode(), hashlib.sha256)

    def _peppered(self, id_number: str) -> bytes:
        return hmac.digest(self._pepper, id_number.encode(), hashlib.sha256)


def load_id_numbers(folder: Path, memory_kib: int) -> IdNumbers:
    """With the key in ``folder``, made at first; raises StorageError."""
    private_folder(folder)
    file = folder / "idnumbers.private"
    if not file.exists():
        write_bytes(file, secrets.token_bytes(_PEPPER_BYTES))
    pepper = read_bytes(file)
    if len(pepper) != _PEPPER_BYTES:
        raise SpoolUnreadable(f"{file}: not a key of {_PEPPER_BYTES} bytes")
    return IdNumbers(pepper, memory_kib)
