"""The center's own keys: a root that devices pin, and the key set it signed.

Files in an owner-only folder:

- ``root.private.json``  Ed25519; needed only to sign a new key set, so it may be taken off the machine
- ``root.json``          its public half
- ``signing.private.json``  Ed25519 with its ``kid``; signs receipts and tokens
- ``sealing.private.json``  X25519 with its ``kid``; opens rescue bundles
- ``key_set.jws``        ``{"iss", "iat", "keys": {kid: JWK}}`` signed by root

Owns making and loading. A key that is there is never overwritten.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from domain.errors import SignatureInvalid, SpoolUnreadable
from domain.signature import KEY_SET_TYP, CenterKeys, public_jwk, sign, x25519_bytes
from domain.wire.center import KeysBody
from host.durable import private_folder, read_bytes, read_json, write_bytes, write_json


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in use. ``pinned`` is what devices get; the private halves stay here."""

    issuer: str
    pinned: CenterKeys
    signing_kid: str
    signing: OKPKey
    sealing_kid: str
    sealing: OKPKey

    def body(self) -> KeysBody:
        """Wire form of what devices pin."""
        return KeysBody(root=self.pinned.root, key_set=self.pinned.key_set)

    def sealing_private(self) -> bytes:
        """The X25519 key (32 bytes) that opens rescue bundles."""
        return x25519_bytes(self.sealing.as_dict(private=True), "d")

    def sign(self, payload: dict[str, Any], typ: str) -> str:
        """A statement of this center."""
        return sign(payload, self.signing, self.signing_kid, typ)


def load_keys(folder: Path, issuer: str, now_ms: int) -> Keyring:
    """The keys in ``folder``, made on the first start; raises StorageError, or SignatureInvalid when they
    differ.
    """
    private_folder(folder)
    root_file, set_file = folder / "root.json", folder / "key_set.jws"
    if not set_file.exists():
        _make(folder, root_file, set_file, issuer, now_ms)
    signing_kid, signing = _private(folder / "signing.private.json")
    sealing_kid, sealing = _private(folder / "sealing.private.json")
    pinned = CenterKeys(root=read_json(root_file), key_set=read_bytes(set_file).decode().strip())
    if public_jwk(pinned.signing_key(signing_kid)) != public_jwk(signing):
        raise SignatureInvalid(f"{folder}: the signing key is not the one in the key set")
    return Keyring(issuer, pinned, signing_kid, signing, sealing_kid, sealing)


def _make(folder: Path, root_file: Path, set_file: Path, issuer: str, now_ms: int) -> None:
    root_private = folder / "root.private.json"
    if root_file.exists() and not root_private.exists():
        raise SpoolUnreadable(f"{set_file}: missing, and the root key that could sign a new one is not here")
    root = _private(root_private)[1] if root_private.exists() else _write_new(root_private, "root", "Ed25519")
    write_json(root_file, public_jwk(root))
    stamp = f"{now_ms // 1000}-{os.urandom(4).hex()}"
    keys: dict[str, dict[str, Any]] = {}
    for name, curve in (("signing", "Ed25519"), ("sealing", "X25519")):
        file = folder / f"{name}.private.json"
        if file.exists():  # a start that was cut off before the key set was signed
            kid, key = _private(file)
        else:
            kid = f"{name}-{stamp}"
            key = _write_new(file, kid, curve)
        keys[kid] = {"kty": "OKP", "crv": curve, "x": str(key.as_dict(private=False)["x"])}
    payload = {"iss": issuer, "iat": now_ms // 1000, "keys": keys}
    write_bytes(set_file, sign(payload, root, "root", KEY_SET_TYP).encode() + b"\n")


def _write_new(file: Path, kid: str, curve: str) -> OKPKey:
    key = OKPKey.generate_key("X25519" if curve == "X25519" else "Ed25519", private=True)
    fields = {**key.as_dict(private=True), "kid": kid}
    write_bytes(file, json.dumps(fields).encode() + b"\n")
    return key


def _private(file: Path) -> tuple[str, OKPKey]:
    fields = read_json(file)
    try:
        return str(fields["kid"]), OKPKey.import_key({name: fields[name] for name in ("kty", "crv", "x", "d")})
    except (KeyError, TypeError, ValueError, JoseError) as why:
        raise SpoolUnreadable(f"{file}: not a private key ({why!r})") from why
