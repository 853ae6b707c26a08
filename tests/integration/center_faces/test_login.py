"""A face login from pictures to verdict, with the real models: a puppet obeys, a still and a flat photo cannot."""

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from center.faces.attempt import LoginAttempt, Phase, Verdict
from center.faces.checker import FaceChecker
from center.faces.engine import FaceEngine
from center.faces.image import Pixels
from center.faces.settings import FaceSettings
from center.faces.words import Concern, Reason, Turn
from tests.support.people import astronaut, person
from tests.support.puppet import TURNS, Puppet, jpeg

SETTINGS = FaceSettings(turn_ms=4_000)
STEP_MS = 300

Camera = Callable[[LoginAttempt, int], bytes]


def run(
    checker: FaceChecker, registered: bytes, camera: Camera, challenge: tuple[Turn, ...], most: int = 80
) -> LoginAttempt:
    template = checker.register(registered)
    attempt = LoginAttempt.begin(challenge, 0)
    for number in range(most):
        if attempt.verdict is not Verdict.RUNNING:
            break
        frame = camera(attempt, number)
        attempt = attempt.step(checker.observe(frame, template), (number + 1) * STEP_MS, SETTINGS)
    return attempt


def asked(attempt: LoginAttempt) -> Turn | None:
    return attempt.challenge[attempt.done] if attempt.phase is Phase.TURN and not attempt.astray else None


def swaying(picture: Pixels, number: int) -> Pixels:
    """A hand or a head is never quite still."""
    source = np.random.default_rng(number)
    height, width = picture.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), source.normal(0, 1), 1 + source.normal(0, 0.01))
    shift = np.array([[0, 0, source.normal(0, 2)], [0, 0, source.normal(0, 2)]])
    moved = cv2.warpAffine(picture, move + shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return moved.astype(np.uint8, copy=False)


def puppet(still: Pixels, engine: FaceEngine) -> Camera:
    figure = Puppet.of(still, engine)
    poses: dict[Turn | None, Pixels] = {None: figure.pose()}
    poses.update((turn, figure.pose(*angles)) for turn, angles in TURNS.items())
    return lambda attempt, number: jpeg(swaying(poses[asked(attempt)], number), number)


@pytest.mark.parametrize(
    ("photo", "live", "challenge"),
    [
        (astronaut, astronaut, (Turn.LEFT, Turn.UP, Turn.RIGHT)),
        (lambda: person("obama"), lambda: person("obama3"), (Turn.DOWN, Turn.RIGHT, Turn.UP)),
        (lambda: person("obama3"), lambda: person("obama"), (Turn.RIGHT, Turn.DOWN, Turn.LEFT)),
        (lambda: person("biden"), lambda: person("biden"), (Turn.UP, Turn.LEFT, Turn.DOWN)),
    ],
)
def test_who_turns_as_asked_passes(
    checker: FaceChecker,
    engine: FaceEngine,
    photo: Callable[[], Pixels],
    live: Callable[[], Pixels],
    challenge: tuple[Turn, ...],
) -> None:
    attempt = run(checker, jpeg(photo()), puppet(live(), engine), challenge)
    assert attempt.verdict is Verdict.PASSED, attempt.summary()
    assert Concern.MASK not in attempt.warnings


def test_another_person_is_refused(checker: FaceChecker, engine: FaceEngine) -> None:
    attempt = run(checker, jpeg(person("obama")), puppet(person("biden"), engine), (Turn.LEFT, Turn.UP))
    assert (attempt.verdict, attempt.reason) == (Verdict.REFUSED, Reason.NOT_SAME_PERSON)


@pytest.mark.parametrize("turn", list(Turn))
def test_a_looped_still_fails_liveness(checker: FaceChecker, turn: Turn) -> None:
    still = astronaut()
    attempt = run(checker, jpeg(still), lambda _attempt, number: jpeg(still, number), (turn,))
    assert (attempt.verdict, attempt.reason, attempt.done) == (Verdict.RETRY, Reason.NO_TURN, 0)


def test_a_looped_still_of_the_very_same_bytes_does_not_even_begin(checker: FaceChecker) -> None:
    frame = jpeg(astronaut())
    attempt = run(checker, frame, lambda _attempt, _number: frame, (Turn.LEFT,), most=10)
    assert attempt.phase is Phase.LOOK
    assert attempt.verdict is Verdict.RUNNING
    assert Concern.REPEATED_FRAMES in attempt.warnings


@pytest.mark.parametrize("challenge", [(Turn.LEFT, Turn.UP), (Turn.RIGHT, Turn.DOWN)])
def test_a_still_moved_and_tilted_in_the_picture_fails_liveness(
    checker: FaceChecker, challenge: tuple[Turn, ...]
) -> None:
    still = person("obama")
    attempt = run(checker, jpeg(still), lambda _attempt, number: jpeg(swaying(still, number), number), challenge)
    assert attempt.verdict is Verdict.RETRY
    assert attempt.done == 0


@pytest.mark.parametrize("turn", list(Turn))
def test_a_printed_photo_turned_as_asked_fails_liveness(checker: FaceChecker, turn: Turn) -> None:
    """A sheet held at arm's length and turned by 28 degrees: its nose does not stand out."""
    still = person("obama")

    def sheet(attempt: LoginAttempt, number: int) -> bytes:
        yaw, pitch = TURNS[turn] if asked(attempt) else (0.0, 0.0)
        return jpeg(swaying(as_sheet(still, yaw, pitch), number), number)

    attempt = run(checker, jpeg(still), sheet, (turn,))
    assert attempt.verdict is Verdict.RETRY, attempt.summary()
    assert attempt.done == 0


def as_sheet(still: Pixels, yaw: float, pitch: float) -> Pixels:
    height, width = still.shape[:2]
    a, b = math.radians(yaw), math.radians(pitch)
    away = 3.0 * width
    corners = [(-width / 2, -height / 2), (width / 2, -height / 2), (width / 2, height / 2), (-width / 2, height / 2)]
    seen = []
    for x, y in corners:
        z = -x * math.sin(a) + y * math.sin(b)
        scale = away / (away - z)
        seen.append((width / 2 + x * math.cos(a) * scale, height / 2 + y * math.cos(b) * scale))
    flat = np.array([(x + width / 2, y + height / 2) for x, y in corners], np.float32)
    view = cv2.getPerspectiveTransform(flat, np.array(seen, np.float32))
    moved = cv2.warpPerspective(still, view, (width, height), borderMode=cv2.BORDER_CONSTANT, borderValue=(90, 90, 90))
    return moved.astype(np.uint8, copy=False)


def test_somebody_else_cannot_do_the_turning(checker: FaceChecker, engine: FaceEngine) -> None:
    photo = person("obama")
    helper = puppet(person("biden"), engine)

    def exchanged(attempt: LoginAttempt, number: int) -> bytes:
        return jpeg(photo, number) if attempt.phase is Phase.LOOK else helper(attempt, number)

    attempt = run(checker, jpeg(photo), exchanged, (Turn.LEFT, Turn.UP))
    assert (attempt.verdict, attempt.reason, attempt.done) == (Verdict.RETRY, Reason.FACE_CHANGED, 0)
