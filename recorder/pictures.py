"""JPEG pictures out of datagrams, and the level out of sound samples. Pure but for what they remember."""

import math
from array import array
from dataclasses import dataclass

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_MAX_JPEG = 1 << 20
FLOOR_DB = -96.0


class JpegAssembler:
    """Joins the datagrams of one MJPEG stream into pictures (macOS needs several datagrams for one)."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def take(self, datagram: bytes) -> bytes | None:
        """A whole picture when ``datagram`` completes one. A picture that lost a part is dropped."""
        if datagram.startswith(_SOI):
            self._parts = bytearray()
        elif not self._parts:
            return None
        self._parts += datagram
        if len(self._parts) > _MAX_JPEG:
            self._parts = bytearray()
        if self._parts.endswith(_EOI):
            picture = bytes(self._parts)
            self._parts = bytearray()
            return picture
        return None


@dataclass(frozen=True, slots=True)
class Level:
    """Loudness of a stretch of sound: RMS in dB below full scale; ``silent`` when every sample is exactly zero."""

    db: float
    silent: bool


def level(samples: bytes) -> Level:
    """The level of s16le ``samples`` (one channel)."""
    values = array("h")
    values.frombytes(samples[: len(samples) // 2 * 2])
    power = sum(value * value for value in values)
    if not values or power == 0:
        return Level(FLOOR_DB, silent=True)
    rms = math.sqrt(power / len(values)) / 32768
    return Level(max(FLOOR_DB, 20 * math.log10(rms)), silent=False)
