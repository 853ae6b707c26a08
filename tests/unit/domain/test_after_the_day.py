"""Publishing, keeping, closing with loss, outcomes and causes: the rules alone, for every input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.causes import CAUSE_WORDS, Cause, cause_of_event, cause_of_gap, incident_words
from domain.completion import COMPLETION_WORDS, Completion, completion_of, public_words
from domain.errors import BadInput
from domain.identity import Track
from domain.keeping import FLAG_WORDS, STAYS_WORDS, Flag, Keeping, Stays, stays
from domain.loss import Holding, LossStatement, Signer
from domain.publication import PUBLICATION_MOVES, PublicationState, has_leave, leave_from_ms, publication_state
from domain.seal import GapReason
from domain.window import Assessment, assess
from tests.support.seals import DEVICE, SESSION

TIMES = st.integers(0, 2**45)
MAYBE = st.none() | TIMES


@given(confirmed=TIMES, appeal=st.integers(0, 2**40), now=TIMES)
def test_leave_comes_with_the_end_of_the_appeal_delay_and_not_before(confirmed: int, appeal: int, now: int) -> None:
    leave = leave_from_ms(confirmed, appeal)
    assert has_leave(leave, now) == (now >= confirmed + appeal)
    state = publication_state(leave, None, now)
    assert state is (PublicationState.FINAL if now >= leave else PublicationState.PUBLISHED)
    assert (PublicationState.WITHDRAWN in PUBLICATION_MOVES[state]) == (now < leave)
    assert publication_state(leave, now, now) is PublicationState.WITHDRAWN
    assert not has_leave(None, now)


KEEPINGS = st.builds(
    Keeping,
    leave_ms=MAYBE,
    retention_ms=st.none() | st.integers(0, 2**40),
    settled=st.booleans(),
    flags=st.frozensets(st.sampled_from(Flag)),
    held=st.booleans(),
)


@given(keeping=KEEPINGS, now=TIMES)
def test_nothing_is_due_while_one_thing_is_missing(keeping: Keeping, now: int) -> None:
    due = stays(keeping, now) is None
    everything = (
        keeping.leave_ms is not None
        and keeping.retention_ms is not None
        and now >= keeping.leave_ms + keeping.retention_ms
        and keeping.settled
        and not keeping.flags
        and not keeping.held
    )
    assert due == everything
    if due:
        assert keeping.due_ms is not None
        assert keeping.due_ms <= now


def test_a_hold_and_a_flag_come_before_every_other_reason() -> None:
    done = Keeping(leave_ms=0, retention_ms=0, settled=True)
    assert stays(done, 0) is None
    assert stays(Keeping(0, 0, settled=True, flags=frozenset({Flag.CONFLICT})), 10) is Stays.FLAGGED
    assert stays(Keeping(0, 0, settled=True, flags=frozenset({Flag.CONFLICT}), held=True), 10) is Stays.HELD
    assert stays(Keeping(None, 0, settled=False), 10) is Stays.UNSETTLED
    assert stays(Keeping(0, None, settled=True), 10) is Stays.UNLIMITED
    assert set(STAYS_WORDS) == set(Stays)
    assert set(FLAG_WORDS) == set(Flag)


@given(now=TIMES, deadline=MAYBE, confirmed=MAYBE, closed=TIMES, came=st.booleans(), late=st.booleans())
def test_closed_with_loss_is_never_confirmed(
    now: int, deadline: int | None, confirmed: int | None, closed: int, came: bool, late: bool
) -> None:
    assert assess(now, deadline, confirmed, None, closed_ms=closed) is Assessment.CLOSED_WITH_LOSS
    state = completion_of(now, 0, deadline, confirmed, closed, came=came, may_come=late)
    assert state is Completion.CLOSED_WITH_LOSS
    said, _ = public_words(state, phone_left=late, laptop_left=came)
    assert "成功" not in said.zh


@given(now=TIMES, start=TIMES, deadline=MAYBE, confirmed=MAYBE, came=st.booleans(), late=st.booleans())
def test_an_outcome_says_what_the_window_says(
    now: int, start: int, deadline: int | None, confirmed: int | None, came: bool, late: bool
) -> None:
    state = completion_of(now, start, deadline, confirmed, None, came=came, may_come=late)
    assert (state in (Completion.CONFIRMED, Completion.CONFIRMED_LATE)) == (confirmed is not None)
    if state is Completion.ABSENT:
        assert not came
        assert now >= start
    if state is Completion.LATE:
        assert deadline is not None
        assert now > deadline
    assert COMPLETION_WORDS[state].zh


SIGNERS = st.builds(Signer, st.text(min_size=1, max_size=20), st.text(max_size=50), TIMES)
HOLDINGS = st.builds(
    Holding, st.just(DEVICE), st.sampled_from(Track), st.integers(0, 9999), TIMES, st.none() | st.integers(0, 9999)
)


@given(held=st.lists(HOLDINGS, max_size=4), cause=st.sampled_from(Cause), proposed=SIGNERS, confirmed=SIGNERS)
def test_a_statement_reads_back_as_it_was_made(
    held: list[Holding], cause: Cause, proposed: Signer, confirmed: Signer
) -> None:
    made = LossStatement(
        "center", 1, False, "P", "1", SESSION, "0001", 2, 3, cause, tuple(held), (DEVICE,), proposed, confirmed
    )
    assert LossStatement.from_dict(made.to_dict()) == made


@pytest.mark.parametrize("change", [{"kind": "session"}, {"cause": "fate"}, {"session": "x"}, {"proposed": None}])
def test_what_is_no_statement_is_refused(change: dict[str, object]) -> None:
    signer = Signer("a", "b", 1)
    made = LossStatement("center", 1, False, "P", "1", SESSION, "1", 2, 3, Cause.SYSTEM, (), (), signer, signer)
    with pytest.raises(BadInput):
        LossStatement.from_dict({**made.to_dict(), **change})


def test_every_reason_of_a_gap_has_a_cause_and_a_name() -> None:
    for reason in GapReason:
        cause = cause_of_gap(reason)
        assert cause in CAUSE_WORDS
        assert incident_words(f"gap_{reason}").en


@given(
    kind=st.text(max_size=20),
    data=st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(), max_size=4),
)
def test_unknown_events_are_no_incidents_and_break_nothing(kind: str, data: dict[str, object]) -> None:
    cause = cause_of_event(kind, data)
    assert cause is None or cause in Cause


def test_what_came_to_its_end_is_no_incident() -> None:
    assert cause_of_event("network_lost", {}) is Cause.NETWORK
    assert cause_of_event("network_back", {}) is None
    assert cause_of_event("displays_seen", {"count": 1}) is None
    assert cause_of_event("displays_seen", {"count": 2}) is Cause.CANDIDATE
    assert cause_of_event("recording_disturbed", {"code": "no_device"}) is Cause.CANDIDATE
    assert cause_of_event("recording_disturbed", {"code": "recording_failed"}) is Cause.SYSTEM
