"""``phone-memory``: what the phone's browser holds while its page films for an hour.

An hour is 900 segments, 7200 looks at the picture, 720 words to the center. Here each of the page's clocks that drives
them runs sixteen times as fast: what could pile up is counted by segments, looks and words, and an hour takes four
minutes. Memory is the whole browser's: every process of it, anonymous and shared memory, a page that several of them
share counted once (``Pss_Anon + Pss_Shmem``; program files are not counted). Garbage is collected before each look, and
each figure is the lowest of several: what counts is what stays.

Nobody drives the browser between the looks: a driver that listens to the network makes a browser keep every request
with its bytes, which no phone does.
"""

import contextlib
import re
from pathlib import Path

import psutil

from bench.figures import Figure, Outcome
from bench.setting import Bench, Setting
from bench.world import await_until
from tests.support.phonepage import World, world
from web.build import build_pages

_HOUR, _QUICK = 900, 240
_WARM = 60
_REACH_MB = 20.0
_LOOKS = 6
_LOOK_S = 0.3
_PARTS = 8
_FASTER = """
for (const name of ["setTimeout", "setInterval"]) {
  const real = window[name].bind(window);
  const driven = new Set([500, 1000, 4000, 5000, 30000]); // look, tick, segment, word to the center, gauges
  window[name] = (work, ms, ...more) => real(work, driven.has(ms) ? ms / 16 : ms, ...more);
}
"""


def run(setting: Setting) -> Outcome:
    """Film, and look at the start, on the way and at the end."""
    build_pages()
    wanted = setting.rounds(_HOUR, _QUICK)
    with world(setting.folder) as scene:
        scene.phone.start_alone(_FASTER)
        scene.bind()
        scene.film()
        scene.phone.let_go()
        looks = []
        for mark in (_WARM, *(wanted * part // _PARTS for part in range(1, _PARTS + 1))):
            await_until(lambda mark=mark: _segments(scene) >= mark, 900, f"{mark} segments", poll_s=0.5)  # type: ignore[misc]
            looks.append(_held(scene))
            setting.say(f"{mark} segments: {looks[-1][0]:.0f} MB, the page's process {looks[-1][1]:.0f} MB")
        left = wanted - scene.verified()
    whole, page = [look[0] for look in looks], [look[1] for look in looks]
    drift = _drift(whole)
    figure = Figure(
        f"largest drift of the browser's memory after segment {_WARM}, {wanted} segments filmed and sent",
        drift,
        "MB",
        {"at the start": whole[0], "at the end": whole[-1], "drift of the page's process": _drift(page)},
        f"≤ {_REACH_MB:.0f} MB",
        drift <= _REACH_MB,
        f"looks {', '.join(f'{look:.0f}' for look in whole)} MB; {max(0, left)} still to send at the end",
    )
    return Outcome(BENCH.id, BENCH.title, (figure,), setting.quick)


def _drift(looks: list[float]) -> float:
    return max(abs(look - looks[0]) for look in looks[1:])


def _segments(scene: World) -> int:
    return len(scene.uploads())


def _held(scene: World) -> tuple[float, float]:
    """The lowest of several looks in MB: the whole browser, and of that the page's own process."""
    page = scene.phone.look_in()
    tools = scene.phone.context.new_cdp_session(page)
    least = (float("inf"), float("inf"))
    for _ in range(_LOOKS):
        for _ in range(2):  # the second takes what finalizers of the first let go of
            tools.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(_LOOK_S * 1000)
        whole = own = 0.0
        for process in scene.phone.processes():
            with contextlib.suppress(psutil.Error, OSError):  # a helper that ended meanwhile
                held = _process_mb(process)
                whole += held
                own += held if "--type=renderer" in process.cmdline() else 0
        least = min(least, (whole, own))
    scene.phone.let_go()
    return least


def _process_mb(process: psutil.Process) -> float:
    told = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(int(kib) for kib in re.findall(r"^Pss_(?:Anon|Shmem): +(\d+) kB$", told, re.MULTILINE)) * 1024 / 1e6


BENCH = Bench("phone-memory", "手机页面的内存 · the phone page's memory over an hour of footage", run)
