"""From chosen devices to what a capture runs. Pure composition of ``devices`` and ``arguments``."""

import sys

from domain.identity import Track
from domain.wire.recorder import DeviceEntry
from recorder.arguments import Outlets, camera_command, screen_command
from recorder.capture import Plan
from recorder.config import Quality, RecorderConfig
from recorder.devices.catalog import camera_inputs, pulse_name, screen_input
from recorder.views import Views

_MAC_PACKET = 9000  # macOS refuses larger datagrams


def camera_plan(
    config: RecorderConfig,
    quality: Quality,
    camera: DeviceEntry,
    microphone: DeviceEntry | None,
    views: Views,
    *,
    keep: bool,
) -> Plan:
    """Camera with microphone (or without one). Raises NoDevice for devices that do not go together."""
    inputs = camera_inputs(camera, microphone, quality.camera_fps, quality.camera_width)

    def command(outlets: Outlets) -> list[str]:
        return camera_command(
            config.ffmpeg,
            inputs,
            quality,
            outlets,
            sound=microphone is not None,
            keep=keep,
            extra=config.extra_ffmpeg,
        )

    return Plan(
        track=Track.CAMERA,
        command=command,
        fps=quality.camera_fps,
        devices=(camera,) if microphone is None else (camera, microphone),
        preview=views.preview.take,
        level=views.ear.take,
        pulse=pulse_name(microphone),
        epoch=inputs[0].epoch,
        packet=packet_size(),
    )


def screen_plan(config: RecorderConfig, quality: Quality, screen: DeviceEntry, views: Views, *, keep: bool) -> Plan:
    """The screen. Raises NoDevice."""
    source = screen_input(screen, quality.screen_fps)

    def command(outlets: Outlets) -> list[str]:
        return screen_command(config.ffmpeg, source, quality, outlets, keep=keep, extra=config.extra_ffmpeg)

    return Plan(
        track=Track.SCREEN,
        command=command,
        fps=quality.screen_fps,
        devices=(screen,),
        preview=views.screen.take,
        level=_unheard,
        epoch=source.epoch,
        packet=packet_size(),
    )


def packet_size(platform: str = sys.platform) -> int:
    """Largest datagram for pictures."""
    return _MAC_PACKET if platform == "darwin" else 65000


def _unheard(datagram: bytes, age_ns: int) -> None:
    """A screen has no sound."""
