"""The sample project: found where it lies, copied, given a photo and times of today. Holds no rule of its own."""

import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import ServiceError

PHOTO = "astronaut.jpg"
FIRST_NUMBER = "20260001"
FIRST_ID_NUMBER = "TEST-ID-0001"
CODE = "SHILI-2026"
FIRST_BATCH = "第一场"
_START = re.compile(r"^start = \S+", re.MULTILINE)
_CODE = re.compile(r'^code = "[^"]*"', re.MULTILINE)
_TITLE = re.compile(r'^title = "[^"]*"', re.MULTILINE)
_ANSWER = re.compile(r"^answer_minutes = \S+", re.MULTILINE)
_SHOWING = re.compile(r"^showing_seconds = \S+", re.MULTILINE)


def sample_folder(name: str = "sample") -> Path:
    """Where the ``sample`` or the ``practice`` project lies: beside this package when installed, else in the source
    tree; raises ServiceError.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / f"{name}project", here.parent / name):
        if (folder / "project.toml").is_file():
            return folder
    raise ServiceError(f"the {name} project is not installed")


def write_sample(
    target: Path,
    start: datetime,
    *,
    answer_minutes: float = 20,
    showing_seconds: float = 60,
    code: str = CODE,
    between: timedelta = timedelta(hours=5),
    companion: bool = False,
) -> Path:
    """A copy of the sample in ``target`` whose batches start at ``start`` (aware), then every ``between``.

    ``companion``: a phone has to be bound.
    """
    shutil.copytree(sample_folder(), target, dirs_exist_ok=True)
    file = target / "project.toml"
    text = file.read_text()
    starts = (start + number * between for number in range(len(_START.findall(text))))
    text = _START.sub(lambda _: f"start = {next(starts).isoformat()}", text)
    text = _ANSWER.sub(f"answer_minutes = {answer_minutes:g}", text)
    text = _SHOWING.sub(f"showing_seconds = {showing_seconds:g}", text)
    text = text.replace("companion_required = false", f"companion_required = {str(companion).lower()}")
    file.write_text(_CODE.sub(f'code = "{code}"', text))
    write_photo(target / "photos" / PHOTO)
    return target


def write_practice(target: Path, *, here: bool = False) -> Path:
    """A copy of the open rehearsal in ``target``; with ``here`` its title says that no center is asked."""
    shutil.copytree(sample_folder("practice"), target, dirs_exist_ok=True)
    file = target / "project.toml"
    if here:
        file.write_text(_TITLE.sub('title = "考前模拟测试（仅在本机）"', file.read_text()))
    return target


def write_photo(file: Path) -> None:
    """A registered photo in the public domain, out of scikit-image; raises ServiceError when that is not installed."""
    try:
        import cv2
        from skimage import data
    except ImportError as why:
        raise ServiceError(f"the sample's photo comes with scikit-image: {why}") from why
    picture = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)  # type: ignore[no-untyped-call]
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    if not done:
        raise ServiceError("the sample's photo could not be written")
    file.write_bytes(jpeg.tobytes())
