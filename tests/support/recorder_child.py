"""The recorder as a program of its own, to be killed: ``python -m tests.support.recorder_child JSON``.

JSON: ``home``; ``files`` (clips as cameras); ``patterns``, ``monitors``, ``leash`` (booleans); ``quality`` and
``patience`` (fields to replace); ``keep_free``; ``wall_step_file`` (a file holding milliseconds by which the wall clock
this recorder sees is off: rewriting it steps the clock).
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from host.clock import SystemClock
from host.paths import Home
from recorder.config import Patience, Quality, RecorderConfig, StandIns, bundled_ffmpeg, desktop_from
from recorder.main import run


class SteppedClock(SystemClock):
    """The real clocks, the wall clock off by what a file says."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def wall_ms(self) -> int:
        off = int(self._file.read_text()) if self._file.exists() else 0
        return super().wall_ms() + off


def main(raw: str) -> None:
    """Record until killed or told to quit."""
    given: dict[str, Any] = json.loads(raw)
    config = RecorderConfig(
        ffmpeg=Path(given["ffmpeg"]) if "ffmpeg" in given else bundled_ffmpeg(),
        desktop=desktop_from(dict(os.environ)),
        quality=replace(Quality(), **given.get("quality", {})),
        patience=replace(Patience(), **given.get("patience", {})),
        stand_ins=StandIns(
            files=tuple(Path(name) for name in given.get("files", [])),
            patterns=given.get("patterns", False),
            monitors=given.get("monitors", False),
        ),
        leash=given.get("leash", True),
        keep_free_bytes=given.get("keep_free", 1 << 20),
    )
    clock = SteppedClock(Path(given["wall_step_file"])) if "wall_step_file" in given else None
    run(Home(Path(given["home"])), config, clock)


if __name__ == "__main__":
    main(sys.argv[1])
