"""Signed statements: JWS compact form over canonical JSON, made with joserfc.

The center and laptops sign with Ed25519 (alg ``Ed25519``, RFC 9864); a phone whose browser has no Ed25519 signs with
P-256 (alg ``ES256``). Which one is asked of the known key, never of the statement. Owns signing, checking, the device
key's public form and the center's key set. Never stores a key.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

import rfc8785
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from domain.errors import SignatureInvalid

DeviceKey = OKPKey | ECKey


def algorithm_of(key: DeviceKey) -> str:
    """The one algorithm that fits ``key``."""
    return "ES256" if isinstance(key, ECKey) else "Ed25519"


def sign(payload: dict[str, Any], key: DeviceKey, kid: str, typ: str) -> str:
    """JWS of ``payload`` (canonical JSON) with ``key``; header names ``kid`` and ``typ``."""
    algorithm = algorithm_of(key)
    header = {"alg": algorithm, "kid": kid, "typ": typ}
    return jws.serialize_compact(header, rfc8785.dumps(payload), key, algorithms=[algorithm])


def check(token: str, key: DeviceKey, typ: str) -> dict[str, Any]:
    """The payload of ``token`` when ``key`` signed it and its ``typ`` fits; raises SignatureInvalid otherwise."""
    try:
        signed = jws.deserialize_compact(token, key, algorithms=[algorithm_of(key)])
        payload = json.loads(signed.payload or b"")
    except (JoseError, ValueError) as why:
        raise SignatureInvalid(str(why)) from why
    if signed.headers().get("typ") != typ:
        raise SignatureInvalid(f"typ is {signed.headers().get('typ')!r}, expected {typ!r}")
    if not isinstance(payload, dict):
        raise SignatureInvalid("payload is not an object")
    return payload


def named_key(token: str) -> str:
    """The ``kid`` in the (not yet checked) header of ``token``; raises SignatureInvalid when there is none."""
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError) as why:
        raise SignatureInvalid(str(why)) from why
    if not isinstance(kid, str):
        raise SignatureInvalid("no kid in the header")
    return kid


def named_typ(token: str) -> str:
    """The ``typ`` in the (not yet checked) header of ``token``, empty when it has none; raises SignatureInvalid."""
    try:
        return str(jws.extract_compact(token.encode()).headers().get("typ") or "")
    except (JoseError, ValueError) as why:
        raise SignatureInvalid(str(why)) from why


def peek(token: str) -> dict[str, Any]:
    """The payload of ``token`` without any check: for display only, never for a decision."""
    try:
        payload = json.loads(jws.extract_compact(token.encode()).payload or b"")
    except (JoseError, ValueError) as why:
        raise SignatureInvalid(str(why)) from why
    if not isinstance(payload, dict):
        raise SignatureInvalid("payload is not an object")
    return payload


def public_key(jwk: dict[str, Any]) -> OKPKey:
    """The Ed25519 public key written as ``jwk``; raises SignatureInvalid when it is none."""
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        raise SignatureInvalid("not an Ed25519 key")
    try:
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": str(jwk.get("x", ""))})
    except (JoseError, ValueError) as why:
        raise SignatureInvalid(str(why)) from why


def device_public_key(jwk: dict[str, Any]) -> DeviceKey:
    """The public key of a device, Ed25519 or P-256; raises SignatureInvalid when it is neither."""
    if jwk.get("kty") != "EC":
        return public_key(jwk)
    if jwk.get("crv") != "P-256":
        raise SignatureInvalid("not a P-256 key")
    try:
        key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": str(jwk.get("x", "")), "y": str(jwk.get("y", ""))})
        key.public_key  # noqa: B018 -- a point that is not on the curve is found here, not at the first statement
    except (JoseError, ValueError) as why:
        raise SignatureInvalid(f"not a P-256 key: {why}") from why
    return key


def public_jwk(key: DeviceKey) -> dict[str, Any]:
    """The public half of ``key`` as JWK."""
    public = key.as_dict(private=False)
    if isinstance(key, ECKey):
        return {"kty": "EC", "crv": "P-256", "x": str(public["x"]), "y": str(public["y"])}
    return {"kty": "OKP", "crv": "Ed25519", "x": str(public["x"])}


def x25519_bytes(jwk: dict[str, Any], part: str) -> bytes:
    """The 32 bytes of ``part`` (``x`` public, ``d`` private) of an X25519 JWK; raises SignatureInvalid."""
    text = str(jwk.get(part, ""))
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as why:
        raise SignatureInvalid(f"X25519 key: {part} is not base64url") from why
    if len(raw) != 32:
        raise SignatureInvalid(f"X25519 key: {part} has {len(raw)} bytes")
    return raw


@dataclass(frozen=True, slots=True)
class CenterKeys:
    """What a device pins at enrolment: the center's root key and the key set it signed.

    Wire form ``{"root": JWK, "key_set": JWS}``; the key set's payload is ``{"iss", "iat", "keys": {kid: JWK}}``.
    """

    root: dict[str, Any]
    key_set: str

    def signing_key(self, kid: str) -> OKPKey:
        """The signing key named ``kid``; raises SignatureInvalid when root did not sign for it."""
        payload = check(self.key_set, public_key(self.root), KEY_SET_TYP)
        jwk = payload.get("keys", {}).get(kid)
        if not isinstance(jwk, dict):
            raise SignatureInvalid(f"the center's key set has no key {kid!r}")
        return public_key(jwk)

    def sealing_key(self) -> bytes:
        """The X25519 key (32 bytes) that rescue bundles are sealed to; raises SignatureInvalid when there is none."""
        payload = check(self.key_set, public_key(self.root), KEY_SET_TYP)
        for jwk in payload.get("keys", {}).values():
            if isinstance(jwk, dict) and (jwk.get("kty"), jwk.get("crv")) == ("OKP", "X25519"):
                return x25519_bytes(jwk, "x")
        raise SignatureInvalid("the center's key set has no sealing key")

    def check(self, token: str, typ: str) -> dict[str, Any]:
        """Payload of ``token``, signed by a key the root vouches for; raises SignatureInvalid."""
        return check(token, self.signing_key(named_key(token)), typ)

    def to_dict(self) -> dict[str, Any]:
        """Wire form."""
        return {"root": self.root, "key_set": self.key_set}

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> "CenterKeys":
        """Read the wire form; raises SignatureInvalid when a part is missing."""
        root, key_set = raw.get("root"), raw.get("key_set")
        if not isinstance(root, dict) or not isinstance(key_set, str):
            raise SignatureInvalid("not a center key file: root or key_set is missing")
        return CenterKeys(root, key_set)


KEY_SET_TYP = "zhishi-key-set+jws"
MANIFEST_TYP = "zhishi-manifest+jws"
RECEIPT_TYP = "zhishi-receipt+jws"
RESCUE_TYP = "zhishi-rescue+jws"
LOSS_TYP = "zhishi-loss+jws"
CHALLENGE_TYP = "zhishi-challenge+jws"
TOKEN_TYP = "zhishi-token+jws"  # noqa: S105 -- a media type, not a secret
