"""A camera before which a puppet sits: a looped clip whose pictures are exchanged while ffmpeg plays it.

ffmpeg opens a loop once and reads its bytes anew in every round, so pictures of equal length, written over the old
ones, are what the camera gives next.
"""

import os
import threading
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from center.faces.engine import FaceEngine
from center.faces.image import Pixels
from center.faces.models import load_models
from center.faces.settings import FaceSettings
from center.faces.words import Turn
from tests.support.puppet import TURNS, Puppet, jpeg

_WIDE, _HIGH = 640, 480
_SLOTS, _SLOT = 3, 120_000
_EVERY_S = 0.1


class PuppetCamera:
    """``clip`` is the camera; a context manager. Who sits there is ``sit``'s, what it does is ``pose``'s to say."""

    def __init__(self, folder: Path) -> None:
        self.clip = folder / "puppet.mjpeg"
        self._engine = FaceEngine(load_models(), FaceSettings())
        self._poses: dict[Turn | None, Pixels] = {}
        self._asked: Turn | None = None
        self._number = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._film, name="puppet camera", daemon=True)

    def __enter__(self) -> Self:
        self._file = os.open(self.clip, os.O_RDWR | os.O_CREAT, 0o600)
        self._write(range(_SLOTS))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)
        os.close(self._file)

    def sit(self, still: Pixels) -> None:
        """This person is before the camera from now on."""
        figure = Puppet.of(_picture(still), self._engine)
        poses: dict[Turn | None, Pixels] = {None: figure.pose()}
        poses.update((turn, figure.pose(*angles)) for turn, angles in TURNS.items())
        self._poses = poses

    def pose(self, turn: Turn | None) -> None:
        """The head is turned so from now on."""
        self._asked = turn

    def _film(self) -> None:
        before: tuple[object, object] = (None, None)
        while not self._over.wait(_EVERY_S):
            now = (self._asked, id(self._poses))
            self._write(range(_SLOTS) if now != before else (self._number % _SLOTS,))
            before = now

    def _write(self, slots: range | tuple[int, ...]) -> None:
        for slot in slots:
            self._number += 1
            raw = jpeg(_swaying(self._poses[self._asked], self._number), self._number)
            assert len(raw) <= _SLOT, len(raw)
            os.pwrite(self._file, raw.ljust(_SLOT, b"\0"), slot * _SLOT)


def _picture(still: Pixels) -> Pixels:
    """``still`` in the middle of a camera's picture."""
    height, width = still.shape[:2]
    scale = min(_WIDE / width, _HIGH / height)
    small = cv2.resize(still, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left, top = (_WIDE - small.shape[1]) // 2, (_HIGH - small.shape[0]) // 2
    right, bottom = _WIDE - small.shape[1] - left, _HIGH - small.shape[0] - top
    whole = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REPLICATE)
    return whole.astype(np.uint8, copy=False)


def _swaying(picture: Pixels, number: int) -> Pixels:
    """A head is never quite still."""
    source = np.random.default_rng(number)
    shift = np.array([[1, 0, source.normal(0, 1)], [0, 1, source.normal(0, 1)]])
    moved = cv2.warpAffine(picture, shift, (_WIDE, _HIGH), borderMode=cv2.BORDER_REPLICATE)
    return moved.astype(np.uint8, copy=False)
