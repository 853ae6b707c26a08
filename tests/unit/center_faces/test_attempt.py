"""The rules of a face login, frame by frame, without any picture."""

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.faces.attempt import LoginAttempt, Phase, Verdict
from center.faces.observation import Observation
from center.faces.settings import FaceSettings
from center.faces.words import (
    CUE_WORDS,
    FAULT_CUE,
    PHOTO_WORDS,
    REASON_WORDS,
    TURN_CUE,
    Concern,
    Cue,
    Fault,
    Reason,
    Turn,
)

SETTINGS = FaceSettings(hold=2)
CHALLENGE = (Turn.LEFT, Turn.UP, Turn.RIGHT)
STEP_MS = 250
YAW, PITCH = 0.02, 0.55
OFFSET = {
    None: (0.0, 0.0),
    Turn.LEFT: (0.15, 0.0),
    Turn.RIGHT: (-0.15, 0.0),
    Turn.UP: (0.0, -0.06),
    Turn.DOWN: (0.0, 0.06),
}
_names = itertools.count()


def seen(
    turn: Turn | None = None, similarity: float = 0.6, faults: tuple[Fault, ...] = (), masked: bool = False
) -> Observation:
    yaw, pitch = OFFSET[turn]
    return Observation(1, faults, similarity, YAW + yaw, PITCH + pitch, masked, f"frame {next(_names)}")


def nobody(faces: int = 0) -> Observation:
    fault = Fault.NO_FACE if faces == 0 else Fault.SEVERAL_FACES
    return Observation(faces, (fault,), -1.0, 0.0, 0.0, False, f"frame {next(_names)}")


def begin(challenge: tuple[Turn, ...] = CHALLENGE) -> LoginAttempt:
    return LoginAttempt.begin(challenge, 0)


def play(attempt: LoginAttempt, *frames: Observation, every_ms: int = STEP_MS) -> LoginAttempt:
    for frame in frames:
        attempt = attempt.step(frame, attempt.last_ms + every_ms, SETTINGS)
    return attempt


def looked() -> LoginAttempt:
    attempt = play(begin(), *[seen() for _ in range(SETTINGS.window)])
    assert attempt.phase is Phase.TURN
    return attempt


def obey(attempt: LoginAttempt, similarity: float = 0.6, most: int = 60) -> LoginAttempt:
    for _ in range(most):
        if attempt.verdict is not Verdict.RUNNING:
            break
        turn = attempt.challenge[attempt.done] if attempt.phase is Phase.TURN else None
        attempt = play(attempt, seen(turn, similarity))
    return attempt


def test_who_does_as_told_passes_and_sees_every_step() -> None:
    attempt, cues, progress = begin(), [], []
    while attempt.verdict is Verdict.RUNNING:
        cues.append(attempt.cue)
        progress.append(attempt.progress)
        attempt = obey(attempt, most=1)
    assert attempt.verdict is Verdict.PASSED
    assert attempt.reason is Reason.MATCHED
    assert [cue for cue, _ in itertools.groupby(cues) if cue not in (Cue.HOLD_STILL, Cue.LOOK_STRAIGHT)] == [
        Cue.TURN_LEFT,
        Cue.BACK,
        Cue.TURN_UP,
        Cue.BACK,
        Cue.TURN_RIGHT,
        Cue.BACK,
    ]
    assert progress == sorted(progress)
    assert attempt.progress == (4, 4)
    assert attempt.warnings == frozenset()
    assert attempt.summary()["turns_done"] == 3


@given(st.lists(st.sampled_from(list(Turn)), min_size=1, max_size=6).map(tuple))
def test_every_challenge_can_be_passed(challenge: tuple[Turn, ...]) -> None:
    assert obey(begin(challenge), most=100).verdict is Verdict.PASSED


observations = st.builds(
    Observation,
    faces=st.sampled_from([0, 1, 1, 1, 1, 2]),
    faults=st.sampled_from([(), (), (), (Fault.BLURRED,), (Fault.TOO_DARK,), (Fault.NOT_FRONTAL,)]),
    similarity=st.floats(-0.2, 1.0),
    yaw=st.floats(-0.4, 0.4),
    pitch=st.floats(0.3, 0.8),
    masked=st.booleans(),
    digest=st.text("abc", min_size=1, max_size=6),
)
streams = st.lists(st.tuples(observations, st.integers(-500, 8000)), max_size=80)


