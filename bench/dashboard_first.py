"""``dashboard-first``: from opening the dashboard's address to a table of a thousand candidates, while all speak."""

from bench.crowd import EVERY_S, crowd, support_page
from bench.figures import Figure, Outcome, median, spread
from bench.setting import Bench, Setting

REACH_S = 1.0
_PEOPLE = 1000


def run(setting: Setting) -> Outcome:
    """Load the page anew several times."""
    people = setting.rounds(_PEOPLE, 200)
    times = []
    with crowd(setting, people) as there, support_page(there) as page:
        for _ in range(setting.rounds(9, 3)):
            page.goto("about:blank")
            page.goto(f"{there.url}/staff", wait_until="commit")
            page.wait_for_function(
                "(count) => document.querySelector('.tile b')?.textContent === String(count)"
                " && document.querySelector('tr.line') !== null",
                arg=people,
            )
            times.append(page.evaluate("() => performance.now()") / 1000)
    what = f"navigation → table of {people} candidates shown, signed in, all speaking every {EVERY_S:g} s, median"
    figure = Figure(what, median(times), "s", {}, "≤ 1 s", median(times) <= REACH_S, spread(times))
    return Outcome(BENCH.id, BENCH.title, (figure,), setting.quick)


BENCH = Bench("dashboard-first", "监看页打开 · opening the dashboard", run)
