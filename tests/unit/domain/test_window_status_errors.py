"""The window's verdicts, the tables of moves, and errors that say everything a person needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, status
from domain.errors import ZhishiError, all_errors
from domain.status import IllegalMove, UploadState, move
from domain.window import TRANSITIONS, Assessment, assess, forecast
from domain.wire.failure import from_body, to_body

TIMES = st.integers(0, 2**45)
CLASSES = sorted(all_errors().values(), key=lambda cls: cls.code)


@given(now=TIMES, deadline=TIMES, confirmed=TIMES, finish=st.none() | st.integers(0, 2**40))
def test_the_issue_time_of_the_receipt_decides_alone(
    now: int, deadline: int, confirmed: int, finish: int | None
) -> None:
    verdict = assess(now, deadline, confirmed, finish)
    assert verdict is (Assessment.CONFIRMED if confirmed <= deadline else Assessment.CONFIRMED_LATE)


@given(now=TIMES, deadline=TIMES, finish=st.none() | st.integers(0, 2**40))
def test_without_a_receipt_nothing_is_confirmed_and_late_is_after_the_deadline(
    now: int, deadline: int, finish: int | None
) -> None:
    verdict = assess(now, deadline, None, finish)
    assert verdict in (Assessment.ON_TRACK, Assessment.AT_RISK, Assessment.LATE)
    assert (verdict is Assessment.LATE) == (now > deadline)
    if verdict is Assessment.ON_TRACK:
        assert finish is not None
        assert now + finish <= deadline


def test_before_the_end_there_is_no_deadline_to_miss() -> None:
    assert assess(10**12, None, None, None) is Assessment.ON_TRACK


@given(st.integers(1, 10**10), st.lists(st.floats(0, 1e8), max_size=30))
def test_forecast_is_pessimistic_but_never_invents_a_rate(remaining: int, rates: list[float]) -> None:
    told = forecast(remaining, rates)
    if told.finish_in_ms is None:
        assert sum(rates) / max(len(rates), 1) < 1
        return
    best = remaining / max(rates) * 1000
    assert told.finish_in_ms >= int(best)


@pytest.mark.parametrize(
    "table",
    [
        TRANSITIONS,
        status.UPLOAD_MOVES,
        status.STORED_MOVES,
        status.LOCAL_SESSION_MOVES,
        status.RECORDER_MOVES,
        status.CAPTURE_MOVES,
    ],
)
def test_every_status_has_its_row(table: dict[object, frozenset[object]]) -> None:
    kind = type(next(iter(table)))
    assert set(table) == set(kind)  # type: ignore[call-overload]
    assert all(target in table for row in table.values() for target in row)


def test_an_illegal_move_raises() -> None:
    assert move(status.UPLOAD_MOVES, UploadState.QUEUED, UploadState.SENDING) is UploadState.SENDING
    assert move(status.UPLOAD_MOVES, UploadState.SENDING, UploadState.SENDING) is UploadState.SENDING
    with pytest.raises(IllegalMove):
        move(status.UPLOAD_MOVES, UploadState.VERIFIED, UploadState.SENDING)


@pytest.mark.parametrize("cls", CLASSES, ids=[cls.code for cls in CLASSES])
def test_every_error_has_its_own_code_and_words_in_both_languages(cls: type[ZhishiError]) -> None:
    assert [other.code for other in all_errors().values()].count(cls.code) == 1
    for words in (cls.message, cls.hint):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in words.zh)
        assert words.en.isascii()
    body = to_body(cls("here"))
    back = from_body(body)
    assert type(back) is cls
    assert back.detail == "here"
    assert cls.code in str(back)


def test_codes_are_not_shared_by_classes() -> None:
    found: list[type[ZhishiError]] = []
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, ZhishiError):
            found.append(value)
    assert len({cls.code for cls in found}) == len(found)
