"""What the lab runs as programs: center, syncd and recorder as the product starts them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from center.main import run as run_center
from host.durable import write_bytes
from host.paths import Home
from recorder.config import Desktop, Patience, Quality, RecorderConfig, StandIns, bundled_ffmpeg
from recorder.main import run as run_recorder
from syncd.config import SyncConfig
from syncd.main import run as run_syncd
from tests.faults.feigned import FeignedClock
from tests.support.center import center_config


def center(data: str, clock: str, port: int, ready: str, settings: dict[str, Any]) -> None:
    """``zhishi center`` on loopback of its namespace; ``ready`` is the file it writes its address to."""
    config, told = center_config(data, **settings), Path(ready)
    run_center(config, "127.0.0.1", port, lambda url: write_bytes(told, url.encode()), clock=FeignedClock(Path(clock)))


def syncd(home: str, clock: str, settings: dict[str, Any], patient: bool = False) -> None:
    """``zhishi syncd``; run as a service when ``patient``."""
    run_syncd(Home(Path(home)), SyncConfig(**settings), FeignedClock(Path(clock)), patient=patient)


def recorder(home: str, clock: str) -> None:
    """``zhishi recorder`` with test pictures for devices, which need no desktop."""
    config = RecorderConfig(
        ffmpeg=bundled_ffmpeg(),
        desktop=Desktop(),
        quality=replace(Quality(), camera_segment_s=1, screen_segment_s=1, camera_width=320, screen_width=320),
        patience=Patience(),
        stand_ins=StandIns(patterns=True),
        keep_free_bytes=1 << 20,
    )
    run_recorder(Home(Path(home)), config, FeignedClock(Path(clock)))
