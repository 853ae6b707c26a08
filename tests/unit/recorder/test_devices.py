"""Listing parsers over what the systems really print."""

from pathlib import Path

import pytest

from domain.errors import NoDevice
from domain.wire.recorder import CaptureOrder
from recorder.config import Desktop, RecorderConfig, StandIns, bundled_ffmpeg
from recorder.devices import alsa, avfoundation, dshow, pulse, v4l2, x11
from recorder.devices.catalog import NONE, Missing, choose, list_devices, replacement
from recorder.devices.source import Kind, entry, locator

DSHOW = """
[dshow @ 000001d7] "Integrated Camera" (video)
[dshow @ 000001d7]   Alternative name "@device_pnp_\\\\?\\usb#vid_04f2"
[dshow @ 000001d7] "OBS Virtual Camera" (video)
[dshow @ 000001d7]   Alternative name "@device_sw_{860BB310}"
[dshow @ 000001d7] "麦克风阵列 (Realtek(R) Audio)" (audio)
[dshow @ 000001d7]   Alternative name "@device_cm_{33D9A762}"
[dshow @ 000001d7] "Capture Stick" (video, audio)
[in#0 @ 000001d7] Error opening input: Immediate exit requested
"""
DSHOW_OLD = """
[dshow @ 0000] DirectShow video devices (some may be both video and audio devices)
[dshow @ 0000]  "USB2.0 HD UVC WebCam"
[dshow @ 0000]     Alternative name "@device_pnp_cam"
[dshow @ 0000] DirectShow audio devices
[dshow @ 0000]  "Microphone"
[dshow @ 0000]     Alternative name "@device_cm_mic"
dummy: Immediate exit requested
"""
AVF = """
[AVFoundation indev @ 0x7f] AVFoundation video devices:
[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f] [1] Capture screen 0
[AVFoundation indev @ 0x7f] AVFoundation audio devices:
[AVFoundation indev @ 0x7f] [0] MacBook Pro Microphone
: Input/output error
"""
PCM = """00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
"""


def ids(found: list) -> list[str]:  # type: ignore[type-arg]
    return [device.id for device in found]


def test_directshow() -> None:
    assert ids(dshow.parse_devices(DSHOW)) == [
        "dshow:camera:@device_pnp_\\\\?\\usb#vid_04f2",
        "dshow:camera:@device_sw_{860BB310}",
        "dshow:microphone:@device_cm_{33D9A762}",
        "dshow:camera:Capture Stick",
        "dshow:microphone:Capture Stick",
    ]
    assert dshow.parse_devices(DSHOW)[2].name == "麦克风阵列 (Realtek(R) Audio)"


def test_directshow_with_headings() -> None:
    assert ids(dshow.parse_devices(DSHOW_OLD)) == ["dshow:camera:@device_pnp_cam", "dshow:microphone:@device_cm_mic"]


def test_avfoundation() -> None:
    assert ids(avfoundation.parse_devices(AVF)) == [
        "avfoundation:camera:FaceTime HD Camera",
        "avfoundation:screen:Capture screen 0",
        "avfoundation:microphone:MacBook Pro Microphone",
    ]


def test_alsa() -> None:
    (only,) = alsa.parse_pcm(PCM, supported=False)
    assert locator(only) == "plughw:0,0"
    assert not only.usable
    assert only.why_not


def test_v4l2_from_sysfs(tmp_path: Path) -> None:
    sysfs, dev = tmp_path / "sys", tmp_path / "dev"
    dev.mkdir()
    for name, index in (("video0", "0"), ("video1", "1"), ("video2", "0"), ("v4l-subdev0", "0")):
        (sysfs / name).mkdir(parents=True)
        (sysfs / name / "index").write_text(index + "\n")
        (sysfs / name / "name").write_text(f"Camera {name}\n")
    (dev / "video0").touch()
    found = v4l2.cameras(sysfs, dev)
    assert [(device.name, device.usable) for device in found] == [("Camera video0", True), ("Camera video2", False)]
    assert v4l2.cameras(tmp_path / "none") == []


