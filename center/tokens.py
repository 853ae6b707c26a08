"""Challenges, proofs, upload and probe tokens: statements the center signs for itself.

A challenge is signed, not stored, so asking for one writes nothing; answering it writes that it is spent. An
upload token lets one device send one session's evidence for a quarter of an hour; it can neither read nor
destroy. A probe token names nobody: it lets a line be measured, and no check here takes it for the other.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from center.keys import Keyring
from domain.errors import SignatureInvalid, TokenRefused
from domain.signature import TOKEN_TYP

UPLOAD = "upload"
PROBE = "probe"
PHONE = "companion"  # a phone's: its own evidence and word, nothing that a laptop may do
_ASKED_TYP = "zhishi-asked+jws"
_CACHED = 8192  # checking a signature takes longer than everything else a small request needs


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds an upload token, and until when (center time, milliseconds)."""

    device: str
    session: str
    expires_ms: int
    phone: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge that was checked to be ours and fresh; ``nonce`` is what may be spent once."""

    nonce: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class ProbePass:
    """Leave to measure a line, until when; ``nonce`` tells one from another."""

    nonce: str
    expires_ms: int


class Tokens:
    """Issues and checks with the center's signing key."""

    def __init__(self, keys: Keyring, token_s: int, challenge_s: int) -> None:
        self._keys = keys
        self._token_ms = token_s * 1000
        self._challenge_ms = challenge_s * 1000
        self._known: dict[str, Bearer] = {}

    def challenge(self, device: str, now_ms: int) -> str:
        """A challenge for ``device``, good for a minute."""
        claims = {"nonce": secrets.token_hex(16), "device": device, "exp_ms": now_ms + self._challenge_ms}
        return self._keys.sign(claims, _ASKED_TYP)

    def check_challenge(self, challenge: str, device: str, now_ms: int) -> Asked:
        """Raises TokenRefused when it is not ours, another device's or too old."""
        claims = self._claims(challenge, _ASKED_TYP, "challenge")
        if claims.get("device") != device:
            raise TokenRefused("challenge: given to another device")
        expires = int(claims["exp_ms"])
        if now_ms > expires:
            raise TokenRefused("challenge: expired")
        return Asked(str(claims["nonce"]), expires)

    def issue(self, device: str, session: str, now_ms: int, *, phone: bool = False) -> tuple[str, int]:
        """(upload token, its end in center time)."""
        expires = now_ms + self._token_ms
        claims = {
            "iss": self._keys.issuer,
            "iat": now_ms // 1000,
            "exp": expires // 1000,
            "exp_ms": expires,
            "scope": PHONE if phone else UPLOAD,
            "device": device,
            "session": session,
        }
        return self._keys.sign(claims, TOKEN_TYP), expires

    def bearer(self, authorization: str | None, now_ms: int, *, phones: bool = False) -> Bearer:
        """Who sends this ``Authorization`` header; raises TokenRefused, also for a phone's token unless ``phones``."""
        token = _bearer_token(authorization)
        bearer = self._known.get(token)
        if bearer is None:
            claims = self._scoped(token, UPLOAD, PHONE)
            phone = claims.get("scope") == PHONE
            bearer = Bearer(str(claims["device"]), str(claims["session"]), int(claims["exp_ms"]), phone)
            if len(self._known) >= _CACHED:
                self._known.clear()
            self._known[token] = bearer
        if now_ms > bearer.expires_ms:
            self._known.pop(token, None)
            raise TokenRefused("token: expired")
        if bearer.phone and not phones:
            raise TokenRefused("token: a phone may not do this")
        return bearer

    def issue_probe(self, now_ms: int, lasts_s: int) -> tuple[str, int]:
        """(probe token, its end in center time)."""
        expires = now_ms + lasts_s * 1000
        nonce = secrets.token_hex(16)
        claims = {"iss": self._keys.issuer, "iat": now_ms // 1000, "exp": expires // 1000, "exp_ms": expires}
        return self._keys.sign({**claims, "scope": PROBE, "nonce": nonce}, TOKEN_TYP), expires

    def probe(self, authorization: str | None, now_ms: int) -> ProbePass:
        """The leave in this ``Authorization`` header; raises TokenRefused."""
        claims = self._scoped(_bearer_token(authorization), PROBE)
        found = ProbePass(str(claims["nonce"]), int(claims["exp_ms"]))
        if now_ms > found.expires_ms:
            raise TokenRefused("token: expired")
        return found

    def _scoped(self, token: str, *scopes: str) -> dict[str, Any]:
        claims = self._claims(token, TOKEN_TYP, "token")
        if claims.get("scope") not in scopes or claims.get("iss") != self._keys.issuer:
            raise TokenRefused("token: for another purpose or center")
        return claims

    def _claims(self, token: str, typ: str, what: str) -> dict[str, Any]:
        try:
            return self._keys.pinned.check(token, typ)
        except SignatureInvalid as why:
            raise TokenRefused(f"{what}: {why.detail}") from why


def _bearer_token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("no bearer token")
    return token
