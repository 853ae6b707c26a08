"""The recorder with a screen in the place of its camera: ``python -m bench.scenecamera JSON``.

JSON: ``home``, ``display`` (the X screen that is filmed), ``clip`` (any file: the stand-in whose place it takes). All
that follows the camera is the product's.
"""

import json
import os
import sys
from pathlib import Path

from domain.wire.recorder import DeviceEntry
from host.paths import Home
from recorder.config import RecorderConfig, StandIns, bundled_ffmpeg, desktop_from
from recorder.devices import file
from recorder.devices.source import Input
from recorder.main import run

FPS = 15


def main(raw: str) -> None:
    """Record until told to quit."""
    given = json.loads(raw)

    def camera_input(device: DeviceEntry) -> Input:
        options = {"thread_queue_size": 16, "probesize": 32, "analyzeduration": 0, "framerate": FPS, "draw_mouse": 0}
        return Input(url=given["display"], fmt="x11grab", options=options, epoch=True)

    file.camera_input = camera_input
    config = RecorderConfig(
        ffmpeg=bundled_ffmpeg(),
        desktop=desktop_from(dict(os.environ)),
        stand_ins=StandIns(files=(Path(given["clip"]),), monitors=True),
    )
    run(Home(Path(given["home"])), config)


if __name__ == "__main__":
    main(sys.argv[1])
