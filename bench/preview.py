"""``preview``: how fluent and how late the candidate's own picture is, in the real window.

The camera films a second X screen on which the time is painted a hundred times a second; the candidate's screen is read
back and each new picture's time held against the clock: capture, encoding, recorder, page server, window and drawing
are all in it, and so is the painter's and the reader's own delay (about 15 ms).
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page

from bench.figures import Figure, Outcome, median, percentile
from bench.interviewee import SIZE, at_the_window, started, to_the_questions
from bench.setting import Bench, Setting
from bench.timecode import Painter, Place, watch
from bench.world import START_S, await_until
from domain.errors import ServiceError
from tests.support.interviewing import Candidate
from zhishi.stage import VirtualDesktop, dying_with_parent, talking_head_clip

REACH_FPS, REACH_MS = 4.0, 400.0
_SCENE = (640, 480)
_RECT = """() => {
  const pictures = [...document.images].filter(one => one.naturalWidth > 100).map(one => {
    const box = one.getBoundingClientRect();
    const scale = Math.min(box.width / one.naturalWidth, box.height / one.naturalHeight);
    const [w, h] = [one.naturalWidth * scale, one.naturalHeight * scale];
    return [screenX + box.x + (box.width - w) / 2, screenY + box.y + (box.height - h) / 2, w, h];
  });
  return pictures[0] ?? [];
}"""


@dataclass(slots=True)
class _Seen:
    """Pictures that appeared, with their age when they did."""

    seconds: float
    ages: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Pictures a second."""
        return len(self.ages) / self.seconds

    def take(self, _code: int, age: int) -> None:
        """One more."""
        self.ages.append(float(age))


def run(setting: Setting) -> Outcome:
    """On the device page, where nothing is recorded, and while answering, where everything is."""
    seconds = float(setting.rounds(60, 20))
    with (
        VirtualDesktop(setting.environ, size=SIZE) as desktop,
        VirtualDesktop(setting.environ, size="x".join(map(str, _SCENE))) as scene,
        Painter(scene.display, *_SCENE),
        at_the_window(setting, desktop) as (center, person),
        _filming(person, scene.display, {**setting.environ, **desktop.environ}),
        started(center, person) as page,
    ):
        checking = _look(setting, desktop, page, seconds, "on the device page")
        to_the_questions(setting, center, person)
        answering = _look(setting, desktop, page, seconds, "while answering")
    note = f"{len(answering.ages)} pictures, max {max(answering.ages):.0f} ms"
    lag, rate = percentile(answering.ages, 0.95), answering.per_second
    what = f"over {seconds:.0f} s, read from the screen"
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                f"while answering: age of a picture when it appears, p95, {what}",
                lag,
                "ms",
                {"on the device page": percentile(checking.ages, 0.95)},
                f"≤ {REACH_MS:.0f} ms",
                lag <= REACH_MS,
                note,
            ),
            Figure("the same, median", median(answering.ages), "ms", {"on the device page": median(checking.ages)}),
            Figure(
                f"while answering: pictures a second {what}",
                rate,
                "1/s",
                {"on the device page": checking.per_second},
                f"≥ {REACH_FPS:.0f}",
                rate >= REACH_FPS,
            ),
        ),
        setting.quick,
        "the recorder gives five pictures a second; a picture stays up to 200 ms more until the next one comes",
    )


@contextmanager
def _filming(person: Candidate, display: str, environ: dict[str, str]) -> Iterator[None]:
    """The recorder, running before the program looks for one."""
    given = {"home": str(person.home.root), "display": display, "clip": str(talking_head_clip())}
    program = subprocess.Popen(
        dying_with_parent([sys.executable, "-m", "bench.scenecamera", json.dumps(given)]),
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_until(lambda: person.recorder() is not None, START_S, "the recorder answers")
        yield
    finally:
        program.terminate()
        program.wait()


def _look(setting: Setting, desktop: VirtualDesktop, page: Page, seconds: float, where: str) -> _Seen:
    box = await_until(lambda: page.evaluate(_RECT), START_S, f"the picture {where}", poll_s=0.2)
    place = Place(*(round(edge) for edge in box))
    watch(desktop.display, place, 2.0, lambda _code, _age: None)  # the first pictures come in one go
    seen = _Seen(seconds)
    looks = watch(desktop.display, place, seconds, seen.take)
    if not seen.ages:
        raise ServiceError(f"no time code could be read {where} at {place}")
    setting.say(
        f"{where}: {seen.per_second:.1f} pictures a second, median {median(seen.ages):.0f} ms, read {looks} times"
    )
    return seen


BENCH = Bench("preview", "预览画面的帧率与时延 · the candidate's own picture", run)
