"""The words of tus 1.0 that device and center share (https://tus.io/protocols/resumable-upload), and our metadata.

``Upload-Metadata`` of every upload carries one pair: ``seal`` = base64 of the seal's canonical JSON. The seal holds
identity, hash, size and times, so nothing is said twice.
"""

import base64
import binascii

from domain.errors import BadInput
from domain.seal import Seal, parse_seal

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "creation-defer-length", "checksum", "expiration")
CHECKSUMS = ("sha1", "sha256")
OFFSET_TYPE = "application/offset+octet-stream"
UPLOADS_PATH = "/api/v1/uploads"
STATE_HEADER = "Zhishi-State"  # open | stored | verified | quarantined: what the center made of the bytes
METADATA_LIMIT = 4096


def seal_metadata(seal: Seal) -> dict[str, str]:
    """Metadata pairs (not yet base64) of the upload of ``seal``'s bytes."""
    return {"seal": seal.canonical().decode()}


def encode_metadata(pairs: dict[str, str]) -> str:
    """The ``Upload-Metadata`` header for ``pairs``."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def decode_metadata(header: str) -> dict[str, bytes]:
    """Pairs of an ``Upload-Metadata`` header; raises BadInput when it is malformed, too long or names a key twice."""
    if len(header) > METADATA_LIMIT:
        raise BadInput(f"Upload-Metadata is longer than {METADATA_LIMIT} characters")
    pairs: dict[str, bytes] = {}
    for part in header.split(","):
        key, _, value = part.strip().partition(" ")
        if not key:
            if part.strip():
                raise BadInput("Upload-Metadata has an empty key")
            continue
        if key in pairs:
            raise BadInput(f"Upload-Metadata names {key[:40]!r} twice")
        try:
            pairs[key] = base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError) as why:
            raise BadInput(f"Upload-Metadata {key[:40]!r} is not base64") from why
    return pairs


def read_seal(header: str) -> Seal:
    """The seal in an ``Upload-Metadata`` header; raises BadInput or SealDamaged."""
    pairs = decode_metadata(header)
    if "seal" not in pairs:
        raise BadInput("Upload-Metadata has no seal")
    return parse_seal(pairs["seal"])
