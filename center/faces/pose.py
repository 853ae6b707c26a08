"""Where a head is turned, from five landmarks. Pure; owns the geometry and no threshold.

Landmarks are YuNet's: right eye, left eye, nose tip, right and left corner of the mouth, the person's own sides, in
pixels of an unmirrored picture.
"""

import math
from dataclasses import dataclass

Point = tuple[float, float]
Landmarks = tuple[Point, Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Pose:
    """``yaw``: how far the nose lies from the middle of the eyes, in eye distances; positive = to the person's left.

    ``pitch``: how far down from eyes to mouth the nose lies, 0 to 1, about 0.55 frontal; smaller = raised.
    A flat photo, however it is held, keeps both (they hardly change under an affine map): that is what makes
    them a test of depth. ``eyes``: distance between the eyes in pixels.
    """

    yaw: float
    pitch: float
    eyes: float


def pose(landmarks: Landmarks) -> Pose:
    """The pose of one face, free of roll and size. Coinciding points give ``eyes`` 0 and a pose nothing accepts."""
    right, left, nose, mouth_right, mouth_left = landmarks
    eyes = math.dist(right, left)
    if eyes < 1e-6:
        return Pose(math.inf, math.inf, 0.0)
    along = ((left[0] - right[0]) / eyes, (left[1] - right[1]) / eyes)
    down = (-along[1], along[0])
    middle = _middle(right, left)
    depth = _dot(_minus(_middle(mouth_right, mouth_left), middle), down)
    if depth < 0.2 * eyes:  # no face has its mouth there
        return Pose(math.inf, math.inf, eyes)
    # Mouth and eyes tell the middle line of the face: a roll of the head or a skewed picture is taken out with it.
    lean = _dot(_minus(_middle(mouth_right, mouth_left), middle), along) / depth
    offset = _minus(nose, middle)
    drop = _dot(offset, down)
    return Pose((_dot(offset, along) - lean * drop) / eyes, drop / depth, eyes)


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _minus(one: Point, other: Point) -> Point:
    return one[0] - other[0], one[1] - other[1]


def _dot(one: Point, other: Point) -> float:
    return one[0] * other[0] + one[1] * other[1]
