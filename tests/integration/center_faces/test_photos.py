"""Registered photos and single frames, with the real models on real photos."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from center.faces.checker import FaceChecker
from center.faces.engine import FaceEngine
from center.faces.failures import ImageRefused, PhotoRefused, TemplateForeign
from center.faces.image import Pixels
from center.faces.observation import Template
from center.faces.settings import FaceSettings
from center.faces.words import PHOTO_WORDS, Fault
from tests.support.people import astronaut, person
from tests.support.puppet import jpeg

SETTINGS = FaceSettings()


def pixels(array: np.ndarray) -> Pixels:
    clipped: Pixels = np.clip(array, 0, 255).astype(np.uint8)
    return clipped


def darkened(picture: Pixels, share: float = 0.25) -> Pixels:
    return pixels(picture.astype(np.float32) * share)


def blurred(picture: Pixels) -> Pixels:
    return pixels(cv2.GaussianBlur(picture, (0, 0), 4))


def smaller(picture: Pixels) -> Pixels:
    room = np.full_like(picture, 128)
    small = cv2.resize(picture, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    room[: small.shape[0], : small.shape[1]] = small
    return room


def twice(picture: Pixels) -> Pixels:
    return pixels(np.hstack([picture, picture]))


def no_face(picture: Pixels) -> Pixels:
    return picture[300:, :200].copy()


def covered(picture: Pixels) -> Pixels:
    hidden = picture.copy()
    hidden[50:180, 165:285] = 90
    return hidden


def cut_off(picture: Pixels) -> Pixels:
    return picture[:, 200:].copy()


def masked(picture: Pixels, engine: FaceEngine, colour: tuple[int, int, int]) -> Pixels:
    """A surgical mask drawn over nose, mouth and chin."""
    face = engine.find(picture)[0]
    right, left, nose, *_ = face.landmarks
    eyes = float(np.hypot(left[0] - right[0], left[1] - right[1]))
    bottom = face.box[1] + face.box[3]
    outline = [
        (right[0] - 0.6 * eyes, right[1] + 0.45 * eyes),
        (nose[0], nose[1] - 0.35 * eyes),
        (left[0] + 0.6 * eyes, left[1] + 0.45 * eyes),
        (left[0] + 0.5 * eyes, bottom - 0.2 * eyes),
        (nose[0], bottom + 0.1 * eyes),
        (right[0] - 0.5 * eyes, bottom - 0.2 * eyes),
    ]
    worn = picture.copy()
    cv2.fillPoly(worn, [np.array(outline, np.int32)], colour)
    return worn


def stranger(checker: FaceChecker) -> Template:
    return checker.register(jpeg(person("biden")))


@pytest.mark.parametrize("name", ["obama", "obama3", "biden"])
def test_a_good_photo_is_registered(checker: FaceChecker, name: str) -> None:
    report = checker.check_photo(jpeg(person(name)))
    assert report.ok
    assert report.fault is None
    assert report.faces == 1
    assert report.zh == "照片合格"
    assert len(checker.register(jpeg(person(name))).to_bytes()) == 524


def test_png_and_large_photos_are_taken_too(checker: FaceChecker) -> None:
    large = pixels(cv2.resize(astronaut(), (3000, 3000), interpolation=cv2.INTER_CUBIC))
    done, raw = cv2.imencode(".png", astronaut())
    assert done
    one, other = checker.register(jpeg(large)), checker.register(raw.tobytes())
    assert np.dot(one.numbers, other.numbers) > 0.9


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (no_face, Fault.NO_FACE),
        (covered, Fault.NO_FACE),
        (twice, Fault.SEVERAL_FACES),
        (smaller, Fault.TOO_SMALL),
        (cut_off, Fault.OFF_EDGE),
        (darkened, Fault.TOO_DARK),
        (blurred, Fault.BLURRED),
    ],
)
def test_a_bad_photo_is_refused_with_its_reason(
    checker: FaceChecker, spoil: Callable[[Pixels], Pixels], fault: Fault
) -> None:
    raw = jpeg(spoil(astronaut()))
    report = checker.check_photo(raw)
    assert report.fault is fault
    assert not report.ok
    assert (report.zh, report.en) == PHOTO_WORDS[fault]
    with pytest.raises(PhotoRefused) as caught:
        checker.register(raw)
    assert caught.value.fault is fault
    assert PHOTO_WORDS[fault].zh in str(caught.value)


def test_what_is_no_picture_is_told_apart(checker: FaceChecker) -> None:
    with pytest.raises(ImageRefused, match="neither JPEG nor PNG"):
        checker.check_photo(b"%PDF-1.7")


def test_one_man_on_three_photos_is_accepted_and_others_are_not(checker: FaceChecker) -> None:
    registered = checker.register(jpeg(person("obama")))
    for name in ("obama2", "obama3"):
        assert checker.observe(jpeg(person(name)), registered).similarity >= SETTINGS.accept
    for other in (person("biden"), astronaut()):
        seen = checker.observe(jpeg(other), registered)
        assert seen.faults == ()
        assert seen.similarity < SETTINGS.retry


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (covered, Fault.NO_FACE),
        (twice, Fault.SEVERAL_FACES),
        (smaller, Fault.TOO_SMALL),
        (darkened, Fault.TOO_DARK),
        (blurred, Fault.BLURRED),
    ],
)
def test_a_bad_frame_says_what_is_wrong(checker: FaceChecker, spoil: Callable[[Pixels], Pixels], fault: Fault) -> None:
    assert checker.observe(jpeg(spoil(astronaut())), stranger(checker)).faults[0] is fault


def test_two_different_people_are_several(checker: FaceChecker) -> None:
    left = pixels(cv2.resize(person("obama"), (320, 400)))
    right = pixels(cv2.resize(astronaut(), (400, 400)))
    seen = checker.observe(jpeg(pixels(np.hstack([left, right]))), stranger(checker))
    assert seen.faces == 2
    assert seen.faults[0] is Fault.SEVERAL_FACES
    assert seen.similarity == -1


@pytest.mark.parametrize("colour", [(180, 120, 40), (235, 235, 235), (20, 20, 20)])
@pytest.mark.parametrize("name", ["obama", "biden"])
def test_a_mask_is_noticed_for_staff(
    checker: FaceChecker, engine: FaceEngine, name: str, colour: tuple[int, int, int]
) -> None:
    bare = person(name)
    registered = checker.register(jpeg(bare))
    assert not checker.observe(jpeg(bare, 1), registered).masked
    assert checker.observe(jpeg(masked(bare, engine, colour), 1), registered).masked


def test_a_template_of_another_model_is_refused(checker: FaceChecker) -> None:
    registered = checker.register(jpeg(astronaut()))
    with pytest.raises(TemplateForeign, match="another model"):
        checker.observe(jpeg(astronaut()), Template(b"\0" * 8, registered.numbers))


def test_a_frame_that_is_too_large_is_refused(checker: FaceChecker) -> None:
    with pytest.raises(ImageRefused, match="at most"):
        checker.observe(jpeg(pixels(np.zeros((2000, 2000, 3)))), stranger(checker))
