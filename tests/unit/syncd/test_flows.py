"""The number of flows follows the measured gain."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.flows import QUICK, Flows, Meter


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


def test_what_only_waits_for_its_answer_takes_no_flow_on_a_quick_line() -> None:
    flows = Flows(4, 2, 32)
    assert flows.free(handed=4, answers=2, rate=QUICK) == 2
    assert flows.free(handed=4, answers=2, rate=QUICK - 1) == 0  # the kernel itself holds it for long
    assert flows.free(handed=8, answers=8, rate=10 * QUICK) == 0  # answers that never come do not pile up
    assert Flows(20, 2, 32).free(handed=32, answers=20, rate=10 * QUICK) == 0


@given(st.integers(2, 32), st.integers(0, 64), st.integers(0, 64), st.floats(0, 1e9))
def test_never_more_than_the_most_and_never_fewer_than_the_count(
    count: int, handed: int, answers: int, rate: float
) -> None:
    room = Flows(count, 2, 32).free(handed, min(answers, handed), rate) + handed
    assert count <= room <= 32


@pytest.mark.parametrize("seed", range(10))
def test_chance_does_not_drive_it_up(seed: int) -> None:
    """A full line measures more or less from stretch to stretch; flows that bring nothing starve each other."""
    chance = random.Random(seed)
    flows, most = Flows(3, 2, 32), 0
    for _ in range(300):
        flows = flows.measured(2_500_000 * chance.uniform(0.85, 1.15))
        most = max(most, flows.count)
    assert most <= 13


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


def test_filling_buffers_is_no_gain() -> None:
    """What the kernel holds is counted when the network took it, not before."""
    meter = Meter()
    meter.add(1_000_000)
    assert meter.stretch(1.0, held=400_000) == 600_000
    meter.add(1_000_000)
    assert meter.stretch(1.0, held=800_000) == 600_000
    assert meter.stretch(1.0, held=0) == 800_000
    assert meter.lately == 800_000


def test_a_stretch_without_work_says_nothing() -> None:
    meter = Meter()
    meter.add(5)
    meter.drop()
    assert meter.stretch(1.0) == 0
