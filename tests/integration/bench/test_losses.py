"""What a kill cost is read from a chain rightly: known chains with known answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.losses import Loss, fabricated, footage_end_s, footage_s, hidden, loss
from domain.identity import LinkKind
from domain.seal import Seal
from tests.support.seals import RUN, make_seal

BASE_NS = 1_000_000_000
OTHER_RUN = "01936f5e-0000-7000-8000-0000000000a2"


def segment(start_ms: int, end_ms: int, run: str = RUN) -> Seal:
    return make_seal(start_ms=start_ms, duration_ms=end_ms - start_ms, run=run)


def gap(start_ms: int, end_ms: int) -> Seal:
    return make_seal(kind=LinkKind.GAP, start_ms=start_ms, duration_ms=end_ms - start_ms)


def at(ms: int) -> int:
    return BASE_NS + ms * 1_000_000


KILLED = [
    make_seal(kind=LinkKind.INIT, duration_ms=0),
    segment(0, 5000),
    segment(5000, 7600),
    gap(7600, 9000),
    make_seal(kind=LinkKind.INIT, duration_ms=0, start_ms=9000, run=OTHER_RUN),
    segment(9000, 12000, OTHER_RUN),
]


def test_tail_and_first_frame_around_a_kill() -> None:
    assert loss(KILLED, at(8000)) == Loss(0.4, 1.0)
    assert loss(KILLED, at(7500)) == Loss(-0.1, 1.5)
    assert loss(KILLED, at(-100)) == Loss(None, 0.1)
    assert loss(KILLED, at(12500)) == Loss(0.5, None)
    assert loss([], at(0)) == Loss(None, None)


def test_footage_of_a_run() -> None:
    assert footage_s(KILLED, RUN) == pytest.approx(7.6)
    assert footage_end_s(KILLED, OTHER_RUN) == pytest.approx(13.0)
    assert footage_end_s(KILLED, "01936f5e-0000-7000-8000-0000000000a3") == 0


def test_an_honest_chain_fabricates_and_hides_nothing() -> None:
    assert fabricated(KILLED) == 0
    assert hidden(KILLED) == 0


def test_overlapping_footage_is_fabricated_and_an_undeclared_hole_is_hidden() -> None:
    assert fabricated([segment(0, 5000), segment(4000, 9000)]) == pytest.approx(1.0)
    assert fabricated([segment(0, 5000), segment(4000, 9000), segment(20000, 21000)]) == pytest.approx(1.0)
    assert hidden([segment(0, 5000), gap(5000, 5400), segment(6100, 9000)]) == pytest.approx(0.7)


@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 10_000)), min_size=1, max_size=12))
def test_fabricated_is_the_worst_stretch(spans: list[tuple[int, int]]) -> None:
    seals = [segment(start, start + length) for start, length in spans]
    ordered = sorted((start, start + length) for start, length in spans)
    worst = max(
        sum(end - start for start, end in ordered[i : j + 1]) - (ordered[j][1] - ordered[i][0])
        for i in range(len(ordered))
        for j in range(i, len(ordered))
    )
    assert fabricated(seals) == pytest.approx(max(0, worst) / 1000)
