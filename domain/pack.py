"""The encrypted question pack: on the laptop before the start, readable only after it.

Owns its form. The questions are sealed with AES-256-GCM under a random key of this pack alone; the key leaves the
center only after the start. Beside them lies that key, wrapped under one derived from the candidate's release code,
so that sixteen letters read out over the telephone open it too. Both seals are bound to session and pack. Random
bytes are handed in. Source: NIST SP 800-38D; ``domain.readout`` for the derivation.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain import readout
from domain.errors import CodeWrong, PackDamaged
from domain.wire.interview import PackBody, Question

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16
RANDOM_BYTES = 2 * NONCE_BYTES + SALT_BYTES
_PURPOSE = "zhishi/release/1"


@dataclass(frozen=True, slots=True)
class PackSecrets:
    """What stays at the center: the pack's key and the candidate's release secret."""

    key: bytes
    release: bytes


def seal(pack: str, session: str, questions: list[Question], secrets: PackSecrets, random: bytes) -> PackBody:
    """The pack of ``questions``; ``random`` is RANDOM_BYTES fresh bytes (two nonces and a salt)."""
    nonce, wrap_nonce = random[:NONCE_BYTES], random[NONCE_BYTES : 2 * NONCE_BYTES]
    salt = random[2 * NONCE_BYTES : RANDOM_BYTES]
    bound = _bound(pack, session)
    text = json.dumps([question.model_dump() for question in questions], ensure_ascii=False).encode()
    wrapping = readout.derive(secrets.release, salt, _PURPOSE)
    return PackBody(
        id=pack,
        session=session,
        nonce=to_text(nonce),
        sealed=to_text(AESGCM(secrets.key).encrypt(nonce, text, bound)),
        salt=to_text(salt),
        wrap_nonce=to_text(wrap_nonce),
        wrapped=to_text(AESGCM(wrapping).encrypt(wrap_nonce, secrets.key, bound)),
    )


def open_with_key(body: PackBody, key: str) -> list[Question]:
    """The questions, with the key the center gives after the start; raises PackDamaged."""
    try:
        text = AESGCM(from_text(key)).decrypt(
            from_text(body.nonce), from_text(body.sealed), _bound(body.id, body.session)
        )
        return [Question.model_validate(entry) for entry in json.loads(text)]
    except (InvalidTag, ValueError) as why:
        raise PackDamaged(f"pack {body.id}") from why


def key_from_release(body: PackBody, code: str) -> str:
    """The pack's key, with the release code as typed; raises CodeWrong."""
    wrapping = readout.derive(readout.read(code), from_text(body.salt), _PURPOSE)
    try:
        key = AESGCM(wrapping).decrypt(
            from_text(body.wrap_nonce), from_text(body.wrapped), _bound(body.id, body.session)
        )
    except InvalidTag as why:
        raise CodeWrong("not this candidate's release code") from why
    return to_text(key)


def to_text(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The bytes of ``to_text``; raises PackDamaged."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as why:
        raise PackDamaged("not base64url") from why


def _bound(pack: str, session: str) -> bytes:
    return f"zhishi/pack/1\n{pack}\n{session}".encode()
