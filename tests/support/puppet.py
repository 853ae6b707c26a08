"""A puppet: one still photo whose head turns as asked, for cameras of tests.

The face is given a plausible depth (a round head, a nose that stands out) and turned; every pixel is moved by what that
turn would move it, nearer ones over farther ones. An attacker could do the same, which docs/faces.md says.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from center.faces.engine import FaceEngine
from center.faces.image import Pixels
from center.faces.pose import Landmarks
from center.faces.words import Turn

DEGREES = 28.0
NOD = 34.0
_FINE = 3  # samples a pixel and axis, so that a stretched side has no holes
_WIDE, _HIGH, _DEEP, _NOSE = 1.3, 1.9, 1.3, 0.35  # a head, in eye distances: half axes, and how far the nose stands out
TURNS = {
    Turn.LEFT: (DEGREES, 0.0),
    Turn.RIGHT: (-DEGREES, 0.0),
    Turn.UP: (0.0, NOD),
    Turn.DOWN: (0.0, -NOD),
}

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Puppet:
    """``still`` is BGR; ``landmarks`` are its own."""

    still: Pixels
    landmarks: Landmarks

    @classmethod
    def of(cls, still: Pixels, engine: FaceEngine) -> "Puppet":
        """The largest face in ``still``; AssertionError without one."""
        faces = engine.find(still)
        assert faces, "a puppet needs a face"
        return cls(still, faces[0].landmarks)

    def pose(self, yaw: float = 0.0, pitch: float = 0.0) -> Pixels:
        """The still with its head turned, in degrees: positive yaw to the person's own left, positive pitch up."""
        fine = cv2.resize(self.still, None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_CUBIC)
        height, width = self.still.shape[:2]
        y, x = (np.indices(fine.shape[:2]).astype(np.float32) + 0.5) / _FINE - 0.5
        middle, eyes = self._head()
        u, v = (x - middle[0]) / eyes, (y - middle[1]) / eyes
        z, inside = self._depth(x, y, u, v, eyes)
        u, v, z = _turned(u[inside], v[inside], z[inside], math.radians(yaw), math.radians(pitch))
        to_x = np.clip(np.rint(u * eyes + middle[0]), 0, width - 1).astype(np.intp)
        to_y = np.clip(np.rint(v * eyes + middle[1]), 0, height - 1).astype(np.intp)
        nearest_last = np.argsort(z, kind="stable")
        drawn = self.still.copy()
        drawn[to_y[nearest_last], to_x[nearest_last]] = fine[inside][nearest_last]
        return drawn

    def _head(self) -> tuple[Field, float]:
        right, left, _nose, mouth_right, mouth_left = (np.asarray(point, np.float32) for point in self.landmarks)
        middle = 0.3 * (right + left) + 0.2 * (mouth_right + mouth_left)
        return middle.astype(np.float32), math.dist(right, left)

    def _depth(self, x: Field, y: Field, u: Field, v: Field, eyes: float) -> tuple[Field, NDArray[np.bool_]]:
        nose = self.landmarks[2]
        nu, nv = (x - nose[0]) / eyes, (y - nose[1]) / eyes
        left_over = 1 - (u / _WIDE) ** 2 - (v / _HIGH) ** 2
        z = _DEEP * np.sqrt(np.clip(left_over, 0, 1)) + _NOSE * np.exp(-(nu**2 / 0.05 + nv**2 / 0.09))
        return z.astype(np.float32), left_over > 0


def _turned(u: Field, v: Field, z: Field, yaw: float, pitch: float) -> tuple[Field, Field, Field]:
    u, z = u * math.cos(yaw) + z * math.sin(yaw), z * math.cos(yaw) - u * math.sin(yaw)
    v, z = v * math.cos(pitch) - z * math.sin(pitch), z * math.cos(pitch) + v * math.sin(pitch)
    return u, v, z


def jpeg(picture: Pixels, noise: int | None = None, quality: int = 92) -> bytes:
    """``picture`` as JPEG; ``noise`` seeds a camera's grain, so that no two frames are alike."""
    if noise is not None:
        grain = np.random.default_rng(noise).normal(0, 2, picture.shape)
        picture = np.clip(picture.astype(np.float32) + grain, 0, 255).astype(np.uint8)
    done, raw = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return raw.tobytes()
