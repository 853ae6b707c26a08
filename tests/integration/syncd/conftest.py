"""A real center behind a fault proxy, and a laptop enrolled with it. One center serves a module; sessions are new."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from center.config import CenterConfig
from tests.support.center import center_config, new_session
from tests.support.servers import AsgiProcess
from tests.support.syncing import Laptop
from zhishi.faultproxy import FaultProxy


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CenterConfig:
    return center_config(tmp_path_factory.mktemp("center"))


@pytest.fixture(scope="module")
def center(config: CenterConfig) -> Iterator[AsgiProcess]:
    with AsgiProcess("tests.support.center:center_app", {"data": str(config.data)}) as running:
        yield running


@pytest.fixture
def proxy(center: AsgiProcess) -> Iterator[FaultProxy]:
    with FaultProxy(("127.0.0.1", center.port)) as between:
        yield between


@pytest.fixture
def laptop(tmp_path: Path, config: CenterConfig, proxy: FaultProxy) -> Iterator[Laptop]:
    with Laptop(tmp_path / "home") as running:
        running.enrol(proxy.url, new_session(config).code)
        yield running
