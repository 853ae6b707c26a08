"""syncd as a program of its own: ``python -m tests.support.syncd_child HOME JSON``.

JSON holds ``SyncConfig`` fields, ``wall_off_ms`` (this process's wall clock is off by so much) and ``die_at``: the name
of a step of completing an upload at which the process kills itself with -9, the n-th time (``[step, n]``).
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host.clock import SystemClock
from host.paths import Home
from syncd.config import SyncConfig
from syncd.main import run
from syncd.store import Store
from syncd.tusclient import SegmentUploader


class OffClock(SystemClock):
    """The real clocks, the wall clock off by ``off_ms``."""

    def __init__(self, off_ms: int) -> None:
        self._off_ms = off_ms

    def wall_ms(self) -> int:
        return super().wall_ms() + self._off_ms


# Steps of completing an upload, in order: (class, method, before or after it).
STEPS: dict[str, tuple[type[Any], str, bool]] = {
    "taken": (Store, "take", False),
    "before_create": (SegmentUploader, "create_url", True),
    "after_create": (SegmentUploader, "create_url", False),
    "before_placed": (Store, "placed", True),
    "after_placed": (Store, "placed", False),
    "before_patch": (SegmentUploader, "_do_request", True),
    "after_patch": (SegmentUploader, "_do_request", False),
    "before_finished": (Store, "finished", True),
    "after_finished": (Store, "finished", False),
}


def die_at(step: str, times: int) -> None:
    """Kill this process with -9 at the ``times``-th passing of ``step``."""
    owner, name, before = STEPS[step]
    original: Callable[..., Any] = getattr(owner, name)
    passed = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal passed
        if not before:
            answer = original(*args, **kwargs)
            if step == "taken" and not answer:
                return answer
        passed += 1
        if passed == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs) if before else answer

    setattr(owner, name, wrapped)


def main(root: str, raw: str) -> None:
    """Serve until killed."""
    settings = json.loads(raw)
    clock = OffClock(settings.pop("wall_off_ms", 0))
    if (step := settings.pop("die_at", None)) is not None:
        die_at(*step)
    run(Home(Path(root)), SyncConfig(**settings), clock)


if __name__ == "__main__":
    main(*sys.argv[1:])
