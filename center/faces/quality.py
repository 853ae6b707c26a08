"""What a picture of a face is like, in numbers, and what is wrong with it. Pure; owns the measures, no threshold.

Measures are taken on SFace's 112 x 112 crop, where eyes, nose and mouth are at known places.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from center.faces.image import Pixels
from center.faces.pose import Pose
from center.faces.settings import FaceSettings
from center.faces.words import Fault


@dataclass(frozen=True, slots=True)
class Quality:
    """``luma``: mean brightness 0 to 255; ``sharpness``: variance of the Laplacian; ``outside``: share of the face's
    box beyond the picture's edge; ``score``: the detector's; ``mask_gap``: chroma distance (CIELAB) between the
    bridge of the nose and the lower cheeks with the chin.
    """

    luma: float
    sharpness: float
    outside: float
    score: float
    mask_gap: float


def judge(faces: int, pose: Pose | None, quality: Quality | None, settings: FaceSettings) -> tuple[Fault, ...]:
    """Everything wrong with a picture, the most telling first; empty = it can be compared."""
    if faces == 0 or pose is None or quality is None:
        return (Fault.NO_FACE,)
    found = (
        (Fault.SEVERAL_FACES, faces > 1),
        (Fault.TOO_SMALL, pose.eyes < settings.eyes),
        (Fault.OFF_EDGE, quality.outside > settings.edge),
        (Fault.TOO_DARK, quality.luma < settings.luma),
        (Fault.COVERED, quality.score < settings.clear_score),
        (Fault.BLURRED, quality.sharpness < settings.sharpness),
        (Fault.NOT_FRONTAL, not frontal(pose, settings)),
    )
    return tuple(fault for fault, wrong in found if wrong)


def frontal(pose: Pose, settings: FaceSettings) -> bool:
    """Whether SFace may be trusted with it."""
    return (
        abs(pose.yaw) <= settings.frontal_yaw
        and settings.frontal_pitch_low <= pose.pitch <= settings.frontal_pitch_high
    )


def luma(crop: Pixels) -> float:
    """Mean brightness."""
    return float(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).mean())


def sharpness(crop: Pixels) -> float:
    """Variance of the Laplacian; a blurred crop has little."""
    return float(cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())


def outside(box: tuple[float, float, float, float], width: int, height: int) -> float:
    """Share of ``box`` (left, top, width, height) that lies beyond the picture, 0 to 1."""
    left, top, wide, high = box
    if wide <= 0 or high <= 0:
        return 1.0
    seen_wide = max(0.0, min(left + wide, width) - max(left, 0.0))
    seen_high = max(0.0, min(top + high, height) - max(top, 0.0))
    return 1.0 - seen_wide * seen_high / (wide * high)


def mask_gap(crop: Pixels) -> float:
    """Chroma distance between the bridge of the nose and the lower cheeks with the chin; skin alone has little."""
    lab = cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    upper = lab[42:58, 51:61].reshape(-1, 3)
    lower = np.concatenate(
        [lab[78:94, 26:38].reshape(-1, 3), lab[78:94, 74:86].reshape(-1, 3), lab[101:111, 44:68].reshape(-1, 3)]
    )
    gap = np.median(upper, axis=0)[1:] - np.median(lower, axis=0)[1:]
    return float(np.hypot(gap[0], gap[1]))
