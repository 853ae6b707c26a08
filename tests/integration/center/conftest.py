"""A center in a thread with a clock moved by hand, and devices of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from center.app import make_app
from center.center import Center, open_center
from center.config import CenterConfig
from tests.support.center import Device, add_session, center_config, laid
from tests.support.clocks import HandClock
from tests.support.servers import AsgiThread


@dataclass(frozen=True)
class Running:
    """One center that serves."""

    config: CenterConfig
    clock: HandClock
    center: Center
    url: str

    def device(self) -> Device:
        """A new session's only device."""
        return Device(self.url, add_session(self.center.database, self.clock).code)


Serve = Callable[..., AbstractContextManager[Running]]


@contextmanager
def serving(data: Path, **settings: Any) -> Iterator[Running]:
    """A center over ``data`` that serves."""
    config = laid(center_config(data, **settings))
    clock = HandClock(wall_ms=time.time_ns() // 1_000_000)
    center = open_center(config, clock.wall_ms)
    with AsgiThread(make_app(center)) as server:
        yield Running(config, clock, center, server.url)


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """``with serve(**settings) as running``."""

    def start(data: Path | None = None, **settings: Any) -> AbstractContextManager[Running]:
        return serving(data or tmp_path / "center", **settings)

    return start


@pytest.fixture
def running(serve: Serve) -> Iterator[Running]:
    with serve() as started:
        yield started


@pytest.fixture
def device(running: Running) -> Iterator[Device]:
    made = running.device()
    yield made
    made.close()
