"""Pictures from outside: size is known before anything is decoded, and nothing but a refusal comes of bad bytes."""

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.faces.failures import ImageRefused
from center.faces.image import Bounds, decode, measure

BOUNDS = Bounds(1 << 20, 2_000_000, 640)


def encoded(width: int, height: int, kind: str = ".jpg", flags: tuple[int, ...] = ()) -> bytes:
    y, x = np.mgrid[0:height, 0:width]
    picture = np.dstack([x % 256, y % 256, (x + y) % 256]).astype(np.uint8)
    done, raw = cv2.imencode(kind, picture, list(flags))
    assert done
    return raw.tobytes()


@given(width=st.integers(32, 900), height=st.integers(32, 900), progressive=st.booleans())
def test_the_header_tells_the_size(width: int, height: int, progressive: bool) -> None:
    raw = encoded(width, height, flags=(cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)))
    assert measure(raw) == (width, height)
    picture = decode(raw, BOUNDS)
    assert max(picture.shape[:2]) == min(640, max(width, height))
    assert picture.shape[2] == 3


def test_a_large_photo_is_shrunk_and_keeps_its_shape() -> None:
    assert decode(encoded(4000, 3000), Bounds(1 << 24, 50_000_000, 640)).shape == (480, 640, 3)


def test_png_only_where_asked_for() -> None:
    raw = encoded(300, 200, ".png")
    assert decode(raw, BOUNDS, png=True).shape == (200, 300, 3)
    with pytest.raises(ImageRefused, match="not a JPEG"):
        decode(raw, BOUNDS)


def test_a_turned_photo_is_upright() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    raw = encoded(300, 200)
    tagged = raw[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + raw[2:]
    assert decode(tagged, BOUNDS).shape == (300, 200, 3)


def with_size(raw: bytes, width: int, height: int) -> bytes:
    at = raw.index(b"\xff\xc0")
    return raw[: at + 5] + struct.pack(">HH", height, width) + raw[at + 9 :]


def test_bombs_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(ImageRefused, match="60000x60000 pixels"):
        decode(with_size(encoded(64, 64), 60000, 60000), BOUNDS)
    png = encoded(64, 64, ".png")
    with pytest.raises(ImageRefused, match="pixels"):
        decode(png[:16] + struct.pack(">II", 1 << 30, 1 << 30) + png[24:], BOUNDS, png=True)
    raw = encoded(64, 64)
    scans = raw[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 100 + b"\xff\xd9"
    with pytest.raises(ImageRefused, match="too many scans"):
        decode(scans, BOUNDS)


def test_too_many_bytes_and_too_few_pixels_are_refused() -> None:
    with pytest.raises(ImageRefused, match="at most 100 are taken"):
        decode(encoded(64, 64), Bounds(100, 10_000, 640))
    with pytest.raises(ImageRefused, match="too small"):
        decode(encoded(20, 20), BOUNDS)


@given(st.binary(max_size=300))
def test_rubbish_is_refused(raw: bytes) -> None:
    for start in (b"", b"\xff\xd8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(ImageRefused):
            decode(start + raw, Bounds(1000, 10_000, 640), png=True)


@given(st.data())
def test_damaged_pictures_are_refused_or_decoded_never_worse(data: st.DataObject) -> None:
    raw = bytearray(encoded(64, 48))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(2, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(2, len(raw)))
    try:
        picture = decode(bytes(raw[:cut]), BOUNDS)
    except ImageRefused:
        return
    assert max(picture.shape[:2]) <= 640
