"""``dashboard-scroll``: how evenly a table of a thousand candidates scrolls while all of them speak.

The wheel is turned as a person would, from the top to the bottom and back; the page itself notes when each frame is
drawn. The longest stretch without a frame is what an eye sees as a jerk.
"""

from itertools import pairwise

from bench.crowd import EVERY_S, crowd, support_page
from bench.figures import Figure, Outcome, percentile
from bench.setting import Bench, Setting

REACH_S = 0.05
_PEOPLE = 1000
_TURN_PX, _TURN_MS = 240, 30
_NOTE = """() => {
  window.frames_at = [];
  const note = (at) => { window.frames_at.push(at); window.noting = requestAnimationFrame(note); };
  window.noting = requestAnimationFrame(note);
}"""
_TOLD = "() => { cancelAnimationFrame(window.noting); return window.frames_at; }"


def run(setting: Setting) -> Outcome:
    """Down and up, noting every frame."""
    people = setting.rounds(_PEOPLE, 200)
    with crowd(setting, people) as there, support_page(there) as page:
        page.wait_for_function(
            "(count) => document.querySelector('.tile b')?.textContent === String(count)", arg=people
        )
        page.locator(".rows").hover()
        height = page.locator(".rows").evaluate("(box) => box.scrollHeight - box.clientHeight")
        page.evaluate(_NOTE)
        reached = []
        for way in (1, -1):
            for _ in range(int(height / _TURN_PX) + 1):
                page.mouse.wheel(0, way * _TURN_PX)
                page.wait_for_timeout(_TURN_MS)
            reached.append(page.locator(".rows").evaluate("(box) => box.scrollTop"))
        times = page.evaluate(_TOLD)
    stretches = [(after - before) / 1000 for before, after in pairwise(times)]
    setting.say(f"{len(stretches)} frames over {height} px; reached {reached[0]:.0f} px and {reached[1]:.0f} px")
    p95 = percentile(stretches, 0.95)
    what = f"time between two frames while {people} rows scroll, all speaking every {EVERY_S:g} s, p95"
    note = f"p50 {percentile(stretches, 0.5) * 1000:.0f} ms, longest {max(stretches) * 1000:.0f} ms of {len(stretches)}"
    return Outcome(
        BENCH.id, BENCH.title, (Figure(what, p95, "s", {}, "≤ 0.05 s", p95 <= REACH_S, note),), setting.quick
    )


BENCH = Bench("dashboard-scroll", "监看页的滚动 · scrolling the dashboard", run)