@given(streams)
def test_whatever_comes_the_rules_hold(stream: list[tuple[Observation, int]]) -> None:
    attempt, now = begin(), 0
    for frame, wait in stream:
        now += wait
        before, attempt = attempt, attempt.step(frame, now, SETTINGS)
        if before.verdict is not Verdict.RUNNING:
            assert attempt == before  # final is final
        assert attempt.done >= before.done
        assert attempt.last_ms >= before.last_ms
        assert (attempt.reason is None) == (attempt.verdict is Verdict.RUNNING)
        assert (attempt.verdict is Verdict.PASSED) == (attempt.done == len(CHALLENGE))
        assert attempt.guidance.zh
        assert attempt.guidance.en
        assert LoginAttempt.from_dict(json.loads(json.dumps(attempt.to_dict()))) == attempt


@given(st.lists(st.builds(replace, observations, similarity=st.floats(-0.2, 0.32)), max_size=120))
def test_a_stranger_never_passes(frames: list[Observation]) -> None:
    assert play(begin(), *frames).verdict is not Verdict.PASSED


@given(st.lists(st.tuples(st.floats(0.4, 1), st.floats(-0.08, 0.08), st.floats(-0.03, 0.03)), max_size=120))
def test_a_still_that_only_trembles_never_passes(frames: list[tuple[float, float, float]]) -> None:
    attempt = looked()
    for similarity, yaw, pitch in frames:
        frame = replace(seen(similarity=similarity), yaw=YAW + yaw, pitch=PITCH + pitch)
        attempt = play(attempt, frame)
    assert attempt.verdict is not Verdict.PASSED
    assert attempt.done == 0


def test_a_looped_still_ends_without_a_turn() -> None:
    attempt = looked()
    while attempt.verdict is Verdict.RUNNING:
        attempt = play(attempt, seen())
    assert (attempt.verdict, attempt.reason) == (Verdict.RETRY, Reason.NO_TURN)


def test_the_same_bytes_again_and_again_count_for_nothing() -> None:
    frame = seen()
    attempt = play(begin(), *[frame] * 10)
    assert attempt.phase is Phase.LOOK
    assert attempt.seen == 1
    assert attempt.cue is Cue.FROZEN
    assert Concern.REPEATED_FRAMES in attempt.warnings


def test_another_person_is_refused() -> None:
    attempt = play(begin(), *[seen(similarity=0.12) for _ in range(SETTINGS.look_frames)])
    assert (attempt.verdict, attempt.reason) == (Verdict.REFUSED, Reason.NOT_SAME_PERSON)


def test_a_doubtful_match_may_be_tried_again() -> None:
    attempt = play(begin(), *[seen(similarity=0.36) for _ in range(SETTINGS.look_frames)])
    assert (attempt.verdict, attempt.reason) == (Verdict.RETRY, Reason.UNSURE)


def test_two_agreeing_frames_are_not_several() -> None:
    frames = [seen(), seen(), seen(similarity=0.3), seen(similarity=0.3), seen(similarity=0.3), seen(), seen()]
    assert play(begin(), *frames).phase is Phase.LOOK


def test_one_wrong_turn_is_forgiven_and_told_to_staff() -> None:
    attempt = play(looked(), seen(Turn.RIGHT), seen(Turn.RIGHT))
    assert attempt.cue is Cue.OTHER_WAY
    attempt = play(attempt, seen(Turn.LEFT), seen(Turn.LEFT), seen(Turn.LEFT))
    assert attempt.phase is Phase.TURN, "one has to look straight again first"
    attempt = obey(play(attempt, seen()))
    assert attempt.verdict is Verdict.PASSED
    assert Concern.WRONG_TURN in attempt.warnings


def test_two_wrong_turns_are_not() -> None:
    wrong = [seen(Turn.RIGHT), seen(Turn.RIGHT), seen(), seen(Turn.DOWN), seen(Turn.DOWN)]
    attempt = play(looked(), *wrong)
    assert (attempt.verdict, attempt.reason) == (Verdict.RETRY, Reason.WRONG_TURN)


