"""Which upload lags behind the others."""

from hypothesis import given
from hypothesis import strategies as st

from syncd.flows import QUICK
from syncd.lagging import STRETCHES, Lagging

LINE = 2_500_000.0


def worsts(*looks: dict[int, int], line: float = LINE) -> list[int | None]:
    lagging, found = Lagging(), []
    for reached in looks:
        lagging, worst = lagging.stretch(2.0, line, reached)
        found.append(worst)
    return found


def test_one_that_is_starved_begins_anew_and_the_others_go_on() -> None:
    looks = [{1: n * 1_500_000, 2: n * 1_400_000, 3: n * 50_000} for n in range(6)]
    assert worsts(*looks) == [None, None, 3, None, 3, None]


def test_the_last_one_is_measured_by_what_the_line_can_take() -> None:
    assert worsts(*({7: n * 60_000} for n in range(3))) == [None, None, 7]
    assert worsts(*({7: n * 2_000_000} for n in range(3))) == [None, None, None]


def test_an_outage_is_nobodys_lagging() -> None:
    still = {1: 500_000, 2: 10_000}
    assert worsts(*[still] * 6) == [None] * 6


def test_on_a_slow_line_nothing_is_begun_anew() -> None:
    assert worsts(*({1: n * 500_000, 2: n} for n in range(6)), line=QUICK - 1) == [None] * 6


def test_one_that_has_just_begun_is_not_judged() -> None:
    assert worsts({1: 0}, {1: 1_000_000, 2: 0}, {1: 2_000_000, 2: 10, 3: 0}) == [None, None, None]


@given(st.lists(st.dictionaries(st.integers(0, 5), st.integers(0, 10**7)), max_size=20), st.floats(0, 1e8))
def test_only_what_is_under_way_and_never_twice_within_its_patience(looks: list[dict[int, int]], line: float) -> None:
    found = worsts(*looks, line=line)
    last: dict[int, int] = {}
    for number, (worst, reached) in enumerate(zip(found, looks, strict=True)):
        if worst is not None:
            assert worst in reached
            assert number - last.get(worst, -STRETCHES) >= STRETCHES
            last[worst] = number
