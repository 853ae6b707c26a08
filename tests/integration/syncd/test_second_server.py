"""The wrapped client against @tus/server: a tus server that knows nothing of seals."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import CenterUnreachable
from syncd.config import SyncConfig
from syncd.transport import BLOCK, Wire
from syncd.tusclient import CenterTus, Resent
from tests.support.peers import TusServer
from zhishi.faultproxy import FaultProxy

MB = 1_000_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TusServer]:
    with TusServer(tmp_path / "stored") as running:
        yield running


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire(SyncConfig(), stall_s=10)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "000000.m4s"
    path.write_bytes(random.Random(3).randbytes(8 * MB))
    return path


@pytest.mark.parametrize("with_body", [True, False])
@pytest.mark.parametrize("size", [1, 70_000, 8 * MB])
def test_upload(server: TusServer, wire: Wire, file: Path, size: int, with_body: bool) -> None:
    file.write_bytes(file.read_bytes()[:size])
    tus = CenterTus(server.endpoint, wire)
    sent = tus.uploader(file, size, metadata={"name": "片段"}, with_body=with_body).send()
    assert (sent.offset, sent.state) == (size, None)
    assert server.stored(sent.place).read_bytes() == file.read_bytes()


def test_an_upload_of_nothing(server: TusServer, wire: Wire) -> None:
    sent = CenterTus(server.endpoint, wire).uploader(None, 0, metadata={"kind": "gap"}).send()
    assert sent.offset == 0
    assert server.stored(sent.place).read_bytes() == b""


def test_a_reset_resumes_at_the_byte(server: TusServer, wire: Wire, file: Path) -> None:
    with FaultProxy(("127.0.0.1", server.port)) as proxy:
        proxy.reset_after(5 * MB)
        places: list[str] = []
        tus = CenterTus(f"{proxy.url}/files", wire)
        with pytest.raises(CenterUnreachable):
            tus.uploader(file, 8 * MB, metadata={}, created=lambda place, _offset: places.append(place)).send()
        place = proxy.url + places[0]
        held = tus.uploader(file, 8 * MB, metadata={}, url=place).get_offset()
        assert 0 < held < 8 * MB
        positions: list[int] = []
        resent = Resent()
        sent = tus.uploader(
            file, 8 * MB, metadata={}, url=place, resent=resent, progress=lambda at, _count: positions.append(at)
        ).send()
        assert sent.offset == 8 * MB
        assert server.stored(places[0]).read_bytes() == file.read_bytes()
        # What was on its way when the line broke depends on the system's buffers; where it goes on does not.
        assert held < positions[0] <= held + BLOCK
        assert resent.bytes == 0