def test_a_single_frame_is_no_turn() -> None:
    attempt = play(looked(), seen(Turn.LEFT), seen(), seen(Turn.LEFT), seen())
    assert attempt.phase is Phase.TURN


def test_a_turn_may_blur_but_not_hide() -> None:
    sideways = (Fault.NOT_FRONTAL, Fault.BLURRED)
    assert play(looked(), *[seen(Turn.LEFT, faults=sideways) for _ in range(2)]).phase is Phase.BACK
    dark = play(looked(), *[seen(Turn.LEFT, faults=(Fault.TOO_DARK,)) for _ in range(2)])
    assert (dark.phase, dark.cue) == (Phase.TURN, Cue.MORE_LIGHT)


def test_somebody_else_may_not_do_the_turning() -> None:
    attempt = play(looked(), *[seen(Turn.LEFT, similarity=0.05) for _ in range(SETTINGS.window)])
    assert (attempt.verdict, attempt.reason) == (Verdict.RETRY, Reason.FACE_CHANGED)


def test_somebody_else_may_not_come_back() -> None:
    attempt = play(looked(), seen(Turn.LEFT), seen(Turn.LEFT), *[seen(similarity=0.3) for _ in range(SETTINGS.window)])
    assert (attempt.verdict, attempt.reason) == (Verdict.RETRY, Reason.FACE_CHANGED)


@pytest.mark.parametrize(("faces", "reason"), [(0, Reason.FACE_LOST), (2, Reason.SEVERAL_FACES)])
def test_the_face_may_be_lost_for_a_moment_only(faces: int, reason: Reason) -> None:
    attempt = play(looked(), nobody(faces), nobody(faces))
    assert attempt.verdict is Verdict.RUNNING
    attempt = play(attempt, *[nobody(faces) for _ in range(6)])
    assert (attempt.verdict, attempt.reason) == (Verdict.RETRY, reason)


def test_while_looking_a_face_may_come_late() -> None:
    attempt = play(begin(), *[nobody() for _ in range(40)])
    assert (attempt.verdict, attempt.cue) == (Verdict.RUNNING, Cue.SHOW_FACE)
    assert obey(attempt).verdict is Verdict.PASSED


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_told_and_counts_for_nothing(fault: Fault) -> None:
    frame = nobody() if fault is Fault.NO_FACE else nobody(2) if fault is Fault.SEVERAL_FACES else seen(faults=(fault,))
    attempt = play(begin(), frame)
    assert attempt.seen == 0
    assert attempt.cue is FAULT_CUE[fault]


def test_time_ends_every_phase() -> None:
    assert begin().tick(SETTINGS.look_ms + 1, SETTINGS).reason is Reason.TOO_SLOW
    turning = looked()
    assert turning.tick(turning.last_ms + SETTINGS.stall_ms + 1, SETTINGS).reason is Reason.STALLED
    back = play(turning, seen(Turn.LEFT), seen(Turn.LEFT))
    while back.verdict is Verdict.RUNNING:
        back = play(back, seen(Turn.LEFT))
    assert back.reason is Reason.TOO_SLOW


def test_a_clock_set_back_does_not_lengthen_a_try() -> None:
    attempt = begin().tick(1000, SETTINGS)
    assert attempt.tick(-50_000, SETTINGS).last_ms == 1000


def test_a_mask_is_told_to_staff_and_refuses_nobody() -> None:
    attempt = obey(play(begin(), *[seen(masked=True) for _ in range(5)]))
    assert attempt.verdict is Verdict.PASSED
    assert attempt.warnings == {Concern.MASK}
    assert attempt.summary()["warnings"] == ["mask"]


def test_a_narrow_way_back_is_told_to_staff() -> None:
    attempt = play(looked(), seen(Turn.LEFT), seen(Turn.LEFT), seen(similarity=0.35), seen(similarity=0.35))
    assert obey(attempt).warnings == {Concern.NARROW_MATCH}


def test_a_challenge_has_turns() -> None:
    with pytest.raises(ValueError, match="without turns"):
        LoginAttempt.begin((), 0)


def test_everything_has_words() -> None:
    assert set(CUE_WORDS) == set(Cue)
    assert set(REASON_WORDS) == set(Reason)
    assert set(PHOTO_WORDS) == set(FAULT_CUE) == set(Fault)
    assert set(TURN_CUE) == set(Turn)
