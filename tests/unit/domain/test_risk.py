"""Who is in trouble first."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.companion import UNBOUND, UNWELL, BindingState
from domain.risk import NAMED_BEFORE_MS, ORDER, Act, Connection, Risk, Standing, connection, judge
from domain.stage import MINUTE_MS
from domain.window import WINDOW_MS, Assessment

START = 10_000_000
END = START + 30 * MINUTE_MS
CALM = Standing(
    now_ms=START + 5 * MINUTE_MS,
    start_ms=START,
    latest_end_ms=END,
    window_ms=WINDOW_MS,
    seen_ms=START + 5 * MINUTE_MS - 3000,
    logged_in=True,
    entered=True,
    recording=True,
    finish_in_ms=2000,
)
ENDED = replace(CALM, ended_ms=END, now_ms=END + MINUTE_MS, seen_ms=END + MINUTE_MS, recording=False)

STANDINGS = st.builds(
    Standing,
    now_ms=st.integers(0, END + 3 * WINDOW_MS),
    start_ms=st.just(START),
    latest_end_ms=st.just(END),
    window_ms=st.just(WINDOW_MS),
    seen_ms=st.none() | st.integers(0, END),
    logged_in=st.booleans(),
    entered=st.booleans(),
    arrived=st.booleans(),
    ended_ms=st.none() | st.integers(START, END),
    recording=st.booleans(),
    finish_in_ms=st.none() | st.integers(0, 10 * WINDOW_MS),
    remaining_bytes=st.integers(0, 1 << 32),
    confirmed_ms=st.none() | st.integers(START, END + 3 * WINDOW_MS),
    waits_for_help=st.booleans(),
    phone_required=st.booleans(),
    phone=st.sampled_from([state.value for state in BindingState]),
    troubles=st.integers(0, 3),
)


@given(STANDINGS)
def test_every_standing_has_one_verdict_with_words_where_support_must_act(now: Standing) -> None:
    verdict = judge(now)
    assert verdict.risk in ORDER
    if ORDER[verdict.risk] < ORDER[Risk.WATCH]:
        assert verdict.why.zh
        assert verdict.why.en
        assert verdict.remedy.zh
        assert verdict.remedy.en


@given(STANDINGS)
def test_done_is_only_what_a_receipt_says(now: Standing) -> None:
    verdict = judge(now)
    assert (verdict.risk is Risk.DONE) == (now.confirmed_ms is not None)


@given(STANDINGS)
def test_late_is_late_exactly_after_the_window(now: Standing) -> None:
    over = now.ended_ms is not None and now.now_ms > now.ended_ms + now.window_ms
    late = over and now.confirmed_ms is None and (now.entered or now.arrived)
    assert (judge(now).assessment is Assessment.LATE) == late


def test_nothing_wrong_is_calm() -> None:
    assert judge(CALM).risk is Risk.CALM
    assert judge(replace(ENDED, remaining_bytes=5_000_000, finish_in_ms=20_000)).risk is Risk.CALM


def test_answering_without_recording_is_urgent() -> None:
    assert judge(replace(CALM, recording=False)).risk is Risk.NOT_RECORDING
    assert judge(replace(CALM, waits_for_help=True, recording=False)).risk is Risk.HELP


@given(st.integers(1, 1 << 33))
def test_a_line_too_slow_for_the_window_is_named_while_it_is_still_answered(remaining: int) -> None:
    slow = replace(CALM, remaining_bytes=remaining, finish_in_ms=3 * WINDOW_MS)
    verdict = judge(slow)
    assert verdict.risk is Risk.AT_RISK
    assert verdict.assessment is Assessment.AT_RISK
    assert "MB" in verdict.why.en


@given(st.integers(0, NAMED_BEFORE_MS))
def test_who_went_silent_is_named_at_least_a_quarter_of_an_hour_before_the_window_closes(left: int) -> None:
    silent = replace(
        ENDED, now_ms=END + WINDOW_MS - left, seen_ms=END - MINUTE_MS, remaining_bytes=1_000_000, finish_in_ms=None
    )
    assert judge(silent).risk is Risk.AT_RISK


def test_who_is_missing_shortly_before_the_start() -> None:
    away = replace(CALM, now_ms=START - MINUTE_MS, logged_in=False, entered=False, seen_ms=None, recording=False)
    assert judge(away).risk is Risk.ABSENT
    assert judge(replace(away, now_ms=START - 20 * MINUTE_MS)).risk is Risk.CALM
    assert judge(replace(away, now_ms=START + 1)).why.en == "Absent"
    after = replace(away, now_ms=END + WINDOW_MS + 1, ended_ms=END)  # absent in the ledgers, so not late here
    found = judge(after)
    assert (found.risk, found.assessment, found.why.en) == (Risk.WATCH, Assessment.ON_TRACK, "Absent")
    assert judge(replace(after, arrived=True)).risk is Risk.LATE


@given(st.integers(0, 10_000_000))
def test_connection_follows_the_silence(quiet: int) -> None:
    found = connection(START - quiet, START)
    assert found is (Connection.LIVE if quiet < 20_000 else Connection.QUIET if quiet < 60_000 else Connection.OFFLINE)
    assert connection(None, START) is Connection.NEVER


@pytest.mark.parametrize("phone", BindingState)
def test_a_phone_that_is_missing_or_unwell_is_named_where_one_is_demanded(phone: BindingState) -> None:
    ill = phone in UNBOUND | UNWELL
    asked = replace(CALM, phone_required=True, phone=phone.value)
    assert (judge(asked).risk is Risk.PHONE) == ill
    assert judge(replace(asked, phone_required=False)).risk is not Risk.PHONE


def test_a_forgotten_phone_is_named_before_the_window_closes_with_the_act_that_fits() -> None:
    """All of the laptop was here and the phone filmed on: nothing was said until it was late."""
    waits = replace(ENDED, phone_required=True, phone="recording", phone_awaited=True, now_ms=END + WINDOW_MS // 2)
    assert judge(waits).risk is Risk.AT_RISK
    assert judge(waits).act is Act.FINISH_PHONE
    gone = replace(waits, phone="none")
    assert judge(gone).act is Act.WAIVE_PHONE
    assert judge(replace(waits, now_ms=END + MINUTE_MS)).risk is Risk.CALM
    assert judge(replace(waits, now_ms=END + WINDOW_MS + 1)).act is Act.FINISH_PHONE


def test_the_remedy_is_what_still_helps() -> None:
    half = replace(ENDED, now_ms=END + WINDOW_MS // 2, seen_ms=END + WINDOW_MS // 2, remaining_bytes=50_000_000)
    assert judge(replace(half, finish_in_ms=None)).act is Act.SEND_NOW
    slow = judge(replace(half, finish_in_ms=WINDOW_MS))
    assert slow.act is Act.EXTEND_WINDOW
    assert "30" in slow.remedy.en
    hopeless = judge(replace(half, finish_in_ms=10 * WINDOW_MS))
    assert hopeless.act is Act.NONE
    assert "bundle" in hopeless.remedy.en
