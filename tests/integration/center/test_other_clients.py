"""Clients of other people against our center: tus-js-client, tuspy as shipped, curl."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tusclient.client import TusClient

from domain.wire.tus import OFFSET_TYPE, STATE_HEADER, UPLOADS_PATH, seal_metadata
from tests.integration.center.conftest import Running, serving
from tests.support.center import Device
from tests.support.peers import upload_with_tus_js

DATA = os.urandom(5_000_000)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One center for all tests here; each has a session of its own in it."""
    with serving(tmp_path_factory.mktemp("center")) as started:
        yield started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "evidence.bin"
    path.write_bytes(DATA)
    return path


def authorization(device: Device) -> dict[str, str]:
    return {"Authorization": f"Bearer {device.token}"}


def evidence(running: Running, device: Device) -> bytes:
    (found,) = (running.config.evidence / device.session).rglob("init.mp4")
    return found.read_bytes()


@pytest.mark.parametrize(("chunk", "during"), [(0, False), (700_000, False), (700_000, True)])
def test_tus_js_client(running: Running, device: Device, file: Path, chunk: int, during: bool) -> None:
    sent = upload_with_tus_js(
        file,
        endpoint=running.url + UPLOADS_PATH,
        headers=authorization(device),
        metadata=seal_metadata(device.chain([DATA])[0]),
        chunk_size=chunk,
        during_creation=during,
    )
    assert (sent.finished, sent.error, sent.offset) == (True, None, len(DATA))
    assert [link["state"] for link in device.seals()] == ["verified"]
    assert evidence(running, device) == DATA


def test_tus_js_client_resumes(running: Running, device: Device, file: Path) -> None:
    order = {"headers": authorization(device), "metadata": seal_metadata(device.chain([DATA])[0])}
    part = upload_with_tus_js(file, endpoint=running.url + UPLOADS_PATH, abort_after=2_000_000, **order)  # type: ignore[arg-type]
    assert part.url is not None
    assert not part.finished
    rest = upload_with_tus_js(file, url=part.url, headers=authorization(device))
    assert (rest.finished, rest.offset) == (True, len(DATA))
    assert rest.bytes_sent < len(DATA)
    assert evidence(running, device) == DATA


def test_tus_js_client_is_told_of_wrong_bytes(running: Running, device: Device, file: Path) -> None:
    wrong = device.chain([b"x" * len(DATA)])[0]
    sent = upload_with_tus_js(
        file, endpoint=running.url + UPLOADS_PATH, headers=authorization(device), metadata=seal_metadata(wrong)
    )
    assert not sent.finished
    assert sent.error is not None
    assert "460" in sent.error
    assert [link["state"] for link in device.seals()] == ["quarantined"]


def test_tuspy_as_shipped(running: Running, device: Device, file: Path) -> None:
    client = TusClient(running.url + UPLOADS_PATH, headers=authorization(device))
    metadata = seal_metadata(device.chain([DATA])[0])
    with file.open("rb") as stream:
        first = client.uploader(file_stream=stream, chunk_size=1_000_000, metadata=metadata, upload_checksum=True)
        first.upload(stop_at=3_000_000)
        again = client.uploader(file_stream=stream, chunk_size=1_000_000, metadata=metadata, url=first.url)
        assert again.offset == 3_000_000
        again.upload()
    assert device.head(str(first.url).removeprefix(running.url)).headers[STATE_HEADER] == "verified"
    assert evidence(running, device) == DATA


def test_curl(running: Running, device: Device, file: Path) -> None:
    path = device.create(device.chain([DATA])[0]).headers["Location"]
    headers = device.headers({"Upload-Offset": "0", "Content-Type": OFFSET_TYPE})
    sent = [argument for name, value in headers.items() for argument in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["curl", "-sS", "-X", "PATCH", "-T", str(file), "-D", "-", *sent, running.url + path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "204" in done.stdout
    assert "zhishi-state: verified" in done.stdout.lower()
    assert evidence(running, device) == DATA
