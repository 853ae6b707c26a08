"""Photos of people for face tests; none is committed.

An astronaut comes inside scikit-image (NASA, public domain); two politicians from the tests of the ``face_recognition``
sdist (official portraits), which pip fetches once, hash checked, into the virtual environment.
"""

import subprocess
import sys
import tarfile
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from filelock import FileLock

from center.faces.image import Pixels, shrink

_SDIST = "face_recognition==1.3.0"
_SUM = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
_FOLDER = Path(sys.prefix) / "zhishi-people"
_INSIDE = "face_recognition-1.3.0/tests/test_images/"


def astronaut() -> Pixels:
    """A woman, 512 x 512, frontal, smiling; BGR."""
    return cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)  # type: ignore[no-untyped-call]


def person(name: str) -> Pixels:
    """``obama``, ``obama2``, ``obama3`` (one man, the second half turned away) or ``biden``, at most 640 pixels; BGR.

    Raises subprocess.CalledProcessError when they cannot be fetched.
    """
    raw = (people() / f"{name}.jpg").read_bytes()
    picture = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return shrink(picture.astype(np.uint8, copy=False), 640)


def near(picture: Pixels) -> Pixels:
    """The astronaut's head and shoulders: a head that is nodded must be large enough to be seen to nod."""
    return picture[:380, 60:].copy()


def people() -> Path:
    """The folder with the photos, fetched when it is not there yet."""
    ready = _FOLDER / "ready"
    _FOLDER.mkdir(exist_ok=True)
    with FileLock(_FOLDER / "lock"):
        if not ready.exists():
            _fetch()
            ready.touch()
    return _FOLDER


def _fetch() -> None:
    wanted = _FOLDER / "wanted.txt"
    wanted.write_text(f"{_SDIST} --hash=sha256:{_SUM}\n")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", "download"]
    flags = ["--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", str(wanted), "-d", str(_FOLDER)]
    subprocess.run([*pip, *flags], check=True, stdin=subprocess.DEVNULL)
    with tarfile.open(_FOLDER / "face_recognition-1.3.0.tar.gz") as sdist:
        for member in sdist:
            if member.name.startswith(_INSIDE) and member.name.endswith(".jpg"):
                held = sdist.extractfile(member)
                assert held is not None
                (_FOLDER / Path(member.name).name).write_bytes(held.read())


if __name__ == "__main__":
    print(people())
