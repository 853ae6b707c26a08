"""When a rehearsal's line is cut: never in a real interview, for a bounded while in the middle of answering."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.stage import Schedule, Situation
from ui.facts import Facts, Practice
from ui.rehearsal import CUT_AFTER_MS, CUT_MS, cut_left_ms

START = 1_800_000_000_000
SCHEDULE = Schedule(start_ms=START, answer_ms=90_000, showing_ms=15_000)
INSIDE = Situation(schedule=SCHEDULE, logged_in=True, entered=True)
CUTS = Facts(practice=Practice(project="P", number="1", id_number="2", cut=True))
moments = st.integers(START - 3_600_000, START + 3_600_000)


@given(moments)
def test_a_real_interview_and_a_demo_are_never_cut(now_ms: int) -> None:
    demo = Facts(practice=Practice(project="P", number="1", id_number="2"))
    assert cut_left_ms(Facts(), INSIDE, now_ms) == 0
    assert cut_left_ms(demo, INSIDE, now_ms) == 0
    assert cut_left_ms(CUTS, replace(INSIDE, entered=False), now_ms) == 0
    assert cut_left_ms(CUTS, Situation(), now_ms) == 0


@given(moments)
def test_it_is_cut_once_for_twenty_seconds_after_the_questions_are_there(now_ms: int) -> None:
    begins = START + SCHEDULE.showing_ms + CUT_AFTER_MS
    left = cut_left_ms(CUTS, INSIDE, now_ms)
    assert (left > 0) == (begins <= now_ms < begins + CUT_MS)
    assert left <= CUT_MS
    assert begins + CUT_MS < SCHEDULE.answer_end_ms(START + SCHEDULE.showing_ms), "it comes back before the end"
