"""The line is really measured: a real center behind a slow line, one that cannot be reached, a portal, a busy house."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from center.app import make_app
from center.center import open_center
from domain.errors import CaptivePortal, CenterBusy, CenterUnreachable
from host.clock import SystemClock
from tests.support.center import center_config
from tests.support.servers import AsgiThread
from tests.support.waiting import wait_until
from ui.centerclient import CenterClient
from ui.throughput import BUDGET_S, Throughput
from zhishi.faultproxy import FaultProxy, Mode

FAST = 400_000


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsgiThread]:
    config = center_config(tmp_path_factory.mktemp("center"), probes_per_minute=1000)
    with AsgiThread(make_app(open_center(config, SystemClock().wall_ms))) as server:
        yield server


@pytest.fixture
def line(center: AsgiThread) -> Iterator[FaultProxy]:
    with FaultProxy(("127.0.0.1", center.port)) as proxy:
        yield proxy


def _over(line: FaultProxy) -> Throughput:
    return Throughput(CenterClient(line.url), SystemClock(), lambda: None)


def _told(throughput: Throughput) -> bool:
    return not throughput.running and (throughput.measured is not None or throughput.error is not None)


def _measure(throughput: Throughput) -> None:
    throughput.wanted(now=True)
    wait_until(lambda: _told(throughput), 4 * BUDGET_S, "a result")


def test_a_slow_line_is_told_as_slow_as_it_is(line: FaultProxy) -> None:
    line.throttle(100_000)
    throughput = _over(line)
    _measure(throughput)
    assert throughput.error is None
    assert throughput.measured is not None
    assert not throughput.measured.at_most
    assert 50_000 < throughput.measured.bytes_per_s <= 105_000


def test_a_good_line_is_told_as_good(line: FaultProxy) -> None:
    line.throttle(4 * FAST)
    throughput = _over(line)
    _measure(throughput)
    assert throughput.measured is not None
    assert throughput.measured.bytes_per_s > FAST
    assert line.traffic.up < 4.5 * (1 << 20), "a few megabytes at most"


def test_a_line_on_which_nothing_arrives_in_time_says_below_what(line: FaultProxy) -> None:
    line.throttle(1_500)
    throughput = _over(line)
    _measure(throughput)
    assert throughput.measured is not None
    assert throughput.measured.at_most
    assert throughput.measured.bytes_per_s < 16_384


def test_nobody_there_and_a_portal_are_told_and_tried_again_later(line: FaultProxy) -> None:
    line.switch(Mode.REFUSE)
    throughput = _over(line)
    _measure(throughput)
    assert isinstance(throughput.error, CenterUnreachable)
    throughput.wanted(now=True)
    assert not throughput.running, "not at once"
    for mode in (Mode.PORTAL_PAGE, Mode.PORTAL_REDIRECT):
        line.switch(mode)
        throughput.again()
        _measure(throughput)
        assert isinstance(throughput.error, CaptivePortal)
    line.switch(Mode.PASS)
    throughput.again()
    _measure(throughput)
    assert throughput.measured is not None


def test_nobody_looks_any_more_so_it_ends_and_says_nothing(line: FaultProxy) -> None:
    line.throttle(60_000)
    throughput = _over(line)
    throughput.wanted(now=True)
    wait_until(lambda: line.traffic.up > 30_000, what="it sends")
    throughput.wanted(now=False)
    sent = line.traffic.up
    wait_until(lambda: not throughput.running, 2 * BUDGET_S, "it ends")
    assert line.traffic.up - sent < 400_000
    assert (throughput.measured, throughput.error) == (None, None)
    line.throttle(None)
    _measure(throughput)
    assert throughput.measured is not None


def test_a_busy_center_names_the_time_to_come_back(tmp_path: Path) -> None:
    config = center_config(tmp_path / "center", probes_per_minute=0)
    with AsgiThread(make_app(open_center(config, SystemClock().wall_ms))) as server:
        throughput = Throughput(CenterClient(server.url), SystemClock(), lambda: None)
        _measure(throughput)
        assert isinstance(throughput.error, CenterBusy)
