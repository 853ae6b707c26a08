"""Devices that are missing or leave, disks that fill: said in words, declared as gaps, taken up again."""

import contextlib
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import BadInput, NoDevice, NotRunning
from domain.identity import LinkKind, Track
from domain.seal import GapReason
from domain.wire.recorder import CaptureOrder, RecorderStatus
from host.clock import SystemClock
from host.instance import find
from host.runrecord import RunRecord
from tests.support.desktop import desktop
from tests.support.recording import Rig, rig
from tests.support.waiting import wait_until
from zhishi.stage import VirtualDesktop, talking_head_clip

QUALITY = {"camera_segment_s": 2, "screen_segment_s": 2}
PATTERNS = {"camera": "pattern:camera:testsrc2", "microphone": "pattern:microphone:sine",
            "screen": "pattern:screen:testsrc2"}  # fmt: skip


@pytest.fixture(scope="module")
def stage() -> Iterator[VirtualDesktop]:
    with desktop() as made:
        yield made


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of ``size`` of our own."""
    folder.mkdir()
    assert os.geteuid() == 0, "a disk of a certain size needs root (mount)"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path, leave: int) -> Path:
    """A file that leaves ``leave`` bytes free."""
    filler = disk / "filler"
    stat = os.statvfs(disk)
    with contextlib.suppress(OSError), filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, stat.f_bavail * stat.f_frsize - leave)
    return filler


def error_code(recording: Rig, track: Track) -> str:
    error = recording.capture(track).error
    return error.code if error is not None else ""


def recorder_error(recording: Rig) -> str:
    error = recording.status().error
    return error.code if error is not None else ""


def segments(recording: Rig, track: Track, at_least: int) -> None:
    wait_until(lambda: recording.capture(track).segments >= at_least, 40)


def gap_reasons(recording: Rig, track: Track) -> set[GapReason]:
    return {seal.reason for seal in recording.seals(track) if seal.kind is LinkKind.GAP and seal.reason}


def test_no_device_is_refused_in_words_and_stand_ins_are_never_taken() -> None:
    with rig({"DISPLAY": "", "PULSE_SERVER": "unix:/nowhere"}) as recording:
        session = recording.record.session
        with pytest.raises(NoDevice):
            recording.client.post("/record", CaptureOrder(session=session), RecorderStatus)
        with pytest.raises(NoDevice):
            recording.client.post("/record", CaptureOrder(session=session, **PATTERNS), RecorderStatus)
        with pytest.raises(NoDevice):
            recording.client.post("/monitor", CaptureOrder(), RecorderStatus)
        with pytest.raises(BadInput):
            recording.client.post("/record", CaptureOrder(), RecorderStatus)
        assert recording.status().mode == "idle"


def test_monitor_keeps_nothing_and_shows_picture_and_level(stage: VirtualDesktop) -> None:
    with rig(stage.environ, files=[str(talking_head_clip())], monitors=True) as recording:
        recording.client.post("/monitor", CaptureOrder(microphone=f"pulse:microphone:{stage.source}"), RecorderStatus)
        recording.wait_healthy()
        for name in ("preview", "still", "screen"):
            picture = recording.client.fetch("GET", f"/{name}.jpg").content
            assert picture.startswith(b"\xff\xd8")
            assert picture.endswith(b"\xff\xd9")
        wait_until(lambda: (recording.status().level_db or -96) > -60)
        assert not list(recording.home.spool.rglob("*.m4s"))
        recording.stop(end=False)
        assert recording.status().mode == "idle"


def test_silence_is_told_and_a_stalled_viewer_costs_nothing(stage: VirtualDesktop) -> None:
    clip = [str(talking_head_clip())]
    with rig(stage.environ, files=clip, monitors=True, quality=QUALITY, patience={"silence_s": 1.0}) as recording:
        recording.record_now(microphone=f"pulse:microphone:{stage.source}")
        wait_until(lambda: not recording.capture(Track.CAMERA).silent)
        found = find(recording.home, "recorder")
        assert found is not None
        with socket.create_connection(("127.0.0.1", found.port)) as viewer:  # asks for the stream and never reads it
            viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            request = f"GET /preview.mjpeg HTTP/1.1\r\nHost: 127.0.0.1:{found.port}\r\n"
            viewer.sendall((request + f"Authorization: Bearer {found.token}\r\n\r\n").encode())
            stage.hush()
            wait_until(lambda: recording.capture(Track.CAMERA).silent, 20)
            stage.speak()
            wait_until(lambda: not recording.capture(Track.CAMERA).silent, 20)
            segments(recording, Track.CAMERA, 4)
        recording.stop()
        assert recording.check_chain(Track.CAMERA).gaps == 0
        assert recording.check_chain(Track.SCREEN).gaps == 0


def test_dead_screen_costs_the_screen_only_and_comes_back(stage: VirtualDesktop) -> None:
    with own_screen() as (display, server), rig({"DISPLAY": display, "PULSE_SERVER": ""}, patterns=True) as recording:
        order = PATTERNS | {"screen": f"x11:screen:{display}"}
        recording.record_now(**order)
        camera_run = recording.capture(Track.CAMERA).run
        server.kill()
        server.wait()
        wait_until(lambda: error_code(recording, Track.SCREEN) == "no_device")
        with own_screen(display):
            recording.wait_healthy(60)
            assert recording.capture(Track.CAMERA).run == camera_run
            recording.stop()
        assert recording.check_chain(Track.CAMERA).gaps == 0
        assert recording.check_chain(Track.SCREEN).gaps == 1
        assert gap_reasons(recording, Track.SCREEN) == {GapReason.DEVICE_LOST}


def test_pulled_microphone_is_noticed_and_another_taken(stage: VirtualDesktop) -> None:
    """PulseAudio moves the stream to another source without a word; the recorder says so and records on."""
    environ = {**os.environ, **stage.environ}
    loaded = subprocess.run(
        ["pactl", "load-module", "module-null-sink", "sink_name=plugged"], env=environ, capture_output=True, check=True
    )
    with rig(stage.environ, files=[str(talking_head_clip())], monitors=True, quality=QUALITY) as recording:
        recording.record_now(microphone="pulse:microphone:plugged.monitor", screen="none")
        subprocess.run(["pactl", "unload-module", loaded.stdout.decode().strip()], env=environ, check=True)
        wait_until(lambda: error_code(recording, Track.CAMERA) == "no_device", 30)
        recording.wait_healthy(60)
        recording.stop()
        assert recording.check_chain(Track.CAMERA).gaps >= 1
        assert GapReason.DEVICE_LOST in gap_reasons(recording, Track.CAMERA)


def test_switching_interrupts_only_what_changes() -> None:
    with rig({"PULSE_SERVER": ""}, patterns=True, files=[str(talking_head_clip())], quality=QUALITY) as recording:
        recording.record_now(**PATTERNS)
        before = {capture.track: capture.run for capture in recording.status().captures}
        clip = f"file:camera:{talking_head_clip()}"
        recording.client.post("/switch", CaptureOrder(**(PATTERNS | {"camera": clip})), RecorderStatus)
        wait_until(lambda: recording.capture(Track.CAMERA).run not in (None, before["camera"]))
        recording.wait_healthy()
        assert recording.capture(Track.SCREEN).run == before["screen"]
        recording.stop()
        assert gap_reasons(recording, Track.CAMERA) <= {GapReason.DEVICE_SWITCHED}
        recording.check_chain(Track.CAMERA)


def test_stop_and_quit_end_cleanly() -> None:
    with rig({"PULSE_SERVER": ""}, patterns=True, quality=QUALITY) as recording:
        recording.record_now(**PATTERNS)
        recording.stop()
        ended = recording.spool.ended(recording.record.session)
        assert ended is not None
        recording.client.post("/quit", None, RecorderStatus)
        assert recording.child is not None
        assert recording.child.ended(20) == 0
        with pytest.raises(NotRunning):
            recording.status()


def test_full_disk_becomes_a_gap_and_recording_resumes(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", "24m") as disk,
        rig({"PULSE_SERVER": ""}, disk / "home", patterns=True, quality=QUALITY, keep_free=0,
            patience={"slow_retry_s": 2.0}) as recording,
    ):  # fmt: skip
        recording.record_now(**PATTERNS)
        segments(recording, Track.CAMERA, 1)
        filler = fill(disk, 0)
        wait_until(lambda: error_code(recording, Track.CAMERA) == "disk_full", 40)
        wait_until(lambda: error_code(recording, Track.SCREEN) == "disk_full", 40)
        filler.unlink()
        recording.wait_healthy(60)
        recording.stop()
        for track in (Track.CAMERA, Track.SCREEN):
            assert recording.check_chain(track).gaps >= 1
            assert GapReason.DISK_FULL in gap_reasons(recording, track)


def test_recording_pauses_before_the_disk_is_full(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", "24m") as disk,
        rig({"PULSE_SERVER": ""}, disk / "home", patterns=True, quality=QUALITY, keep_free=4 << 20,
            patience={"slow_retry_s": 1.0, "disk_check_s": 0.5}) as recording,
    ):  # fmt: skip
        recording.record_now(**PATTERNS)
        filler = fill(disk, 2 << 20)
        wait_until(lambda: error_code(recording, Track.CAMERA) == "disk_full", 40)
        status = recording.status()
        assert status.disk is not None
        assert status.disk.level == "critical"
        assert status.error is not None
        assert status.error.code == "disk_full"
        wait_until(lambda: error_code(recording, Track.SCREEN) == "disk_full", 40)
        later = SystemClock().boot_ns() + 2_000_000_000
        wait_until(lambda: SystemClock().boot_ns() > later)  # a pause long enough to be a gap
        filler.unlink()
        recording.wait_healthy(60)
        recording.stop()
        for track in (Track.CAMERA, Track.SCREEN):
            recording.check_chain(track)
            assert gap_reasons(recording, track) == {GapReason.DISK_FULL}


def test_nearly_full_disk_warns_and_lowers_rates_in_the_stated_order(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", "48m") as disk,
        rig({"PULSE_SERVER": ""}, disk / "home", patterns=True, quality=QUALITY, patience={"disk_check_s": 0.5})
        as recording,
    ):  # fmt: skip
        recording.record_now(**PATTERNS)
        wait_until(lambda: recorder_error(recording) == "disk_nearly_full", 20)

        def rates(track: Track) -> list[str]:
            session = recording.record.session
            folders = [recording.spool.run_dir(session, track, run) for run in recording.spool.runs(session, track)]
            argv = [RunRecord.load(f).argv for f in folders if (f / "run.json").exists()]
            return [words[words.index("-r") + 1] for words in argv]

        wait_until(lambda: rates(Track.SCREEN)[-1] == "2", 20)
        wait_until(lambda: rates(Track.CAMERA)[-1] == "7", 20)
        recording.wait_healthy(60)
        recording.stop()


@contextlib.contextmanager
def own_screen(display: str | None = None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """An Xvfb that the test may kill."""
    read, write = os.pipe()
    wanted = [display] if display else ["-displayfd", str(write)]
    server = subprocess.Popen(
        ["Xvfb", *wanted, "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        if display is None:
            with os.fdopen(read) as told:
                display = f":{told.readline().strip()}"
        else:
            os.close(read)
        assert re.fullmatch(r":\d+", display)
        yield display, server
    finally:
        server.kill()
        server.wait()
