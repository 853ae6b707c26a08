"""YuNet and SFace by OpenCV. Owns the two networks and the lock around them; judges nothing.

OpenCV's network objects keep state between calls: one caller at a time.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from center.faces.failures import FaceModelsMissing
from center.faces.image import Pixels
from center.faces.models import Models
from center.faces.pose import Landmarks
from center.faces.settings import FaceSettings

Embedding = NDArray[np.float32]  # 128 numbers of length 1

_MOST = 20  # faces looked at
_SIDES = (160, 192, 224)  # pixels of the squares a face is looked at again in
_ROOM = 1.7  # side of such a square in sizes of the face


@dataclass(frozen=True, slots=True)
class Face:
    """One found face: box (left, top, width, height) and landmarks in pixels, score 0 to 1."""

    box: tuple[float, float, float, float]
    landmarks: Landmarks
    score: float

    def row(self) -> NDArray[np.float32]:
        """YuNet's own form, which SFace wants."""
        points = [value for point in self.landmarks for value in point]
        return np.asarray([[*self.box, *points, self.score]], np.float32)


class FaceEngine:
    """Finds faces, cuts them out, turns them into numbers. Thread-safe; a call takes some tens of milliseconds."""

    def __init__(self, models: Models, settings: FaceSettings) -> None:
        """Raises FaceModelsMissing when OpenCV cannot read the models."""
        self._lock = threading.Lock()
        nothing = np.empty(0, np.uint8)
        try:
            self._yunet = cv2.FaceDetectorYN.create(
                "onnx",
                np.frombuffer(models.yunet, np.uint8),
                nothing,
                (320, 320),
                settings.detect_score,
                settings.nms,
                _MOST,
            )
            self._sface = cv2.FaceRecognizerSF.create("onnx", np.frombuffer(models.sface, np.uint8), nothing)
        except cv2.error as why:
            raise FaceModelsMissing(f"OpenCV {cv2.__version__} cannot load them") from why

    def find(self, picture: Pixels) -> tuple[Face, ...]:
        """Every face, the largest first."""
        with self._lock:
            self._yunet.setInputSize((picture.shape[1], picture.shape[0]))
            _, rows = self._yunet.detect(picture)
        faces = [] if rows is None else [_face(row) for row in rows]
        return tuple(sorted(faces, key=lambda face: face.box[2] * face.box[3], reverse=True))

    def refine(self, picture: Pixels, face: Face) -> Face:
        """``face`` with steadier landmarks: the median over several sizes, each also mirrored.

        One look is off by up to 0.03 eye distances at rest, as much as half a turn of the head; seven together by
        0.01 (docs/decisions/face-pose.md). Score and box stay.
        """
        left, top, width, height = face.box
        size = max(width, height) * _ROOM
        middle = (left + width / 2, top + height / 2)
        looks = [np.asarray(face.landmarks)]
        for side in _SIDES:
            scale = side / size
            shift = (side / 2 - scale * middle[0], side / 2 - scale * middle[1])
            square = cv2.warpAffine(
                picture,
                np.asarray([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32),
                (side, side),
                flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            ).astype(np.uint8, copy=False)
            for mirrored in (False, True):
                found = self.find(cv2.flip(square, 1).astype(np.uint8, copy=False) if mirrored else square)
                if found:
                    points = np.asarray(found[0].landmarks)
                    looks.append(((_unmirrored(points, side) if mirrored else points) - shift) / scale)
        points = np.median(looks, axis=0)
        return replace(face, landmarks=_landmarks(points.ravel().tolist()))

    def crop(self, picture: Pixels, face: Face) -> Pixels:
        """The face upright in 112 x 112 pixels, eyes and mouth where SFace expects them."""
        with self._lock:
            return self._sface.alignCrop(picture, face.row()).astype(np.uint8, copy=False)

    def embed(self, crop: Pixels) -> Embedding:
        """What SFace says of ``crop``, scaled to length 1: the dot product of two is their similarity."""
        with self._lock:
            found = self._sface.feature(crop)
        vector = np.array(found, np.float32).ravel()
        return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)


def _face(row: NDArray[np.float32]) -> Face:
    values = [float(value) for value in row]
    return Face((values[0], values[1], values[2], values[3]), _landmarks(values[4:14]), values[14])


def _landmarks(values: Sequence[float]) -> Landmarks:
    points = [(values[at], values[at + 1]) for at in range(0, 10, 2)]
    return points[0], points[1], points[2], points[3], points[4]


def _unmirrored(points: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    back = points[[1, 0, 2, 4, 3]]  # right and left change places
    back[:, 0] = side - 1 - back[:, 0]
    return back
