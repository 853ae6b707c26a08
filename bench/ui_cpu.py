"""``ui-cpu``: what the candidate's program costs while somebody answers: page server, window, the engine's processes.

The recorder and syncd are programs of their own (``record-cpu`` measures them) and are left out. The same is measured
with the same pages server but no window, and what the difference is made of is told process by process.
"""

from collections import defaultdict

import psutil

from bench.cpu import use_over
from bench.figures import Figure, Outcome, median, spread
from bench.interviewee import SIZE, at_the_window, started, to_the_questions
from bench.setting import Bench, Setting
from tests.support.interviewing import Candidate
from zhishi.stage import VirtualDesktop

REACH = 10.0
_SETTLE_S = 5.0
_APART = ("recorder", "syncd")


def run(setting: Setting) -> Outcome:
    """One interview up to the questions; then rounds of looking."""
    rounds, seconds = setting.rounds(5, 2), setting.rounds(20, 10)
    totals: list[float] = []
    parts: dict[str, list[float]] = defaultdict(list)
    with (
        VirtualDesktop(setting.environ, size=SIZE) as desktop,
        at_the_window(setting, desktop) as (center, person),
    ):
        with started(center, person):
            pass  # the debugging line is closed again: it would be part of what is measured
        to_the_questions(setting, center, person)
        use_over([], _SETTLE_S)
        for number in range(1, rounds + 1):
            used = use_over(_pids(person), seconds)
            for pid, one in used.items():
                parts[_name(pid)].append(one.percent)
            totals.append(sum(one.percent for one in used.values()))
            setting.say(f"round {number} of {rounds}: {totals[-1]:.1f} % of a core")
    middle = median(totals)
    rows = [
        Figure(f"of it: {name}", sum(each) / rounds, "% of a core", note="mean") for name, each in sorted(parts.items())
    ]
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                f"user + system time of the candidate's program and its window while answering, {seconds} s, "
                f"median of {rounds}; recorder and syncd left out",
                middle,
                "% of a core",
                {},
                f"≤ {REACH:.0f} %",
                middle <= REACH,
                spread(totals),
            ),
            *rows,
        ),
        setting.quick,
        "1366x768, drawn by software (Xvfb has no graphics processor); preview, countdown and level are shown",
    )


def _pids(person: Candidate) -> list[int]:
    """The program and what its window is made of, without recorder and syncd and theirs."""
    program = psutil.Process(person.pid)
    found, open_ = [program.pid], program.children()
    while open_:
        process = open_.pop()
        words = process.cmdline()
        if "-m" in words and any(name in words for name in _APART):
            continue
        found.append(process.pid)
        open_ += process.children()
    return found


def _name(pid: int) -> str:
    words = psutil.Process(pid).cmdline()
    kind = next((word.removeprefix("--type=") for word in words if word.startswith("--type=")), "")
    return f"the engine's {kind} process" if kind else "program, page server and window frame"


BENCH = Bench("ui-cpu", "作答时窗口的开销 · CPU of the window while answering", run)
