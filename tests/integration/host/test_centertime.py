"""Center time on a laptop whose own clock is wrong by hours, across a reboot without network."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stage import MINUTE_MS, Schedule, Situation, Stage, current, enter_gate
from host.centertime import CenterTime
from tests.support.clocks import HandClock

CENTER_MS = 1_800_000_000_000
HOUR_MS = 60 * MINUTE_MS
WRONG = st.integers(-72, 72).map(lambda hours: hours * HOUR_MS)


def _learnt(folder: Path, wrong_ms: int) -> tuple[CenterTime, HandClock]:
    """A laptop ``wrong_ms`` away from the center, whose time it has just been told."""
    clock = HandClock(wall_ms=CENTER_MS + wrong_ms)
    file = folder / "center-time.json"
    file.unlink(missing_ok=True)
    time = CenterTime(file, clock)
    time.learn(CENTER_MS, 20, clock.boot_ns())
    return time, clock


@given(wrong_ms=WRONG, stepped_ms=WRONG)
def test_a_clock_wrong_by_hours_moves_no_gate(
    tmp_path_factory: pytest.TempPathFactory, wrong_ms: int, stepped_ms: int
) -> None:
    time, clock = _learnt(tmp_path_factory.getbasetemp(), wrong_ms)
    schedule = Schedule(start_ms=CENTER_MS + 20 * MINUTE_MS, answer_ms=20 * MINUTE_MS)
    now = Situation(schedule=schedule, checks_passed=True, rules_ticked=True, logged_in=True, pledge_accepted=True)
    assert not enter_gate(now, time.now().center_ms).open, "20 minutes before the start"
    clock.step_wall(stepped_ms)
    clock.pass_ms(6 * MINUTE_MS)
    assert time.now().center_ms == CENTER_MS + 6 * MINUTE_MS
    assert not time.now().center_est
    assert current(now, time.now().center_ms) is Stage.ENTER
    assert enter_gate(now, time.now().center_ms).open
    assert time.offset_ms() == -wrong_ms - stepped_ms


@given(wrong_ms=WRONG)
def test_after_a_reboot_without_network_it_is_an_estimate_that_still_fits(
    tmp_path_factory: pytest.TempPathFactory, wrong_ms: int
) -> None:
    time, clock = _learnt(tmp_path_factory.getbasetemp(), wrong_ms)
    clock.pass_ms(3 * MINUTE_MS)
    clock.reboot("boot-b")
    assert time.now().center_ms == CENTER_MS + 3 * MINUTE_MS
    assert time.now().center_est, "an estimate is marked as one"
    assert time.offset_ms() is None
