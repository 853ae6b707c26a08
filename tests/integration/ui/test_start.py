"""What starts when: the recorder and syncd make way for the window, and never for anything that may be recorded."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.errors import ServiceError
from domain.wire.login import Granted
from host.centertime import CenterTime
from host.clock import SystemClock
from host.paths import Home
from tests.support.recording import make_session
from tests.support.waiting import wait_until
from ui import flow
from ui.config import UiConfig
from ui.flow import Flow
from ui.interview import Interview
from ui.launcher import Launch, Launcher


@dataclass
class Starts:
    """Which programs were asked for; none of them comes."""

    names: list[str] = field(default_factory=list)

    def ensure(self, name: str) -> bool:
        self.names.append(name)
        raise ServiceError(name)

    def both(self) -> bool:
        return {"recorder", "syncd"} <= set(self.names)


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> Starts:
    made = Starts()
    monkeypatch.setattr(Launcher, "ensure", lambda _launcher, name: made.ensure(name))
    return made


@contextmanager
def running(home: Path) -> Iterator[tuple[Flow, threading.Event]]:
    """The flow of a fresh home, and what is set once it has published a state."""
    place = Home(home).prepare()
    config = UiConfig(center="http://127.0.0.1:9", launch=Launch(("none",), {}, {}))
    made = Flow(place, config, CenterTime(place.center_time, SystemClock()), random.Random(1))
    told = threading.Event()
    made.start(told.set, lambda: None)
    try:
        yield made, told
    finally:
        made.stop()


def test_before_login_both_wait_for_a_page_that_looks(
    tmp_path: Path, starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "_MAKE_WAY_S", 60.0)
    with running(tmp_path) as (shown, told):
        assert told.wait(10)
        wait_until(lambda: shown.newest()[0] > 1, 10)
        assert starts.names == []
        shown.looked_at()
        wait_until(starts.both, 10)


def test_where_nobody_looks_they_start_all_the_same(
    tmp_path: Path, starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "_MAKE_WAY_S", 0.1)
    with running(tmp_path):
        wait_until(starts.both, 10)


def test_after_login_nothing_waits(tmp_path: Path, starts: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "_MAKE_WAY_S", 60.0)
    home = Home(tmp_path)
    granted = Granted(act="x", session=make_session(home).session, code="c", code_expires_ms=1)
    before = Interview(home, CenterTime(home.center_time, SystemClock()))
    before.store.put(granted=granted, enrolled=True)
    before.chronicle.close()
    with running(tmp_path):
        wait_until(starts.both, 10)
