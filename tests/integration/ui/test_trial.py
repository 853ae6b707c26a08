"""The test recording: really recorded, playable in the window's browser, and monitoring goes on afterwards."""

import subprocess
from pathlib import Path

import psutil
import pytest

from domain.errors import BadInput
from domain.wire.recorder import CaptureOrder, RecorderStatus, TrialOrder, TrialStatus
from recorder.config import bundled_ffmpeg
from tests.support.desktop import desktop
from tests.support.recording import Rig, rig
from tests.support.waiting import wait_until
from zhishi.stage import talking_head_clip


def _monitor(made: Rig) -> None:
    made.client.post("/monitor", CaptureOrder(), RecorderStatus)
    wait_until(lambda: made.status().level_db is not None, 30, "a level is heard")


def test_a_trial_is_recorded_made_a_webm_and_monitoring_goes_on(tmp_path: Path) -> None:
    with desktop() as stage, rig(stage.environ, files=[str(talking_head_clip())], monitors=True) as made:
        with pytest.raises(BadInput):
            made.client.post("/trial", TrialOrder(seconds=2), TrialStatus)
        _monitor(made)
        begun = made.client.post("/trial", TrialOrder(seconds=2), TrialStatus)
        assert begun.state == "recording", "who ordered it goes on asking only while it is being made"
        told = wait_until(lambda: _over(made), 40, "the trial is over")
        assert told is not None
        assert told.state == "ready", told
        webm = tmp_path / "trial.webm"
        webm.write_bytes(made.client.fetch("GET", "/trial.webm").content)
        said = subprocess.run(
            [str(bundled_ffmpeg()), "-hide_banner", "-i", str(webm), "-f", "null", "-"],
            capture_output=True,
            text=True,
            check=True,
        ).stderr
        assert "Video: vp8" in said
        assert "Audio: opus" in said
        wait_until(lambda: made.status().mode == "monitor", 20, "monitoring goes on")
        wait_until(lambda: made.status().level_db is not None, 30, "a level is heard again")


def test_a_preview_nobody_looks_at_lets_the_camera_go() -> None:
    patience = {"unwatched_s": 2.0, "disk_check_s": 0.2}
    with (
        desktop() as stage,
        rig(stage.environ, monitors=True, files=[str(talking_head_clip())], patience=patience) as made,
    ):
        _monitor(made)
        pids = [capture.pid for capture in made.status().captures if capture.pid is not None]
        assert pids
        wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids), 30, "ffmpeg has ended")
        wait_until(lambda: made.status().mode == "idle", 20, "idle")


def _over(made: Rig) -> TrialStatus | None:
    status = made.client.get("/trial", TrialStatus)
    return status if status.state in ("ready", "failed") else None
