"""Bytes from outside → a small BGR picture. Owns the guard against huge and malicious files; judges no content.

The size is read from the header before anything is decoded. Formats: JPEG (ITU-T T.81, B.1.1) and PNG (ISO 15948,
11.2.1).
"""

import struct
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from center.faces.failures import ImageRefused

Pixels = NDArray[np.uint8]  # height x width x 3, BGR

_PNG = b"\x89PNG\r\n\x1a\n"
_SCANS = 64  # a progressive JPEG has about ten; thousands make a small file slow
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SMALLEST = 32


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is taken: bytes of the file, pixels before shrinking, pixels of the longer side after it."""

    size: int
    pixels: int
    side: int


def decode(raw: bytes, bounds: Bounds, png: bool = False) -> Pixels:
    """The picture, its longer side at most ``bounds.side``; orientation tags are obeyed.

    Raises ImageRefused naming what is wrong. ``png`` also takes PNG.
    """
    if len(raw) > bounds.size:
        raise ImageRefused(f"{len(raw)} bytes; at most {bounds.size} are taken")
    width, height = measure(raw, png)
    if width * height > bounds.pixels:
        raise ImageRefused(f"{width}x{height} pixels; at most {bounds.pixels} in all are taken")
    if min(width, height) < _SMALLEST:
        raise ImageRefused(f"{width}x{height} pixels; too small to show a face")
    try:
        picture = cv2.imdecode(np.frombuffer(raw, np.uint8), _reduction(max(width, height), bounds.side))
    except cv2.error as why:
        raise ImageRefused("the file is damaged") from why
    if picture is None:
        raise ImageRefused("the file is damaged")
    return shrink(picture.astype(np.uint8, copy=False), bounds.side)


def measure(raw: bytes, png: bool = False) -> tuple[int, int]:
    """Width and height as the header tells. Raises ImageRefused."""
    if png and raw.startswith(_PNG):
        return _measure_png(raw)
    if not raw.startswith(b"\xff\xd8"):
        raise ImageRefused("neither JPEG nor PNG" if png else "not a JPEG")
    if raw.count(b"\xff\xda") > _SCANS:  # inside entropy-coded data FF is always followed by 00 or a restart
        raise ImageRefused("a JPEG with too many scans")
    at = 2
    while at + 4 <= len(raw):
        if raw[at] != 0xFF:
            break
        marker = raw[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", raw, at + 2)
        if marker in _FRAMES and at + 9 <= len(raw):
            height, width = struct.unpack_from(">HH", raw, at + 5)
            return int(width), int(height)
        if marker in (0xD9, 0xDA) or length < 2:
            break
        at += 2 + length
    raise ImageRefused("a JPEG without a frame header")


def shrink(picture: Pixels, side: int) -> Pixels:
    """``picture`` with its longer side at most ``side``; never enlarged."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _measure_png(raw: bytes) -> tuple[int, int]:
    if len(raw) < 24 or raw[12:16] != b"IHDR":
        raise ImageRefused("a PNG without a header")
    width, height = struct.unpack_from(">II", raw, 16)
    return int(width), int(height)


def _reduction(longer: int, side: int) -> int:
    """libjpeg can leave out detail while decoding: less memory, same result once shrunk."""
    for factor, flag in (
        (8, cv2.IMREAD_REDUCED_COLOR_8),
        (4, cv2.IMREAD_REDUCED_COLOR_4),
        (2, cv2.IMREAD_REDUCED_COLOR_2),
    ):
        if longer >= side * factor:
            return flag
    return cv2.IMREAD_COLOR