def test_pulse_monitors_are_no_microphones() -> None:
    raw = [
        {"name": "mic", "description": "Mic", "properties": {"device.class": "sound"}},
        {"name": "sink.monitor", "properties": {"device.class": "monitor"}},
    ]
    assert [device.usable for device in pulse.parse_sources(raw, allow_monitors=False)] == [True, False]
    assert [device.usable for device in pulse.parse_sources(raw, allow_monitors=True)] == [True, True]
    assert pulse.parse_sources(None, allow_monitors=True) == []


def test_where_a_stream_hangs() -> None:
    sources = [{"index": 0, "name": "mic"}, {"index": 1, "name": "other"}]
    outputs = [{"source": 1, "properties": {"application.process.id": "42"}}]
    assert pulse.parse_stream_source(outputs, 42) == 1
    assert pulse.parse_stream_source(outputs, 43) is None
    assert pulse.parse_stream_source(None, 42) is None
    assert pulse.parse_source_names(sources) == {0: "mic", 1: "other"}
    assert pulse.parse_source_names(None) == {}


def test_wayland_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "X0").touch()
    assert x11.screens(":0", "", "x11", tmp_path)[0].usable
    for wayland, kind in (("wayland-0", ""), ("", "wayland")):
        (screen,) = x11.screens(":0", wayland, kind, tmp_path)
        assert not screen.usable
        assert "Wayland" in screen.why_not
    assert not x11.screens(":7", "", "", tmp_path)[0].usable
    assert x11.screens("", "", "", tmp_path) == []


CAMERA = entry(Kind.CAMERA, "v4l2", "/dev/video0", "cam")
CLIP = entry(Kind.CAMERA, "file", "/clip.mp4", "clip")
MIC = entry(Kind.MICROPHONE, "pulse", "mic", "mic")
MIC2 = entry(Kind.MICROPHONE, "pulse", "mic2", "mic2")
SCREEN = entry(Kind.SCREEN, "x11", ":0", "screen")


def test_real_devices_come_first() -> None:
    chosen = choose(CaptureOrder(), [CLIP, CAMERA, MIC, SCREEN])
    assert (chosen.camera, chosen.microphone, chosen.screen) == (CAMERA, MIC, SCREEN)
    assert choose(chosen.order("s"), [CAMERA, CLIP, MIC2, MIC, SCREEN]) == chosen


def test_missing_devices() -> None:
    with pytest.raises(NoDevice):
        choose(CaptureOrder(), [CAMERA, SCREEN])
    assert choose(CaptureOrder(), [CAMERA], Missing.LEFT_OUT).screen is None
    assert choose(CaptureOrder(microphone=NONE), [CAMERA, SCREEN]).microphone is None
    with pytest.raises(NoDevice):
        choose(CaptureOrder(camera=CAMERA.id), [MIC, SCREEN])
    gone = choose(CaptureOrder(camera=CAMERA.id), [MIC, SCREEN], Missing.WAITED_FOR).camera
    assert gone is not None
    assert (gone.id, gone.source, locator(gone)) == (CAMERA.id, "v4l2", "/dev/video0")
    with pytest.raises(NoDevice):
        choose(CaptureOrder(camera="nonsense"), [MIC, SCREEN], Missing.WAITED_FOR)


def test_a_stand_in_never_replaces_a_lost_device() -> None:
    assert replacement(CAMERA, [CLIP, MIC]) is None
    assert replacement(MIC, [CLIP, MIC, MIC2]) == MIC2


def test_stand_ins_are_listed_only_when_handed_in(tmp_path: Path) -> None:
    bare = RecorderConfig(ffmpeg=bundled_ffmpeg(), desktop=Desktop(environ=(("PATH", "/nowhere"),)))
    assert not [device for device in list_devices(bare) if device.source in ("file", "pattern")]
    clip = tmp_path / "clip.mp4"
    given = RecorderConfig(ffmpeg=bundled_ffmpeg(), stand_ins=StandIns(files=(clip,), patterns=True))
    listed = [device for device in list_devices(given) if device.source in ("file", "pattern")]
    assert [(device.source, device.usable) for device in listed] == [("file", False), *[("pattern", True)] * 3]
