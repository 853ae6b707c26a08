"""tus 1.0 by the letter, over real HTTP: https://tus.io/protocols/resumable-upload"""

import asyncio
import base64
import hashlib
import http.client
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from domain.wire.tus import OFFSET_TYPE, STATE_HEADER, UPLOADS_PATH, encode_metadata, seal_metadata
from tests.integration.center.conftest import Running, Serve, serving
from tests.support.center import Device

DATA = bytes(range(256)) * 40
BIG = DATA * 300  # beyond what is stored in one go


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One center for all tests here; each has a session of its own in it."""
    with serving(tmp_path_factory.mktemp("center")) as started:
        yield started


def checksum(data: bytes, algorithm: str = "sha256") -> dict[str, str]:
    digest = hashlib.new(algorithm, data).digest()
    return {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}


def location(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def stored(running: Running, device: Device) -> list[bytes]:
    """Contents of every file of the device's evidence, in the order of names."""
    return [path.read_bytes() for path in sorted((running.config.evidence / device.session).rglob("*.m*"))]


# Core


def test_options(device: Device) -> None:
    for path in (UPLOADS_PATH, f"{UPLOADS_PATH}/any"):
        answer = device.http.options(path)
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Extension"].split(",") == [
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "checksum",
            "expiration",
        ]
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
        assert int(answer.headers["Tus-Max-Size"]) > 0


def test_create_head_patch_head(device: Device, running: Running) -> None:
    seal = device.chain([DATA])[0]
    path = location(device.create(seal))
    head = device.head(path)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (
        200,
        "0",
        str(len(DATA)),
    )
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["Upload-Metadata"] == encode_metadata(seal_metadata(seal))
    assert head.headers["Tus-Resumable"] == "1.0.0"
    assert parsedate_to_datetime(head.headers["Upload-Expires"]).timestamp() > 0
    first = device.patch(path, 0, DATA[:1000])
    assert (first.status_code, first.headers["Upload-Offset"], first.headers[STATE_HEADER]) == (204, "1000", "open")
    assert device.head(path).headers["Upload-Offset"] == "1000"
    last = device.patch(path, 1000, DATA[1000:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(DATA)))
    assert last.headers[STATE_HEADER] == "verified"
    after = device.head(path)
    assert (after.status_code, after.headers["Upload-Offset"], after.headers[STATE_HEADER]) == (
        200,
        str(len(DATA)),
        "verified",
    )
    assert "Upload-Expires" not in after.headers
    assert stored(running, device) == [DATA]


