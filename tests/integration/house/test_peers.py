"""The Node peers are really there and really talk tus: tus-js-client uploads to @tus/server."""

import random
from pathlib import Path

import pytest

from tests.support.peers import TusServer, upload_with_tus_js
from zhishi.faultproxy import FaultProxy

SIZE = 1_500_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "片段 000042.m4s"
    made.write_bytes(random.Random(42).randbytes(SIZE))
    return made


@pytest.mark.parametrize("chunk_size", [0, 400_000])
def test_tus_js_client_uploads_to_tus_server(tmp_path: Path, file: Path, chunk_size: int) -> None:
    with TusServer(tmp_path / "store") as server:
        sent = upload_with_tus_js(
            file, endpoint=server.endpoint, metadata={"filename": file.name}, chunk_size=chunk_size
        )
        assert (sent.finished, sent.error) == (True, None)
        assert (sent.offset, sent.bytes_sent) == (SIZE, SIZE)
        assert sent.url is not None
        assert server.stored(sent.url).read_bytes() == file.read_bytes()


def test_an_aborted_upload_goes_on_where_it_was(tmp_path: Path, file: Path) -> None:
    with TusServer(tmp_path / "store") as server:
        first = upload_with_tus_js(file, endpoint=server.endpoint, chunk_size=200_000, abort_after=700_000)
        assert not first.finished
        assert first.url is not None
        assert 0 < first.bytes_sent < SIZE
        second = upload_with_tus_js(file, url=first.url)
        assert (second.finished, second.offset) == (True, SIZE)
        assert second.bytes_sent < SIZE
        assert server.stored(first.url).read_bytes() == file.read_bytes()


def test_a_reset_in_the_middle_is_survived_and_counted(tmp_path: Path, file: Path) -> None:
    with TusServer(tmp_path / "store") as server, FaultProxy(("127.0.0.1", server.port)) as proxy:
        proxy.reset_after(700_000)
        sent = upload_with_tus_js(
            file, endpoint=f"{proxy.url}/files", chunk_size=100_000, retry_delays_ms=[0, 100, 500]
        )
        assert (sent.finished, sent.error) == (True, None)
        assert proxy.traffic.resets == 1
        assert SIZE <= sent.bytes_sent <= SIZE + 200_000
        assert sent.url is not None
        assert server.stored(sent.url).read_bytes() == file.read_bytes()


def test_a_refusal_is_told(tmp_path: Path, file: Path) -> None:
    with TusServer(tmp_path / "store") as server:
        sent = upload_with_tus_js(file, url=f"{server.endpoint}/unknown")
    assert not sent.finished
    assert sent.error is not None
    assert "404" in sent.error
    assert sent.bytes_sent == 0
