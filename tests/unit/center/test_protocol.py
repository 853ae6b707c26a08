"""Reading tus headers: what is legal is understood, everything else is one clear refusal."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.failures import Refused
from center.tus import protocol
from domain.errors import BadInput, SealDamaged
from domain.seal import Seal
from domain.wire.tus import OFFSET_TYPE, decode_metadata, encode_metadata, read_seal, seal_metadata
from tests.support.seals import seals

BODY = {"content-type": OFFSET_TYPE, "content-length": "5"}


@given(st.text(max_size=40))
def test_a_number_is_digits_or_a_refusal(text: str) -> None:
    try:
        number = protocol.whole({"upload-offset": text}, "upload-offset")
    except BadInput:
        assert not (text.isascii() and text.isdigit() and len(text) <= 19)
    else:
        assert number == int(text) >= 0


@given(st.text(max_size=200))
def test_any_metadata_is_read_or_refused(text: str) -> None:
    try:
        pairs = decode_metadata(text)
    except BadInput:
        return
    assert all(isinstance(value, bytes) for value in pairs.values())


@given(st.text(max_size=300))
def test_any_metadata_is_a_seal_or_a_refusal(text: str) -> None:
    with pytest.raises((BadInput, SealDamaged)):
        read_seal(text)


@given(seals())
def test_a_seal_survives_its_header(seal: Seal) -> None:
    assert read_seal(encode_metadata(seal_metadata(seal))) == seal


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "upload-length",
                "upload-defer-length",
                "content-type",
                "content-length",
                "upload-checksum",
                "transfer-encoding",
                "upload-concat",
            ]
        ),
        st.text(max_size=30),
    )
)
def test_any_creation_is_read_or_refused(headers: dict[str, str]) -> None:
    try:
        creation = protocol.read_creation(headers)
    except (BadInput, Refused):
        return
    assert (creation.length is None) == (headers.get("upload-defer-length") == "1")


def test_creation() -> None:
    plain = protocol.read_creation({"upload-length": "7", "upload-metadata": "a YQ=="})
    assert (plain.length, plain.metadata, plain.has_body, plain.checksum) == (7, "a YQ==", False, None)
    assert protocol.read_creation({"upload-defer-length": "1"}).length is None
    assert protocol.read_creation({"upload-length": "7", **BODY}).has_body
    chunked = {"upload-length": "7", "content-type": OFFSET_TYPE, "transfer-encoding": "chunked"}
    assert protocol.read_creation(chunked).has_body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"upload-length": "7", "upload-defer-length": "1"},
        {"upload-defer-length": "2"},
        {"upload-length": "-1"},
        {"upload-length": "1e3"},
        {"upload-length": "٣"},
        {"upload-length": "7", "upload-concat": "partial"},
    ],
)
def test_bad_creations(headers: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        protocol.read_creation(headers)


def test_wrong_type_is_415() -> None:
    with pytest.raises(Refused) as refused:
        protocol.read_patch({"upload-offset": "0", "content-type": "application/json"})
    assert refused.value.status == 415


def test_wrong_version_is_412_and_names_ours() -> None:
    with pytest.raises(Refused) as refused:
        protocol.check_version({"tus-resumable": "0.2.2"})
    assert (refused.value.status, refused.value.headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_checksums(algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"hello").digest()
    checksum = protocol.read_checksum({"upload-checksum": f"{algorithm} {base64.b64encode(digest).decode()}"})
    assert checksum is not None
    running = checksum.begin()
    running.update(b"hello")
    assert running.digest() == checksum.digest


@pytest.mark.parametrize("text", ["md5 aaaa", "sha1 !!!", "sha1 YQ==", "", "sha256"])
def test_bad_checksums(text: str) -> None:
    with pytest.raises(BadInput):
        protocol.read_checksum({"upload-checksum": text})


def test_expires_is_an_http_date() -> None:
    assert protocol.expires_header(0) == {"Upload-Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}
