"""What the device modules share: how a device is named, and how ffmpeg opens it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from domain.wire.recorder import DeviceEntry

# What is not a device, read at its own pace. Without the usual first half second in one go (ffmpeg 6.1 and newer have
# the option): media time would run so far ahead of the clock (measured).
OWN_PACE: Mapping[str, str | float | None] = MappingProxyType({"re": None, "readrate_initial_burst": 0.05})


class Kind(StrEnum):
    """What a device gives."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Input:
    """One ffmpeg input: ``-f fmt options -i url``.

    ``epoch`` says that its timestamps are the wall clock's, so that the start ffmpeg prints is a moment and inputs can
    be aligned on it. ``audio_in`` tells that sound comes in the same input (dshow, avfoundation).
    """

    url: str
    fmt: str = ""
    options: Mapping[str, str | float | None] = field(default_factory=dict)
    epoch: bool = False
    audio_in: bool = False


def entry(kind: Kind, source: str, locator: str, name: str, *, usable: bool = True, why_not: str = "") -> DeviceEntry:
    """A device of ``source``; its id is ``source:kind:locator`` and says all that is needed to open it."""
    return DeviceEntry(
        id=f"{source}:{kind.value}:{locator}",
        kind=kind.value,
        source=source,
        name=name,
        usable=usable,
        why_not=why_not,
    )


def locator(device: DeviceEntry) -> str:
    """The part of the id after source and kind: a path, a server's name for it, a display."""
    return device.id.split(":", 2)[2]
