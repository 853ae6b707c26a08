"""The number of flows follows the measured gain."""

from hypothesis import given
from hypothesis import strategies as st

from syncd.flows import Flows, Meter


@given(st.lists(st.floats(min_value=0, max_value=1e9), max_size=80), st.integers(2, 32))
def test_flows_stay_within_their_bounds(rates: list[float], start: int) -> None:
    flows = Flows(start, 2, 32)
    for rate in rates:
        flows = flows.measured(rate)
        assert 2 <= flows.count <= 32


def test_a_starving_path_gets_many_flows() -> None:
    flows = Flows(3, 2, 32)
    for _ in range(20):
        flows = flows.measured(min(flows.count, 32) * 100_000.0)  # each flow brings as much as the one before
    assert flows.count == 32


def test_a_good_line_keeps_few() -> None:
    flows = Flows(3, 2, 32)
    for _ in range(200):
        flows = flows.measured(1_000_000.0)  # more flows gain nothing
    assert flows.count <= 4


def test_idle_forgets_what_was_measured() -> None:
    flows = Flows(3, 2, 32).measured(100.0)
    assert flows.before is not None
    assert flows.idle().before is None


@given(st.lists(st.integers(0, 10**9), max_size=100))
def test_the_meter_keeps_the_newest_stretches(counts: list[int]) -> None:
    meter = Meter()
    for count in counts:
        meter.add(count)
        assert meter.stretch(2.0) == count / 2
    assert list(meter.rates) == [count / 2 for count in counts][-Meter.KEPT :]


def test_a_stretch_without_work_says_nothing() -> None:
    meter = Meter()
    meter.add(5)
    meter.drop()
    assert meter.stretch(1.0) == 0
