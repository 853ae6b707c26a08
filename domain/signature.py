"""Signed statements: JWS compact form, alg ``Ed25519`` (RFC 9864), over canonical JSON, made with joserfc.

Owns signing, checking, the device key's public form and the center's key set. Never stores a key.
"""

import json
from dataclasses import dataclass
from typing import Any

import rfc8785
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from domain.errors import SignatureInvalid

ALGORITHM = "Ed25519"


def sign(payload: dict[str, Any], key: OKPKey, kid: str, typ: str) -> str:
    """JWS of ``payload`` (canonical JSON) with ``key``; header names ``kid`` and ``typ``."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": typ}
    return jws.serialize_compact(header, rfc8785.dumps(payload), key, algorithms=[ALGORITHM])


def check(token: str, key: OKPKey, typ: str) -> dict[str, Any]:
    """The payload of ``token`` when ``key`` signed it and its ``typ`` fits; raises SignatureInvalid otherwise."""
    try:
        signed = jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
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


def public_jwk(key: OKPKey) -> dict[str, Any]:
    """The public half of ``key`` as JWK."""
    public = key.as_dict(private=False)
    return {"kty": "OKP", "crv": "Ed25519", "x": str(public["x"])}


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
CHALLENGE_TYP = "zhishi-challenge+jws"
TOKEN_TYP = "zhishi-token+jws"  # noqa: S105 -- a media type, not a secret
