"""``face``: what one frame of a face login costs the center.

Real photos' frames (640 px JPEG, a camera's grain, heads turned as a challenge asks) go through everything a frame goes
through: decoding, YuNet, the steadier landmarks, SFace, quality and comparison. The same work is set beside its
bare parts: one YuNet and one SFace call of OpenCV on the same pictures, without decoding or judging.
"""

import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import psutil

from bench.figures import Figure, Outcome, median, percentile, spread
from bench.setting import Bench, Setting
from center.faces.checker import FaceChecker
from center.faces.engine import FaceEngine
from center.faces.image import Pixels
from center.faces.models import load_models
from center.faces.settings import FaceSettings
from tests.support.people import astronaut, person
from tests.support.puppet import TURNS, Puppet, jpeg

_BAR_MS = 150.0


def run(setting: Setting) -> Outcome:
    """Every still and turn, several rounds over."""
    process = psutil.Process()
    before = process.memory_info().rss
    settings = FaceSettings()
    began = time.perf_counter()
    models = load_models()
    checker = FaceChecker(settings, models)
    load_ms = (time.perf_counter() - began) * 1000
    engine = FaceEngine(models, settings)
    pictures = [figure for still in _stills() for figure in _poses(Puppet.of(still, engine))]
    template = checker.register(jpeg(_stills()[0]))
    frames = [jpeg(picture, number) for number, picture in enumerate(pictures)]
    checker.observe(frames[0], template)
    grown = (process.memory_info().rss - before) / 1e6
    ours: list[float] = []
    bare: list[float] = []
    cpu = 0.0
    for number in range(setting.rounds(8, 2)):
        for frame, picture in zip(frames, pictures, strict=True):
            burnt = time.process_time()
            ours.append(_timed(partial(checker.observe, frame, template)))
            cpu += time.process_time() - burnt
            bare.append(_timed(partial(_bare, engine, picture)))
        setting.say(f"round {number + 1}: {median(ours):.0f} ms a frame")
    middle = median(ours)
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                "one frame from JPEG to observation, median",
                middle,
                "ms",
                {"one YuNet + one SFace call": median(bare)},
                f"≤ {_BAR_MS:.0f} ms",
                middle <= _BAR_MS,
                spread(ours),
            ),
            Figure("the same, p95", percentile(ours, 0.95), "ms"),
            Figure("processor time of one frame, all threads", cpu * 1000 / len(ours), "ms"),
            Figure("models found, checked and loaded", load_ms, "ms"),
            Figure("memory that goes with it", grown, "MB", note="models, pictures of this measurement included"),
        ),
        setting.quick,
        f"OpenCV {cv2.__version__}, {cv2.getNumThreads()} threads, {len(frames)} frames of {len(_stills())} photos",
    )


def _stills() -> list[Pixels]:
    return [_framed(still) for still in (astronaut(), person("obama"), person("biden"))]


def _framed(still: Pixels) -> Pixels:
    """As a camera of 640 x 480 gives it."""
    height, width = still.shape[:2]
    scale = min(640 / width, 480 / height)
    fitted = cv2.resize(still, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    frame = np.full((480, 640, 3), 110, np.uint8)
    frame[: fitted.shape[0], : fitted.shape[1]] = fitted
    return frame


def _poses(puppet: Puppet) -> list[Pixels]:
    return [puppet.pose(), *(puppet.pose(*angles) for angles in TURNS.values())]


def _bare(engine: FaceEngine, picture: Pixels) -> None:
    for face in engine.find(picture)[:1]:
        engine.embed(engine.crop(picture, face))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


BENCH = Bench("face", "人脸核验 · one face frame on the center", run)