def test_patch_at_another_offset_is_409_with_the_offset(device: Device) -> None:
    path = location(device.create(device.chain([DATA])[0], DATA[:100]))
    for offset in (0, 99, 101, 10**15):
        answer = device.patch(path, offset, b"x")
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "100")
        assert answer.json()["code"] == "offset_conflict"
        assert answer.headers["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "application/octet-stream"}, 415, "bad_input"),
        ({"Upload-Offset": "-1"}, 400, "bad_input"),
        ({"Upload-Offset": "ten"}, 400, "bad_input"),
        ({"Tus-Resumable": "0.2.1"}, 412, "bad_input"),
        ({"Authorization": "Bearer no.such.token"}, 401, "token_refused"),
        ({"Upload-Checksum": "md5 aaaa"}, 400, "bad_input"),
        ({"Upload-Length": "7"}, 400, "bad_input"),
    ],
)
def test_refused_patches_change_nothing(device: Device, headers: dict[str, str], status: int, code: str) -> None:
    path = location(device.create(device.chain([DATA])[0]))
    answer = device.http.patch(
        path,
        content=b"x",
        headers=device.headers({"Upload-Offset": "0", "Content-Type": OFFSET_TYPE, **headers}),
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    if status == 412:
        assert answer.headers["Tus-Version"] == "1.0.0"
    assert device.head(path).headers["Upload-Offset"] == "0"


def test_unknown_upload_is_404_without_offset(device: Device) -> None:
    for answer in (device.head(f"{UPLOADS_PATH}/nothing"), device.patch(f"{UPLOADS_PATH}/nothing", 0, b"x")):
        assert answer.status_code == 404
        assert "Upload-Offset" not in answer.headers


def test_more_bytes_than_the_upload_has_left(device: Device) -> None:
    path = location(device.create(device.chain([DATA])[0]))
    named = device.patch(path, 0, DATA + b"x")
    assert (named.status_code, named.headers["Upload-Offset"]) == (413, "0")

    def chunked() -> Iterator[bytes]:
        yield DATA[:5000]
        yield DATA[5000:] + b"too much"

    answer = device.patch(path, 0, chunked())
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert device.head(path).headers[STATE_HEADER] == "verified"


def test_chunked_patch(device: Device, running: Running) -> None:
    path = location(device.create(device.chain([BIG])[0]))
    answer = device.patch(path, 0, (BIG[at : at + 70_001] for at in range(0, len(BIG), 70_001)))
    assert (answer.status_code, answer.headers[STATE_HEADER]) == (204, "verified")
    assert stored(running, device) == [BIG]


def test_method_override(device: Device) -> None:
    path = location(device.create(device.chain([DATA])[0]))
    headers = device.headers({"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0", "Content-Type": OFFSET_TYPE})
    answer = device.http.post(path, content=DATA, headers=headers)
    assert (answer.status_code, answer.headers[STATE_HEADER]) == (204, "verified")
    head = device.http.post(path, headers=device.headers({"X-HTTP-Method-Override": "HEAD"}))
    assert head.headers["Upload-Offset"] == str(len(DATA))
    for method in ("DELETE", "GET", ""):
        refused = device.http.post(path, headers=device.headers({"X-HTTP-Method-Override": method}))
        assert refused.status_code == 405


def test_a_device_can_neither_read_nor_destroy(device: Device) -> None:
    path = location(device.create(device.chain([DATA])[0], DATA))
    for method in ("GET", "DELETE", "PUT"):
        answer = device.http.request(method, path, headers=device.headers())
        assert (answer.status_code, answer.json()["code"]) == (405, "bad_input")
    assert device.head(path).headers[STATE_HEADER] == "verified"


def test_a_finished_upload_takes_an_empty_patch_and_no_more(device: Device) -> None:
    path = location(device.create(device.chain([DATA])[0], DATA))
    again = device.patch(path, len(DATA), b"")
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, str(len(DATA)))
    assert device.patch(path, len(DATA), b"x").status_code == 413
    assert device.patch(path, 0, DATA).status_code == 409


# Creation, creation-with-upload, creation-defer-length


@pytest.mark.parametrize("data", [DATA, BIG], ids=["small", "big"])
def test_creation_with_upload(device: Device, running: Running, data: bytes) -> None:
    answer = device.create(device.chain([data])[0], data)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(data)))
    assert answer.headers[STATE_HEADER] == "verified"
    assert stored(running, device) == [data]


