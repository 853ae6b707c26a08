"""The pure policy, and tenacity carrying it out."""

import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import (
    BadInput,
    CaptivePortal,
    CenterBusy,
    CenterError,
    CenterSilent,
    CenterUnknown,
    CenterUnreachable,
    HashMismatch,
    IdentityConflict,
    OffsetConflict,
    SegmentDamaged,
    SpoolUnreadable,
    TokenRefused,
    TooLarge,
    UploadGone,
    UploadLocked,
    ZhishiError,
    all_errors,
)
from syncd.retry import HERE_S, MOST_S, Course, Step, backoff_cap_s, decide

# Other packages add errors of their own; the policy is about those of the vocabulary.
_KINDS = [kind for kind in all_errors().values() if kind.__module__.startswith("domain.errors.")]
ERRORS = sorted((kind() for kind in _KINDS), key=lambda error: error.code)
errors = st.sampled_from(ERRORS)
failures = st.integers(min_value=1, max_value=10_000)
shares = st.floats(min_value=0, max_value=1)


@given(errors, failures, shares)
def test_every_error_has_a_decision_with_a_bounded_wait(error: ZhishiError, count: int, share: float) -> None:
    decision = decide(error, count)
    assert 0 <= decision.wait_s(share) <= 2 * MOST_S


@given(failures)
def test_back_off_grows_and_is_capped(count: int) -> None:
    assert 0 < backoff_cap_s(count) <= backoff_cap_s(count + 1) <= MOST_S


@given(failures, st.floats(min_value=0.1, max_value=3600), shares)
def test_retry_after_is_never_undercut(count: int, seconds: float, share: float) -> None:
    decision = decide(CenterBusy("", seconds), count)
    assert decision.whole_center
    assert decision.wait_s(share) >= seconds


@given(failures)
def test_waits_are_spread_so_that_many_never_come_back_together(count: int) -> None:
    for error in (CenterUnreachable(), CenterSilent(), CaptivePortal(), CenterError(), CenterBusy("", 30.0)):
        assert decide(error, count).spread_s > 0


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (CenterUnreachable(), Step.SEND),
        (CenterSilent(), Step.SEND),
        (CaptivePortal(), Step.SEND),
        (CenterUnknown(), Step.SEND),
        (CenterError(), Step.SEND),
        (TokenRefused(), Step.RENEW),
        (UploadGone(), Step.CREATE),
        (HashMismatch(), Step.CREATE),
        (OffsetConflict(), Step.SEND),
        (UploadLocked(), Step.SEND),
        (SpoolUnreadable(), Step.SEND),
        (IdentityConflict(), Step.BLOCK),
        (TooLarge(), Step.BLOCK),
        (BadInput(), Step.BLOCK),
        (SegmentDamaged(), Step.BLOCK),
    ],
    ids=lambda value: value.code if isinstance(value, ZhishiError) else "",
)
def test_steps(error: ZhishiError, step: Step) -> None:
    assert decide(error, 1).step is step
    assert decide(error, 7).step is step


def test_what_can_be_mended_at_once_is_tried_at_once_but_only_once() -> None:
    for error in (TokenRefused(), UploadGone(), OffsetConflict()):
        assert decide(error, 1).wait_s(1.0) == 0
        assert decide(error, 2).wait_s(1.0) > 0


def _course(count: int = 0) -> Course:
    return Course(count, random.Random(0), threading.Event())


def test_a_course_sits_out_short_waits_and_hands_on_the_step() -> None:
    seen: list[Step] = []

    def attempt(step: Step) -> str:
        seen.append(step)
        if len(seen) == 1:
            raise TokenRefused("old")
        if len(seen) == 2:
            raise UploadGone("gone")
        return "sent"

    assert _course().run(attempt) == "sent"
    assert seen == [Step.SEND, Step.RENEW, Step.CREATE]


def test_a_course_leaves_long_waits_to_the_queue() -> None:
    course = _course()

    def attempt(_step: Step) -> None:
        raise CenterBusy("later", 30.0)

    with pytest.raises(CenterBusy):
        course.run(attempt)
    assert course.wait_s >= 30.0 > HERE_S
    assert course.failures == 1


def test_a_course_gives_a_broken_network_back_to_the_pool_at_once() -> None:
    course = _course()
    calls: list[Step] = []

    def attempt(step: Step) -> None:
        calls.append(step)
        raise CenterUnreachable("reset")

    with pytest.raises(CenterUnreachable):
        course.run(attempt)
    assert len(calls) == 1


def test_a_blocked_upload_is_not_tried_again() -> None:
    course = _course()

    def attempt(_step: Step) -> None:
        raise IdentityConflict("two contents")

    with pytest.raises(IdentityConflict):
        course.run(attempt)
    assert course.decision.step is Step.BLOCK


def test_progress_forgets_failures() -> None:
    course = _course(9)
    course.progressed()
    assert course.failures == 0


def test_foreign_exceptions_pass_through() -> None:
    def attempt(_step: Step) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        _course().run(attempt)
