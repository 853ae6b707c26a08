"""Golden command lines for every platform; order of options inside one input or output is ffmpeg-python's (sorted)."""

import json
from pathlib import Path

import pytest

from domain.errors import NoDevice
from domain.wire.recorder import DeviceEntry
from recorder.arguments import Outlets, camera_command, screen_command
from recorder.config import Quality
from recorder.devices import avfoundation, ddagrab, dshow, file, gdigrab, pattern, pulse, v4l2, x11
from recorder.devices.catalog import camera_inputs, screen_input
from recorder.devices.source import Kind, entry

GOLDEN = json.loads(Path(__file__).with_name("golden_commands.json").read_text())
PULSE = entry(Kind.MICROPHONE, pulse.SOURCE, "alsa_input.pci", "mic")
CAMERAS: dict[str, tuple[DeviceEntry, DeviceEntry | None]] = {
    "linux": (entry(Kind.CAMERA, v4l2.SOURCE, "/dev/video0", "cam"), PULSE),
    "linux-no-sound": (entry(Kind.CAMERA, v4l2.SOURCE, "/dev/video0", "cam"), None),
    "windows": (
        entry(Kind.CAMERA, dshow.SOURCE, "@device_pnp_cam", "cam"),
        entry(Kind.MICROPHONE, dshow.SOURCE, "@device_cm_mic", "mic"),
    ),
    "macos": (
        entry(Kind.CAMERA, avfoundation.SOURCE, "FaceTime HD Camera", "cam"),
        entry(Kind.MICROPHONE, avfoundation.SOURCE, "MacBook Microphone", "mic"),
    ),
    "file": (entry(Kind.CAMERA, file.SOURCE, "/clip.mp4", "clip"), PULSE),
    "pattern": (
        entry(Kind.CAMERA, pattern.SOURCE, "testsrc2", "p"),
        entry(Kind.MICROPHONE, pattern.SOURCE, "sine", "p"),
    ),
}
SCREENS = {
    "x11": entry(Kind.SCREEN, x11.SOURCE, ":0.0", "s"),
    "gdigrab": entry(Kind.SCREEN, gdigrab.SOURCE, "desktop", "s"),
    "ddagrab": entry(Kind.SCREEN, ddagrab.SOURCE, "0", "s"),
    "avfoundation": entry(Kind.SCREEN, avfoundation.SOURCE, "Capture screen 0", "s"),
    "pattern": entry(Kind.SCREEN, pattern.SOURCE, "testsrc2", "s"),
}


def camera(name: str, *, keep: bool) -> list[str]:
    device, microphone = CAMERAS[name]
    inputs = camera_inputs(device, microphone, 15, 640)
    return camera_command(Path("ffmpeg"), inputs, Quality(), Outlets(1, 2, 3), sound=microphone is not None, keep=keep)


def screen(name: str, *, keep: bool) -> list[str]:
    return screen_command(Path("ffmpeg"), screen_input(SCREENS[name], 5), Quality(), Outlets(1, 2, 3), keep=keep)


@pytest.mark.parametrize("name", CAMERAS)
def test_camera_recorded(name: str) -> None:
    assert camera(name, keep=True) == GOLDEN[f"camera-{name}"]


@pytest.mark.parametrize("name", SCREENS)
def test_screen_recorded(name: str) -> None:
    assert screen(name, keep=True) == GOLDEN[f"screen-{name}"]


@pytest.mark.parametrize("name", CAMERAS)
def test_monitoring_keeps_nothing(name: str) -> None:
    words = camera(name, keep=False)
    assert words == GOLDEN[f"monitor-{name}"]
    assert "%06d.m4s" not in words


@pytest.mark.parametrize("name", SCREENS)
def test_watching_a_screen_keeps_nothing(name: str) -> None:
    assert "%06d.m4s" not in screen(name, keep=False)


@pytest.mark.parametrize("name", [*CAMERAS])
def test_what_the_notes_demand(name: str) -> None:
    words = camera(name, keep=True)
    text = " ".join(words)
    assert "flush_packets=1" in text
    assert "-individual_header_trailer 0" in text
    assert "-tune zerolatency" in text
    assert "-fps_mode cfr" in text
    assert ("-isync 0" in text) == (name == "linux")
    before_recording = text.split("%06d.m4s")[0].split("[s1];")[0]
    assert "fps=" not in before_recording.replace("rate=", "")  # frames are counted by the encoder, not a filter


def test_a_microphone_is_no_camera() -> None:
    with pytest.raises(NoDevice):
        camera_inputs(PULSE, None, 15, 640)
    with pytest.raises(NoDevice):
        screen_input(PULSE, 5)
