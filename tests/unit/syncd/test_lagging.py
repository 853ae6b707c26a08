"""Which upload lags behind the others."""

from hypothesis import given
from hypothesis import strategies as st

from syncd.flows import QUICK
from syncd.lagging import Lagging

LINE = 2_500_000.0


def anews(*looks: dict[int, int], line: float = LINE, last: bool = False) -> list[set[int]]:
    lagging, found = Lagging(), []
    for reached in looks:
        lagging, anew = lagging.stretch(2.0, line, reached, last)
        found.append(set(anew))
    return found


def test_one_that_is_starved_begins_anew_and_the_others_go_on() -> None:
    looks = [{1: n * 1_500_000, 2: n * 1_400_000, 3: n * 50_000} for n in range(6)]
    assert anews(*looks) == [set(), set(), {3}, set(), set(), {3}]


def test_the_last_ones_are_measured_by_what_the_line_can_take_and_not_waited_for() -> None:
    slow = {6: 10_000, 7: 60_000, 8: 4_000_000}
    assert anews({6: 0, 7: 0, 8: 0}, slow, last=True) == [set(), {6, 7}]
    assert anews(*({7: n * 2_000_000} for n in range(3)), last=True) == [set(), set(), set()]


def test_an_outage_is_nobodys_lagging() -> None:
    still = {1: 500_000, 2: 10_000}
    assert anews(*[still] * 6) == [set()] * 6


def test_on_a_slow_line_nothing_is_begun_anew() -> None:
    assert anews(*({1: n * 500_000, 2: n} for n in range(6)), line=QUICK - 1) == [set()] * 6


def test_one_that_has_just_begun_is_not_judged() -> None:
    assert anews({1: 0}, {1: 1_000_000, 2: 0}, {1: 2_000_000, 2: 10, 3: 0}) == [set(), set(), set()]


@given(
    st.lists(st.dictionaries(st.integers(0, 5), st.integers(0, 10**7)), max_size=20), st.floats(0, 1e8), st.booleans()
)
def test_only_what_is_under_way_and_never_in_two_stretches_on_end(
    looks: list[dict[int, int]], line: float, last_ones: bool
) -> None:
    found = anews(*looks, line=line, last=last_ones)
    last: dict[int, int] = {}
    for number, (worst, reached) in enumerate(zip(found, looks, strict=True)):
        assert worst <= reached.keys()
        for one in worst:
            assert number - last.get(one, -2) >= 2
            last[one] = number
