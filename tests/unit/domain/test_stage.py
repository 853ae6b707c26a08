"""Stages follow from facts: properties over every situation, and the rules of the candidates' paper by name."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from domain.stage import MINUTE_MS, ORDER, Schedule, Situation, Stage, current, enter_gate, gate, login_gate

START = 1_800_000_000_000
SCHEDULES = st.builds(
    Schedule,
    start_ms=st.just(START),
    answer_ms=st.integers(1, 90).map(lambda minutes: minutes * MINUTE_MS),
    late_limit_ms=st.integers(0, 20).map(lambda minutes: minutes * MINUTE_MS),
    showing_ms=st.integers(0, 3).map(lambda minutes: minutes * MINUTE_MS),
    extra_ms=st.integers(0, 30).map(lambda minutes: minutes * MINUTE_MS),
)
SITUATIONS = st.builds(
    Situation,
    schedule=st.none() | SCHEDULES,
    checks_passed=st.booleans(),
    rules_ticked=st.booleans(),
    logged_in=st.booleans(),
    companion_required=st.booleans(),
    companion_bound=st.booleans(),
    binding_waived=st.booleans(),
    attachments=st.integers(0, 3),
    attachments_read=st.integers(0, 3),
    pledge_accepted=st.booleans(),
    entered=st.booleans(),
    may_enter_late=st.booleans(),
    devices_confirmed=st.booleans(),
    questions_shown_ms=st.none() | st.integers(START, START + 20 * MINUTE_MS),
    ended=st.booleans(),
)
TIMES = st.integers(START - 40 * MINUTE_MS, START + 160 * MINUTE_MS)
SCHEDULE = Schedule(start_ms=START, answer_ms=20 * MINUTE_MS, late_limit_ms=5 * MINUTE_MS)
READY = Situation(
    schedule=SCHEDULE, checks_passed=True, rules_ticked=True, logged_in=True, attachments=2, attachments_read=2,
    pledge_accepted=True,
)  # fmt: skip


@given(SITUATIONS, TIMES)
def test_a_closed_gate_always_says_why_and_an_open_one_needs_no_words(now: Situation, now_ms: int) -> None:
    for stage in ORDER:
        found = gate(stage, now, now_ms)
        assert found.open == (found.why is None)
        if found.why is not None:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in found.why.zh)
            assert found.why.en


@given(SITUATIONS, TIMES)
def test_gates_open_in_order_only(now: Situation, now_ms: int) -> None:
    opened = [gate(stage, now, now_ms).open for stage in ORDER]
    assert opened == sorted(opened, reverse=True)


@given(SITUATIONS, TIMES, st.integers(0, 60 * MINUTE_MS))
def test_time_alone_never_leads_back(now: Situation, now_ms: int, later: int) -> None:
    assert ORDER.index(current(now, now_ms)) <= ORDER.index(current(now, now_ms + later))


@given(SITUATIONS, TIMES)
def test_nobody_answers_who_did_not_enter(now: Situation, now_ms: int) -> None:
    if current(now, now_ms) in (Stage.CONFIRM, Stage.ANSWERING, Stage.END):
        assert now.entered


@given(SITUATIONS, TIMES)
def test_the_door_is_open_only_in_the_fifteen_minutes_before_the_start(now: Situation, now_ms: int) -> None:
    if enter_gate(now, now_ms).open:
        assert now.schedule is not None
        assert now_ms >= now.schedule.enter_opens_ms
        assert now_ms < START or now.may_enter_late


@given(SCHEDULES, st.none() | st.integers(START - MINUTE_MS, START + 60 * MINUTE_MS))
def test_answer_time_is_whole_and_bounded(schedule: Schedule, shown: int | None) -> None:
    end = schedule.answer_end_ms(shown)
    assert end <= schedule.scheduled_end_ms
    if shown is not None and START <= shown <= START + schedule.showing_ms + schedule.late_limit_ms:
        assert end - shown == schedule.answer_ms + schedule.extra_ms


def test_the_candidates_way_minute_by_minute() -> None:
    assert current(READY, START - 20 * MINUTE_MS) is Stage.ENTER
    early = enter_gate(READY, START - 20 * MINUTE_MS)
    assert not early.open
    assert early.opens_at_ms == START - 15 * MINUTE_MS
    assert enter_gate(READY, START - 15 * MINUTE_MS).open
    assert not enter_gate(READY, START).open
    entered = dataclasses.replace(READY, entered=True)
    assert current(entered, START - 5 * MINUTE_MS) is Stage.CONFIRM
    waiting = dataclasses.replace(entered, devices_confirmed=True)
    assert current(waiting, START - 5 * MINUTE_MS) is Stage.ANSWERING
    # Taken on by itself at the start, devices confirmed or not, also after a restart: the facts are the same.
    assert current(entered, START) is Stage.ANSWERING
    shown = dataclasses.replace(entered, questions_shown_ms=START + 1000)
    assert current(shown, START + 20 * MINUTE_MS) is Stage.ANSWERING
    assert current(shown, START + 20 * MINUTE_MS + 1000) is Stage.END
    assert current(dataclasses.replace(shown, ended=True), START + 2000) is Stage.END


def test_login_opens_thirty_minutes_before_and_closes_at_the_start() -> None:
    fresh = dataclasses.replace(READY, logged_in=False)
    assert login_gate(fresh, START - 31 * MINUTE_MS).opens_at_ms == START - 30 * MINUTE_MS
    assert login_gate(fresh, START - 30 * MINUTE_MS).open
    assert not login_gate(fresh, START).open
    assert login_gate(dataclasses.replace(fresh, entered=True), START + MINUTE_MS).open
    assert login_gate(dataclasses.replace(fresh, may_enter_late=True), START + MINUTE_MS).open
    assert login_gate(Situation(), START).open


def test_a_phone_may_be_waived_by_support_and_no_attachment_is_no_obstacle() -> None:
    needs = dataclasses.replace(READY, companion_required=True)
    assert current(needs, START) is Stage.BINDING
    assert current(dataclasses.replace(needs, companion_bound=True), START - 1) is Stage.ENTER
    assert current(dataclasses.replace(needs, binding_waived=True), START - 1) is Stage.ENTER
    assert current(dataclasses.replace(READY, attachments=0, attachments_read=0), START - 1) is Stage.ENTER
    unread = gate(Stage.ENTER, dataclasses.replace(READY, attachments_read=1), START)
    assert unread.why is not None
    assert "1" in unread.why.zh


def test_who_is_inside_is_never_taken_back_to_the_binding_page() -> None:
    needs = dataclasses.replace(READY, companion_required=True, companion_bound=True, entered=True)
    assert current(needs, START - 1) is Stage.CONFIRM
    assert current(dataclasses.replace(needs, companion_bound=False), START - 1) is Stage.CONFIRM
    assert current(dataclasses.replace(needs, companion_bound=False), START + 1) is Stage.ANSWERING
