"""The virtual desktop gives a real screen and real sound, and leaves nothing running or lying about."""

import os
import signal
import subprocess
import sys
import wave
from pathlib import Path

import imageio_ffmpeg
import psutil
import pytest

from tests.support.desktop import desktop
from tests.support.waiting import wait_until
from zhishi.stage import PROGRAMS, StageFailed, VirtualDesktop, talking_head_clip


def ffmpeg(stage: VirtualDesktop | None, *arguments: str) -> None:
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments],
        env=os.environ | (stage.environ if stage else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def screen(stage: VirtualDesktop, to: Path) -> bytes:
    ffmpeg(
        stage,
        "-f",
        "x11grab",
        "-i",
        stage.display,
        "-frames:v",
        "1",
        "-pix_fmt",
        "gray",
        "-f",
        "rawvideo",
        str(to),
    )
    return to.read_bytes()


def loudest(stage: VirtualDesktop, to: Path) -> int:
    ffmpeg(stage, "-f", "pulse", "-channels", "1", "-i", stage.source, "-t", "1", str(to))
    with wave.open(str(to), "rb") as reader:
        samples = memoryview(reader.readframes(reader.getnframes())).cast("h")
    assert len(samples) > 20_000
    return max(abs(sample) for sample in samples)


def test_screen_moves_and_microphone_speaks_and_falls_silent(tmp_path: Path) -> None:
    with desktop() as stage:
        first = wait_until(lambda: _drawn(screen(stage, tmp_path / "screen")), what="something is on the screen")
        assert len(first) == 1280 * 720
        wait_until(lambda: screen(stage, tmp_path / "screen") != first, what="the picture changes")
        wait_until(lambda: loudest(stage, tmp_path / "sound.wav") > 1000, what="speech is heard")
        stage.hush()
        wait_until(lambda: loudest(stage, tmp_path / "sound.wav") == 0, what="digital silence")
        stage.speak()
        wait_until(lambda: loudest(stage, tmp_path / "sound.wav") > 1000, what="speech is heard again")
        folder = Path(stage.pulse_server.removeprefix("unix:")).parent
        assert folder.exists()
    assert not folder.exists()
    assert not _stage_programs(os.getpid())


def _drawn(picture: bytes) -> bytes:
    return picture if len(set(picture)) > 2 else b""


def _stage_programs(parent: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(parent).children(recursive=True) if child.name() in PROGRAMS]


def test_two_desktops_do_not_meet(tmp_path: Path) -> None:
    with desktop() as one, desktop() as two:
        assert one.display != two.display
        assert one.pulse_server != two.pulse_server
        one.hush()
        wait_until(lambda: loudest(one, tmp_path / "one.wav") == 0, what="one is silent")
        wait_until(lambda: loudest(two, tmp_path / "two.wav") > 1000, what="two speaks")


def test_everything_dies_with_a_killed_parent() -> None:
    code = (
        "import os, time\nfrom zhishi.stage import VirtualDesktop\n"
        "with VirtualDesktop(os.environ) as stage:\n"
        "    print(stage.display, flush=True)\n    time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline().startswith(":")
    children = psutil.Process(parent.pid).children(recursive=True)
    assert {"Xvfb", "xterm", "pulseaudio", "pacat"} <= {child.name() for child in children}
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    gone, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, f"{alive} outlived the parent; {gone} did not"


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(StageFailed, match=r"Xvfb.*espeak-ng"), VirtualDesktop({"PATH": str(tmp_path)}):
        pass


def test_the_clip_is_a_real_moving_picture(tmp_path: Path) -> None:
    clip = talking_head_clip()
    ffmpeg(
        None,
        "-i",
        str(clip),
        "-frames:v",
        "30",
        "-pix_fmt",
        "gray",
        "-s",
        "160x120",
        "-f",
        "rawvideo",
        str(tmp_path / "v"),
    )
    frames = (tmp_path / "v").read_bytes()
    size = 160 * 120
    assert len(frames) == 30 * size
    assert len({frames[i : i + size] for i in range(0, len(frames), size)}) > 20
