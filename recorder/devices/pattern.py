"""Test pictures and tones made by ffmpeg itself: tests only."""

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import OWN_PACE, Input, Kind, entry, locator

SOURCE = "pattern"


def devices() -> list[DeviceEntry]:
    """A moving picture as camera and as screen, and a tone."""
    return [
        entry(Kind.CAMERA, SOURCE, "testsrc2", "测试图案 / test picture"),
        entry(Kind.MICROPHONE, SOURCE, "sine", "测试音 / test tone"),
        entry(Kind.SCREEN, SOURCE, "testsrc2", "测试屏幕 / test screen"),
    ]


def camera_input(device: DeviceEntry, fps: int, width: int) -> Input:
    """The picture at its own pace."""
    url = f"{locator(device)}=size={width}x{width * 3 // 4}:rate={fps}"
    return Input(url=url, fmt="lavfi", options={"thread_queue_size": 64, **OWN_PACE})


def microphone_input(device: DeviceEntry) -> Input:
    """The tone at its own pace."""
    return Input(
        url=f"{locator(device)}=frequency=440:sample_rate=48000",
        fmt="lavfi",
        options={"thread_queue_size": 512, **OWN_PACE},
    )


def screen_input(device: DeviceEntry, fps: int) -> Input:
    """The picture in the size of a screen."""
    return Input(
        url=f"{locator(device)}=size=1280x720:rate={fps}",
        fmt="lavfi",
        options={"thread_queue_size": 16, **OWN_PACE},
    )
