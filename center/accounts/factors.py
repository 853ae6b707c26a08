"""The two factors of staff: a password kept as Argon2id (RFC 9106), and one-time codes by time (RFC 6238).

Owns hashing and comparing; knows no account. The library does the cryptography.
"""

import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from domain.errors import BadInput
from domain.readout import LETTERS

PASSWORD_LEAST, PASSWORD_MOST = 12, 256
DIGITS, STEP_S = 6, 30
_SECRET_BYTES = 20  # RFC 4226, section 4: the recommended length
_DRIFT = 1  # steps a phone's clock may be off, either way


class Passwords:
    """Blocking: about 50 ms and ``memory_kib`` of memory for each call. Thread-safe."""

    def __init__(self, memory_kib: int) -> None:
        self._hasher = PasswordHasher(memory_cost=memory_kib)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """What the database keeps; raises BadInput for a password that is too short."""
        if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
            raise BadInput(f"password: {PASSWORD_LEAST} to {PASSWORD_MOST} characters")
        return self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether ``kept`` was made from it; with None (nobody) as slow as with somebody."""
        try:
            return self._hasher.verify(kept or self._nobody, password[:PASSWORD_MOST]) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def new_password() -> str:
    """100 random bits in groups that can be read out."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(20))
    return "-".join(letters[at : at + 5] for at in range(0, len(letters), 5))


def new_secret() -> bytes:
    """A new second factor."""
    return secrets.token_bytes(_SECRET_BYTES)


def enrolment_uri(secret: bytes, name: str, issuer: str) -> str:
    """What an authenticator program scans."""
    return _totp(secret).get_provisioning_uri(name, issuer)


def step_of(secret: bytes, code: str, now_ms: int, last_step: int) -> int | None:
    """The time step whose code this is, later than ``last_step`` (a code is good once); None when it fits none."""
    now = now_ms // 1000 // STEP_S
    totp = _totp(secret)
    found = None
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        # every step is compared, in constant time each: how long it takes tells nothing
        if hmac.compare_digest(totp.generate(step * STEP_S), code.encode(errors="replace")) and step > last_step:
            found = step
    return found


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 -- what authenticator programs speak (RFC 6238)
