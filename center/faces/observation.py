"""What is known of one frame, one photo, one person, without any picture. Owns the stored form of a template."""

import math
import struct
from dataclasses import dataclass
from typing import Self

from center.faces.failures import TemplateForeign
from center.faces.words import PHOTO_WORDS, Fault
from domain.errors import Words

_MAGIC = b"zf1\0"
_NUMBERS = 128
_LAYOUT = struct.Struct(f"<4s8s{_NUMBERS}f")


@dataclass(frozen=True, slots=True)
class Template:
    """A registered face as 128 numbers of length 1, and the tag of the model they were made with."""

    tag: bytes
    numbers: tuple[float, ...]

    def to_bytes(self) -> bytes:
        """524 bytes: ``zf1\\0``, tag, 128 little-endian floats."""
        return _LAYOUT.pack(_MAGIC, self.tag, *self.numbers)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Raises TemplateForeign when ``raw`` is no such template."""
        if len(raw) != _LAYOUT.size or not raw.startswith(_MAGIC):
            raise TemplateForeign(f"{len(raw)} bytes of another form")
        _, tag, *numbers = _LAYOUT.unpack(raw)
        length = math.sqrt(sum(number * number for number in numbers))
        if not 0.99 < length < 1.01:  # NaN fails too
            raise TemplateForeign("its numbers are no embedding")
        return cls(tag, tuple(numbers))


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame, judged. Without exactly one face ``similarity`` is -1 and the numbers of the face are 0.

    ``digest``: names the frame's bytes, to notice a picture that does not change.
    """

    faces: int
    faults: tuple[Fault, ...]
    similarity: float
    yaw: float
    pitch: float
    masked: bool
    digest: str


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """Whether a registered photo does. ``fault`` is the first fault, None when it does; numbers as in Quality."""

    ok: bool
    fault: Fault | None
    faces: int
    width: int
    height: int
    eyes: float
    luma: float
    sharpness: float

    @property
    def words(self) -> Words:
        """What to tell who sent the photo."""
        return PHOTO_WORDS[self.fault] if self.fault else Words("照片合格", "The photo will do")

    @property
    def zh(self) -> str:
        """The Chinese sentence."""
        return self.words.zh

    @property
    def en(self) -> str:
        """The English sentence."""
        return self.words.en
