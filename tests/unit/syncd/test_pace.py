"""Holding evidence back: limits are kept, pauses end, and room is left only while it is needed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from syncd.pace import LEAST_LIMIT, MOST_PAUSE_MIN, Pace
from syncd.room import LEAST, Room
from tests.support.clocks import HandClock


class Hours:
    """A clock that waiting moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


@given(st.integers(LEAST_LIMIT, 10**7), st.lists(st.integers(1, 64 * 1024), min_size=1, max_size=50))
def test_no_more_goes_out_than_the_limit_allows(
    tmp_path_factory: pytest.TempPathFactory, limit: int, blocks: list[int]
) -> None:
    hours = Hours()
    pace = Pace(tmp_path_factory.mktemp("p") / "limit.json", HandClock(), hours)
    pace.set_limit(limit)
    for count in blocks:
        pace.take(count, hours.wait)
    assert hours.now_s == pytest.approx(sum(blocks[:-1]) / limit)


def test_those_who_wait_side_by_side_share_the_limit(tmp_path: Path) -> None:
    hours, waits = Hours(), list[float]()
    pace = Pace(tmp_path / "limit.json", HandClock(), hours)
    pace.set_limit(10_000)
    for _ in range(4):
        pace.take(10_000, waits.append)
    assert waits == pytest.approx([1.0, 2.0, 3.0])


def test_without_a_limit_nobody_waits(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "limit.json", HandClock())
    pace.take(10**9, lambda _s: pytest.fail("waited"))
    assert pace.rate is None


def test_a_limit_outlives_a_restart_and_a_damaged_file_limits_nothing(tmp_path: Path) -> None:
    file = tmp_path / "limit.json"
    Pace(file, HandClock()).set_limit(50_000)
    assert Pace(file, HandClock()).limit == 50_000
    file.write_text("{")
    assert Pace(file, HandClock()).limit is None
    Pace(file, HandClock()).set_limit(None)
    assert Pace(file, HandClock()).limit is None


@pytest.mark.parametrize("limit", [0, -1, LEAST_LIMIT - 1])
def test_a_limit_that_would_stop_everything_is_refused(tmp_path: Path, limit: int) -> None:
    with pytest.raises(BadInput):
        Pace(tmp_path / "limit.json", HandClock()).set_limit(limit)


def test_a_pause_ends_by_itself_and_with_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    pace = Pace(tmp_path / "limit.json", clock)
    pace.pause(10)
    assert pace.paused_ns() == 600 * 10**9
    assert Pace(tmp_path / "limit.json", clock).paused_ns() == 0
    clock.pass_ms(600_000)
    assert pace.paused_ns() == 0
    pace.pause(1)
    pace.resume()
    assert pace.paused_ns() == 0


@pytest.mark.parametrize("minutes", [0.0, -1.0, MOST_PAUSE_MIN + 1, float("nan"), float("inf")])
def test_a_pause_has_an_end(tmp_path: Path, minutes: float) -> None:
    with pytest.raises(BadInput):
        Pace(tmp_path / "limit.json", HandClock()).pause(minutes)


ANSWERS = st.lists(st.tuples(st.floats(0.001, 30), st.floats(0, 1e8)), max_size=60)


@given(ANSWERS)
def test_evidence_always_flows(answers: list[tuple[float, float]]) -> None:
    room = Room()
    for answer_s, rate in answers:
        room = room.heard(answer_s, rate)
        assert room.cap is None or room.cap >= LEAST
    assert room.alone() == Room()


def test_a_line_whose_answers_stay_short_is_not_held_back() -> None:
    room = Room()
    for _ in range(100):
        room = room.heard(0.05, 2_000_000)
    assert room.cap is None


def test_slow_answers_make_room_until_they_are_short_again() -> None:
    """A line of 500 KB/s whose queue delays answers by what is sent beyond it."""
    room, rate, waits = Room(best_s=0.05), 600_000.0, list[float]()
    for _ in range(30):
        answer_s = 0.05 + (2.0 if rate > 500_000 else 0.0)
        waits.append(answer_s)
        room = room.heard(answer_s, rate)
        rate = min(600_000.0, room.cap or 600_000.0)
    assert sum(1 for wait in waits if wait > 1) < len(waits) / 3
    assert rate > 300_000
