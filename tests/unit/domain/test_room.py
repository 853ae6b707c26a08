"""What an interview takes and whether it lasts."""

from hypothesis import given
from hypothesis import strategies as st

from domain.room import BEFORE_AND_AFTER_S, BYTES_PER_S, USUAL_ANSWER_S, Room, still_needed

MOST = (BEFORE_AND_AFTER_S + USUAL_ANSWER_S) * BYTES_PER_S


def test_an_hour_takes_what_an_hour_takes() -> None:
    assert still_needed([3_600_000], 0) == 3600 * BYTES_PER_S
    assert still_needed([], 0) == 0
    assert still_needed([10], 10) == 0


@given(ends=st.lists(st.integers(0, 2**53), max_size=5), now=st.integers(0, 2**53), later=st.integers(0, 10**7))
def test_time_that_passes_never_needs_more_and_none_more_than_an_interview(
    ends: list[int], now: int, later: int
) -> None:
    needed = still_needed(ends, now)
    assert 0 <= still_needed(ends, now + later) <= needed <= len(ends) * MOST


def test_what_may_be_deleted_is_not_counted_on() -> None:
    assert not Room(free=9, kept=100, leaving=100, needed=10).enough
    assert Room(free=10, kept=0, leaving=0, needed=10).enough
