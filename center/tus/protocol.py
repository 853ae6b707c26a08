"""Headers of tus 1.0 by the letter: reading what a request says and writing what an answer must say.

Pure. Source: https://tus.io/protocols/resumable-upload, sections Core, Creation, Checksum and Expiration.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING

from center.failures import Refused
from domain.errors import BadInput
from domain.wire.tus import CHECKSUMS, EXTENSIONS, OFFSET_TYPE, STATE_HEADER, VERSION

if TYPE_CHECKING:
    from hashlib import _Hash

_DIGITS = 19  # no length or offset has more


@dataclass(frozen=True, slots=True)
class Checksum:
    """``Upload-Checksum``: algorithm and digest of the body."""

    algorithm: str
    digest: bytes

    def begin(self) -> "_Hash":
        """An empty hash of this algorithm."""
        # Sha1 is one of the two that the protocol names; it guards against line noise, evidence has its
        # SHA-256.
        return hashlib.new(self.algorithm, usedforsecurity=False)


@dataclass(frozen=True, slots=True)
class Creation:
    """What a POST says: ``length`` is None when deferred; ``has_body`` when it carries the first bytes."""

    length: int | None
    metadata: str
    has_body: bool
    checksum: Checksum | None


@dataclass(frozen=True, slots=True)
class Patch:
    """What a PATCH says: ``length`` only when it was deferred; ``content_length`` is None for a chunked
    body.
    """

    offset: int
    length: int | None
    content_length: int | None
    checksum: Checksum | None


def check_version(headers: Mapping[str, str]) -> None:
    """Raises Refused (412 with the version that is spoken here)."""
    if headers.get("tus-resumable") != VERSION:
        detail = f"Tus-Resumable is {headers.get('tus-resumable')!r}, {VERSION} is spoken here"
        raise Refused(BadInput(detail), 412, {"Tus-Version": VERSION})


def read_creation(headers: Mapping[str, str]) -> Creation:
    """Read a POST; raises BadInput, or Refused (415)."""
    deferred = headers.get("upload-defer-length")
    if deferred is not None and deferred != "1":
        raise BadInput(f"Upload-Defer-Length must be 1, not {deferred[:20]!r}")
    if (deferred is None) == (headers.get("upload-length") is None):
        raise BadInput("one of Upload-Length and Upload-Defer-Length must be there")
    if "upload-concat" in headers:
        raise BadInput("Upload-Concat: concatenation is not offered")
    body = body_length(headers)
    if body != 0:
        _check_type(headers)
    return Creation(
        length=None if deferred else whole(headers, "upload-length"),
        metadata=headers.get("upload-metadata", ""),
        has_body=body != 0,
        checksum=read_checksum(headers),
    )


def read_patch(headers: Mapping[str, str]) -> Patch:
    """Read a PATCH; raises BadInput, or Refused (415)."""
    _check_type(headers)
    return Patch(
        offset=whole(headers, "upload-offset"),
        length=whole(headers, "upload-length") if "upload-length" in headers else None,
        content_length=body_length(headers),
        checksum=read_checksum(headers),
    )


def body_length(headers: Mapping[str, str]) -> int | None:
    """Bytes of the body; None when it is chunked."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return None
    return whole(headers, "content-length") if "content-length" in headers else 0


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """``Upload-Checksum``, if any; raises BadInput (400 by the specification) for what is not offered."""
    text = headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise BadInput(f"Upload-Checksum: {algorithm[:20]!r} is not offered, only {', '.join(CHECKSUMS)}")
    try:
        digest = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError) as why:
        raise BadInput("Upload-Checksum is not base64") from why
    checksum = Checksum(algorithm, digest)
    if len(digest) != checksum.begin().digest_size:
        raise BadInput(f"Upload-Checksum: {len(digest)} bytes are no {algorithm}")
    return checksum


def whole(headers: Mapping[str, str], name: str) -> int:
    """The non-negative whole number in a header; raises BadInput."""
    text = headers.get(name)
    if text is None or not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise BadInput(f"{name.title()} must be a whole number, not {None if text is None else text[:40]!r}")
    return int(text)


def options_headers(max_size: int) -> dict[str, str]:
    """Answer to OPTIONS."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(max_size),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }


def expires_header(expires_ms: int) -> dict[str, str]:
    """``Upload-Expires`` as an HTTP date."""
    return {"Upload-Expires": formatdate(expires_ms / 1000, usegmt=True)}


def state_headers(state: str, offset: int | None = None) -> dict[str, str]:
    """What every answer about an upload carries."""
    headers = {"Tus-Resumable": VERSION, STATE_HEADER: state, "Cache-Control": "no-store"}
    if offset is not None:
        headers["Upload-Offset"] = str(offset)
    return headers


def _check_type(headers: Mapping[str, str]) -> None:
    found = headers.get("content-type", "")
    if found.partition(";")[0].strip().lower() != OFFSET_TYPE:
        raise Refused(BadInput(f"Content-Type is {found[:60]!r}, {OFFSET_TYPE} is expected"), 415)
