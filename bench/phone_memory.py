"""``phone-memory``: what the phone's page holds while it films for an hour.

An hour of footage is 900 segments; here each lasts a quarter of a second, because what could pile up is counted by
segments: recorders, blobs, rows, uploads. Memory is what the page's process has for itself alone (unique set size).
Garbage is collected before each look, and each figure is the lowest of several: what counts is what the page holds.
"""

import contextlib

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
_LOOK_S = 0.7
_SHORT = """
const later = window.setTimeout.bind(window);
window.setTimeout = (work, ms, ...more) => later(work, ms === 4000 ? 250 : ms, ...more);
"""


def run(setting: Setting) -> Outcome:
    """Film, and look at the start, on the way and at the end."""
    build_pages()
    wanted = setting.rounds(_HOUR, _QUICK)
    with world(setting.folder) as scene:
        scene.phone.start(init=_SHORT)
        scene.bind()
        scene.film()
        looks = []
        for mark in (_WARM, *(wanted * part // 4 for part in (1, 2, 3, 4))):
            await_until(lambda mark=mark: _segments(scene) >= mark, 900, f"{mark} segments", poll_s=0.5)  # type: ignore[misc]
            looks.append(_own_mb(scene))
            setting.say(f"{mark} segments: {looks[-1]:.0f} MB")
        left = wanted - scene.verified()
    drift = max(abs(look - looks[0]) for look in looks[1:])
    figure = Figure(
        f"largest drift of the page's own memory after segment {_WARM}, {wanted} segments filmed and sent",
        drift,
        "MB",
        {"at the start": looks[0], "at the end": looks[-1]},
        f"≤ {_REACH_MB:.0f} MB",
        drift <= _REACH_MB,
        f"looks {', '.join(f'{look:.0f}' for look in looks)} MB; {max(0, left)} still to send at the end",
    )
    return Outcome(BENCH.id, BENCH.title, (figure,), setting.quick)


def _segments(scene: World) -> int:
    return len(scene.uploads())


def _own_mb(scene: World) -> float:
    """The lowest of several looks at the page's process, in MB."""
    least = float("inf")
    tools = scene.phone.context.new_cdp_session(scene.phone.page)
    for _ in range(_LOOKS):
        tools.send("HeapProfiler.collectGarbage")
        used = 0
        for process in scene.phone.processes():
            with contextlib.suppress(psutil.Error):
                if "--type=renderer" in process.cmdline():
                    used += process.memory_full_info().uss
        least = min(least, used / 1e6)
        scene.phone.page.wait_for_timeout(_LOOK_S * 1000)
    tools.detach()
    return least


BENCH = Bench("phone-memory", "手机页面的内存 · the phone page's memory over an hour of footage", run)
