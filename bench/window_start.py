"""``window-start``: from the start of the process to a page that can be used, in the real window.

The page marks the moment its first stage is on the screen (User Timing); the process's start is taken just before it is
made. An empty window of the same library on the same screen is measured in turn with it: what is left is ours.
"""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
from playwright.sync_api import Page

from bench.figures import Figure, Outcome, median, spread
from bench.setting import Bench, Setting
from bench.world import Center, await_until
from tests.support.windowing import AS_ROOT, free_port, looked_into
from zhishi.stage import VirtualDesktop, dying_with_parent

REACH_S = 2.0
_START_S = 60.0
_MARK = "performance.getEntriesByName('usable').map(mark => performance.timeOrigin + mark.startTime)[0] ?? 0"
_EMPTY = """
import sys
import webview
page = "<h1>1</h1><script>requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('usable')))</script>"
webview.settings["REMOTE_DEBUGGING_PORT"] = int(sys.argv[1])
webview.create_window("empty", html=page, width=1366, height=768, maximized=True)
webview.start(gui="qt", private_mode=True)
"""


def run(setting: Setting) -> Outcome:
    """Ours and the empty window in turn; medians."""
    rounds = setting.rounds(7, 3)
    ours: list[float] = []
    empty: list[float] = []
    with (
        VirtualDesktop(setting.environ, size="1366x768") as desktop,
        Center(setting.folder / "center", setting.environ) as center,
    ):
        environ = {**setting.environ, **desktop.environ, **AS_ROOT}
        for number in range(1, rounds + 1):
            home = setting.folder / f"home-{number}"
            ours.append(_opened(_candidate(center.url, home), environ, home))
            empty.append(_opened([sys.executable, "-c", _EMPTY], environ, None))
            setting.say(f"round {number} of {rounds}: ours {ours[-1]:.2f} s, empty window {empty[-1]:.2f} s")
    middle = median(ours)
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                f"process started → first stage on the screen of the real window, fresh home, median of {rounds}",
                middle,
                "s",
                {"empty pywebview window": median(empty)},
                "≤ 2 s",
                middle <= REACH_S,
                f"ours {spread(ours)}, empty {spread(empty)}",
            ),
            Figure("the slowest of them", max(ours), "s", {"empty pywebview window": max(empty)}),
        ),
        setting.quick,
        "recorder and sync daemon are started once the page asks for its state; drawn by software (Xvfb)",
    )


def _candidate(center: str, home: Path) -> list[str]:
    return [sys.executable, "-m", "zhishi", "ui", "--center", center, "--home", str(home), "--no-browser"]


def _opened(command: Sequence[str], environ: Mapping[str, str], home: Path | None) -> float:
    """Seconds until the page of ``command``'s window marked itself as usable; everything is ended afterwards."""
    port = free_port()
    words = [*command, "--debug-port", str(port)] if home is not None else [*command, str(port)]
    began_ms = time.time() * 1000
    with subprocess.Popen(
        dying_with_parent(words),
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as program:
        below: list[psutil.Process] = []
        try:
            with looked_into(port) as page:
                marked_ms = await_until(lambda: _marked(page), _START_S, "a page that can be used", poll_s=0.1)
            below = psutil.Process(program.pid).children(recursive=True)
        finally:
            program.terminate()
            _end(program, below)
    return (marked_ms - began_ms) / 1000


def _marked(page: Page) -> float:
    return float(page.evaluate(_MARK))


def _end(program: "subprocess.Popen[bytes]", below: Sequence[psutil.Process]) -> None:
    """The recorder and syncd outlive the window by design, and would burden the next round."""
    try:
        program.wait(20)
    except subprocess.TimeoutExpired:
        program.kill()
    for process in below:
        if process.is_running():
            process.terminate()
    _, left = psutil.wait_procs(list(below), timeout=15)
    for process in left:
        process.kill()


BENCH = Bench("window-start", "窗口启动到可用 · from start to a usable window", run)
