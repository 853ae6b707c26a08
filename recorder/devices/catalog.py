"""All devices of this machine in one list, and the choice among them.

A stand-in (clip, pattern, loudspeaker monitor) is listed only when the configuration hands it in, and is never chosen
for an order that left the choice open unless no real device of its kind was asked for and stand-ins are allowed.
"""

import functools
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from domain.errors import NoDevice, RecordingFailed
from domain.wire.recorder import CaptureOrder, DeviceEntry
from recorder.config import RecorderConfig
from recorder.devices import alsa, avfoundation, ddagrab, dshow, file, gdigrab, pattern, pulse, v4l2, x11
from recorder.devices.source import Input, Kind, entry, locator

NONE = "none"  # in an order: this kind is not recorded
_STAND_INS = (file.SOURCE, pattern.SOURCE)
_LIST_PATIENCE_S = 10.0


class Missing(Enum):
    """What happens to a kind of device that is not there."""

    REFUSED = "refused"  # a recording does not begin without camera, microphone and screen
    LEFT_OUT = "left_out"  # the device check shows what there is
    WAITED_FOR = "waited_for"  # a recording that goes on keeps trying the named device


@dataclass(frozen=True, slots=True)
class Chosen:
    """The devices of one recording; what is None is not recorded."""

    camera: DeviceEntry | None
    microphone: DeviceEntry | None
    screen: DeviceEntry | None

    def order(self, session: str | None) -> CaptureOrder:
        """The order that names exactly these devices."""
        camera, microphone, screen = (d.id if d else NONE for d in (self.camera, self.microphone, self.screen))
        return CaptureOrder(session=session, camera=camera, microphone=microphone, screen=screen)


def list_devices(config: RecorderConfig, platform: str = sys.platform) -> list[DeviceEntry]:
    """Everything that can be recorded now; blocks for up to some seconds (asks servers and ffmpeg)."""
    if platform == "win32":
        found = dshow.parse_devices(_ffmpeg_says(config, dshow.LIST_ARGS))
        screens = ddagrab.screens() + gdigrab.screens()
        supported = _demuxers(config.ffmpeg)
        found += [s for s in screens if s.source != ddagrab.SOURCE or "lavfi" in supported]
    elif platform == "darwin":
        found = avfoundation.parse_devices(_ffmpeg_says(config, avfoundation.LIST_ARGS))
    else:
        desktop = config.desktop
        found = v4l2.cameras()
        found += pulse.microphones(dict(desktop.environ), allow_monitors=config.stand_ins.monitors)
        found += alsa.microphones(supported="alsa" in _demuxers(config.ffmpeg))
        found += x11.screens(desktop.display, desktop.wayland, desktop.session_type)
    found += file.cameras(config.stand_ins.files)
    if config.stand_ins.patterns:
        found += pattern.devices()
    return found


def choose(order: CaptureOrder, devices: Iterable[DeviceEntry], missing: Missing = Missing.REFUSED) -> Chosen:
    """The devices an order names; None takes the first usable one, real ones first, the word ``none`` takes none.

    Raises NoDevice when a device is not there or not usable (unless ``missing`` says otherwise), and when neither
    camera nor screen is left.
    """
    listed = list(devices)
    chosen = Chosen(
        camera=_pick(Kind.CAMERA, order.camera, listed, missing),
        microphone=_pick(Kind.MICROPHONE, order.microphone, listed, missing),
        screen=_pick(Kind.SCREEN, order.screen, listed, missing),
    )
    if chosen.camera is None and chosen.screen is None:
        raise NoDevice("摄像头与屏幕 / neither camera nor screen")
    return chosen


def replacement(lost: DeviceEntry, devices: Iterable[DeviceEntry]) -> DeviceEntry | None:
    """Another usable real device of the same kind; None when there is none."""
    others = [d for d in devices if d.kind == lost.kind and d.usable and d.id != lost.id]
    return next((d for d in others if d.source not in _STAND_INS), None)


def present(device: DeviceEntry) -> bool:
    """The device still seems to be there, as far as that can be told without opening it."""
    if device.source == v4l2.SOURCE:
        return v4l2.present(device)
    if device.source == x11.SOURCE:
        return x11.present(device)
    return device.source != file.SOURCE or file.present(device)