@pytest.mark.parametrize("data", [DATA, BIG], ids=["small", "big"])
def test_creation_with_a_part_of_the_upload(device: Device, data: bytes) -> None:
    answer = device.create(device.chain([data])[0], data[: len(data) // 2])
    assert (answer.headers["Upload-Offset"], answer.headers[STATE_HEADER]) == (str(len(data) // 2), "open")
    rest = device.patch(location(answer), len(data) // 2, data[len(data) // 2 :])
    assert rest.headers[STATE_HEADER] == "verified"


def test_deferred_length(device: Device) -> None:
    seal = device.chain([DATA])[0]
    headers = {"Upload-Defer-Length": "1", "Upload-Metadata": encode_metadata(seal_metadata(seal))}
    path = location(device.http.post(UPLOADS_PATH, headers=device.headers(headers)))
    head = device.head(path)
    assert head.headers["Upload-Defer-Length"] == "1"
    assert "Upload-Length" not in head.headers
    assert device.patch(path, 0, DATA).headers[STATE_HEADER] == "open"
    told = device.patch(path, len(DATA), b"", {"Upload-Length": str(len(DATA))})
    assert (told.status_code, told.headers[STATE_HEADER]) == (204, "verified")
    assert device.head(path).headers["Upload-Length"] == str(len(DATA))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": None}, 400),
        ({"Upload-Length": "9"}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": str(1 << 50)}, 413),
        ({"Upload-Metadata": ""}, 400),
        ({"Upload-Metadata": "seal !!!"}, 400),
        ({"Upload-Metadata": "seal e30="}, 409),
        ({"Upload-Metadata": "x " + "A" * 5000}, 400),
        ({"Upload-Concat": "partial"}, 400),
        ({"Tus-Resumable": None}, 412),
        ({"Authorization": None}, 401),
    ],
)
def test_refused_creations(device: Device, headers: dict[str, str | None], status: int) -> None:
    seal = device.chain([DATA])[0]
    sent: dict[str, Any] = device.headers(
        {"Upload-Length": str(seal.size), "Upload-Metadata": encode_metadata(seal_metadata(seal))}
    )
    sent = {name: value for name, value in {**sent, **headers}.items() if value is not None}
    answer = device.http.post(UPLOADS_PATH, headers=sent)
    assert answer.status_code == status
    assert {"code", "message_zh", "message_en", "hint_zh", "hint_en", "retryable"} <= answer.json().keys()
    assert device.seals() == []


def test_metadata_of_others_is_kept_beside_the_seal(device: Device) -> None:
    seal = device.chain([DATA])[0]
    metadata = f"filename {base64.b64encode('视频.m4s'.encode()).decode()},{encode_metadata(seal_metadata(seal))},flag"
    path = location(device.create(seal, DATA, {"Upload-Metadata": metadata}))
    assert device.head(path).headers["Upload-Metadata"] == metadata


def test_too_large_is_told_before_the_body(serve: Serve) -> None:
    with serve(max_upload_bytes=1000) as running:
        device = running.device()
        answer = device.create(device.chain([DATA])[0])
        assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (413, "too_large", False)
        device.close()


# Checksum


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("data", [DATA, BIG], ids=["small", "big"])
def test_checksum_on_patch(device: Device, data: bytes, algorithm: str) -> None:
    path = location(device.create(device.chain([data])[0]))
    half = len(data) // 2
    assert device.patch(path, 0, data[:half], checksum(data[:half], algorithm)).status_code == 204
    wrong = device.patch(path, half, data[half:], checksum(data, algorithm))
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (460, str(half))
    assert wrong.json()["code"] == "hash_mismatch"
    assert device.head(path).headers["Upload-Offset"] == str(half)
    right = device.patch(path, half, data[half:], checksum(data[half:], algorithm))
    assert (right.status_code, right.headers[STATE_HEADER]) == (204, "verified")


@pytest.mark.parametrize("data", [DATA, BIG], ids=["small", "big"])
def test_checksum_on_creation(device: Device, data: bytes) -> None:
    seal = device.chain([data])[0]
    wrong = device.create(seal, data, checksum(b"other"))
    assert wrong.status_code == 460
    right = device.create(seal, data, checksum(data))
    assert (right.status_code, right.headers[STATE_HEADER]) == (201, "verified")


# Expiration


def test_an_expired_upload_is_gone_and_starts_fresh(device: Device, running: Running) -> None:
    seal = device.chain([DATA])[0]
    path = location(device.create(seal, DATA[:100]))
    running.clock.pass_ms(running.config.upload_expiry_s * 1000 + 1)
    device.token = device.new_token()
    assert asyncio.run(running.center.uploads.expire()) >= 1
    assert device.head(path).status_code == 410
    assert device.patch(path, 100, b"x").status_code == 410
    fresh = device.create(seal, DATA)
    assert fresh.headers[STATE_HEADER] == "verified"
    assert fresh.headers["Location"] != path


def test_head_has_no_body_and_the_connection_lives_on(device: Device, running: Running) -> None:
    """Through the plainest client there is: a stray body would be read as the next answer."""
    path = location(device.create(device.chain([DATA])[0]))
    line = http.client.HTTPConnection(running.url.removeprefix("http://"))
    for target, status in ((path, 200), (f"{UPLOADS_PATH}/none", 404), (path, 200)):
        line.request("HEAD", target, headers=device.headers())
        answer = line.getresponse()
        assert (answer.status, answer.read()) == (status, b"")
    line.close()
