"""``zhishi rehearse`` without a center: a rehearsal on this machine alone. Composition only.

Everything lies in a home of its own, so that a practice never stands between a candidate and a real interview, and the
title on the pages says that no center of the authority is asked.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from host.paths import Home
from ui.config import UiConfig
from zhishi.laptop import Laptop
from zhishi.programs import await_words, start
from zhishi.sample import write_practice

FOLDER = "rehearsal"


def rehearse_here(home: Home, config: UiConfig, show: Callable[[Home, UiConfig], None]) -> None:
    """Start a center of this machine's own, ``show`` the program on it, and end everything when that returns.

    Raises ServiceError when the center does not start, StorageError, and what ``show`` raises.
    """
    from zhishi.desk import import_project

    folder = home.root / FOLDER
    with ExitStack() as stack:
        logs = folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        data, ready = folder / "center", folder / "center-url"
        import_project(data, write_practice(folder / "project", here=True), "rehearsal")
        ready.unlink(missing_ok=True)
        arguments = ["--data", str(data), "--port", "0", "--ready-file", str(ready)]
        program = start("center", arguments, config.launch.environ, logs)
        stack.callback(program.stop)
        laptop = Laptop(Home(folder / "laptop").prepare())
        stack.callback(laptop.end)
        # the installed sync service is another home's, and no proxy leads to this machine
        launch = replace(config.launch, services={})
        here = replace(config, center=await_words(ready, program), launch=launch, proxies={})
        show(laptop.home, here)