def camera_inputs(camera: DeviceEntry, microphone: DeviceEntry | None, fps: int, width: int) -> list[Input]:
    """How ffmpeg opens camera and microphone: one input or two. Raises NoDevice for pairs that do not go together."""
    if camera.source == dshow.SOURCE:
        return [dshow.camera_input(camera, microphone, fps, width)]
    if camera.source == avfoundation.SOURCE:
        return [avfoundation.camera_input(camera, microphone, fps, width)]
    if camera.source == v4l2.SOURCE:
        first = v4l2.camera_input(camera, fps, width)
    elif camera.source == file.SOURCE:
        first = file.camera_input(camera)
    elif camera.source == pattern.SOURCE:
        first = pattern.camera_input(camera, fps, width)
    else:
        raise NoDevice(f"{camera.id}: {camera.source} gives no camera")
    return [first] if microphone is None else [first, _microphone_input(microphone)]


def screen_input(screen: DeviceEntry, fps: int) -> Input:
    """How ffmpeg opens the screen; raises NoDevice."""
    if screen.source == x11.SOURCE:
        return x11.screen_input(screen, fps)
    if screen.source == ddagrab.SOURCE:
        return ddagrab.screen_input(screen, fps)
    if screen.source == gdigrab.SOURCE:
        return gdigrab.screen_input(fps)
    if screen.source == avfoundation.SOURCE:
        return avfoundation.screen_input(screen, fps)
    if screen.source == pattern.SOURCE:
        return pattern.screen_input(screen, fps)
    raise NoDevice(f"{screen.id}: {screen.source} gives no screen")


def pulse_name(microphone: DeviceEntry | None) -> str | None:
    """The PulseAudio source that this microphone is; None for any other."""
    return locator(microphone) if microphone is not None and microphone.source == pulse.SOURCE else None


def _microphone_input(microphone: DeviceEntry) -> Input:
    if microphone.source == pulse.SOURCE:
        return pulse.microphone_input(microphone)
    if microphone.source == alsa.SOURCE:
        return alsa.microphone_input(microphone)
    if microphone.source == pattern.SOURCE:
        return pattern.microphone_input(microphone)
    raise NoDevice(f"{microphone.id}: {microphone.source} gives no microphone here")


def _pick(kind: Kind, wanted: str | None, devices: list[DeviceEntry], missing: Missing) -> DeviceEntry | None:
    if wanted == NONE:
        return None
    of_kind = [device for device in devices if device.kind == kind.value]
    if wanted is None:
        usable = sorted((d for d in of_kind if d.usable), key=lambda d: d.source in _STAND_INS)
        if not usable and missing is Missing.REFUSED:
            raise NoDevice("; ".join([kind.value, *(d.why_not for d in of_kind)]))
        return usable[0] if usable else None
    named = next((device for device in of_kind if device.id == wanted), None)
    if named is not None and named.usable:
        return named
    if missing is Missing.WAITED_FOR:
        return named or _from_id(kind, wanted)
    raise NoDevice(f"{wanted}: {named.why_not}" if named is not None else wanted)


def _from_id(kind: Kind, wanted: str) -> DeviceEntry:
    """A device known by its id alone: it was there when it was chosen."""
    source, _, rest = wanted.partition(":")
    named, _, place = rest.partition(":")
    if named != kind.value or not place:
        raise NoDevice(wanted)
    return entry(kind, source, place, place)


def _ffmpeg_says(config: RecorderConfig, args: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            [config.ffmpeg, *args],
            env=dict(config.desktop.environ) or None,
            capture_output=True,
            timeout=_LIST_PATIENCE_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as why:
        raise RecordingFailed(f"{config.ffmpeg}: {why}") from why
    return done.stderr.decode(errors="replace")  # a list of devices always ends in an "error": nothing was opened


@functools.cache
def _demuxers(ffmpeg: Path) -> frozenset[str]:
    """Input devices this ffmpeg was built with."""
    try:
        done = subprocess.run(
            [ffmpeg, "-hide_banner", "-devices"], capture_output=True, timeout=_LIST_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as why:
        raise RecordingFailed(f"{ffmpeg}: {why}") from why
    names: set[str] = set()
    for line in done.stdout.decode(errors="replace").splitlines():
        words = line.split()
        if len(words) >= 2 and "D" in words[0] and set(words[0]) <= {"D", "E", "."}:
            names.update(words[1].split(","))
    return frozenset(names)
