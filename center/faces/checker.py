"""A picture in, a judgement out. Owns the way from bytes to Observation, Template, PhotoReport; remembers nothing."""

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from center.faces.engine import Embedding, FaceEngine
from center.faces.failures import PhotoRefused, TemplateForeign
from center.faces.image import Bounds, Pixels, decode
from center.faces.models import Models, load_models
from center.faces.observation import Observation, PhotoReport, Template
from center.faces.pose import Pose, pose
from center.faces.quality import Quality, judge, luma, mask_gap, outside, sharpness
from center.faces.settings import FaceSettings
from center.faces.words import Fault


@dataclass(frozen=True, slots=True)
class _Look:
    faces: int
    faults: tuple[Fault, ...]
    pose: Pose | None
    quality: Quality | None
    crop: Pixels | None


class FaceChecker:
    """Thread-safe and blocking; routes use ``center.faces.desk``. About 240 MB of memory go with it."""

    def __init__(self, settings: FaceSettings, models: Models | None = None) -> None:
        """Raises FaceModelsMissing."""
        self.settings = settings
        models = models or load_models()
        self.tag = models.tag
        self._engine = FaceEngine(models, settings)

    def check_photo(self, photo: bytes) -> PhotoReport:
        """Whether ``photo`` (JPEG or PNG) can be registered. Raises ImageRefused when it is no usable picture."""
        return self._photo(photo)[0]

    def register(self, photo: bytes) -> Template:
        """The template of the one face in ``photo``. Raises ImageRefused, PhotoRefused."""
        report, crop = self._photo(photo)
        if report.fault is not None or crop is None:
            raise PhotoRefused.of(report.fault or Fault.NO_FACE)
        return Template(self.tag, tuple(float(number) for number in self._engine.embed(crop)))

    def observe(self, frame: bytes, template: Template) -> Observation:
        """Judge one live frame (JPEG) against ``template``. Raises ImageRefused, TemplateForeign."""
        if template.tag != self.tag:
            raise TemplateForeign("made by another model")
        settings = self.settings
        look = self._look(decode(frame, Bounds(settings.frame_bytes, settings.frame_pixels, settings.side)))
        digest = hashlib.sha256(frame).hexdigest()[:32]
        if look.crop is None or look.pose is None or look.quality is None or look.faces != 1:
            return Observation(look.faces, look.faults, -1.0, 0.0, 0.0, False, digest)
        return Observation(
            1,
            look.faults,
            _similarity(self._engine.embed(look.crop), template),
            look.pose.yaw,
            look.pose.pitch,
            look.quality.mask_gap >= settings.mask_gap,
            digest,
        )

    def _photo(self, photo: bytes) -> tuple[PhotoReport, Pixels | None]:
        settings = self.settings
        picture = decode(photo, Bounds(settings.photo_bytes, settings.photo_pixels, settings.side), png=True)
        look = self._look(picture)
        fault = look.faults[0] if look.faults else None
        height, width = picture.shape[:2]
        eyes = look.pose.eyes if look.pose else 0.0
        light, sharp = (look.quality.luma, look.quality.sharpness) if look.quality else (0.0, 0.0)
        return PhotoReport(fault is None, fault, look.faces, width, height, eyes, light, sharp), look.crop

    def _look(self, picture: Pixels) -> _Look:
        found = self._engine.find(picture)
        if not found:
            return _Look(0, (Fault.NO_FACE,), None, None, None)
        face = self._engine.refine(picture, found[0])
        stance = pose(face.landmarks)
        if not math.isfinite(stance.pitch):  # five points that cannot be a face's
            return _Look(0, (Fault.NO_FACE,), None, None, None)
        crop = self._engine.crop(picture, face)
        quality = Quality(
            luma(crop),
            sharpness(crop),
            outside(face.box, picture.shape[1], picture.shape[0]),
            face.score,
            mask_gap(crop),
        )
        others = sum(other.score >= self.settings.clear_score for other in found[1:])  # weaker ones are mostly no faces
        faces = 1 + others
        return _Look(faces, judge(faces, stance, quality, self.settings), stance, quality, crop)


def _similarity(embedding: Embedding, template: Template) -> float:
    return float(np.dot(embedding, np.asarray(template.numbers, np.float32)))
