"""Microphones through ALSA alone, listed from /proc/asound. Needs an ffmpeg with ALSA (the bundled one has none)."""

import re
from pathlib import Path

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry, locator

SOURCE = "alsa"
PCM_LIST = Path("/proc/asound/pcm")
_LINE = re.compile(r"(\d+)-(\d+): [^:]*: ([^:]*?) *:(.*)")


def microphones(*, supported: bool, listing: Path = PCM_LIST) -> list[DeviceEntry]:
    """Every capture PCM; not usable when this ffmpeg has no ALSA."""
    try:
        raw = listing.read_text(errors="replace")
    except OSError:
        return []  # a machine without ALSA
    return parse_pcm(raw, supported=supported)


def parse_pcm(raw: str, *, supported: bool) -> list[DeviceEntry]:
    """Entries for the text of /proc/asound/pcm: ``00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1``."""
    found = []
    for line in raw.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None or "capture" not in match.group(4):
            continue
        card, number, name = int(match.group(1)), int(match.group(2)), match.group(3)
        found.append(
            entry(
                Kind.MICROPHONE,
                SOURCE,
                f"plughw:{card},{number}",
                name,
                usable=supported,
                why_not="" if supported else "此 ffmpeg 不支持 ALSA / this ffmpeg has no ALSA",
            )
        )
    return found


def microphone_input(device: DeviceEntry) -> Input:
    """``plughw`` converts rate and channels in the library."""
    return Input(
        url=locator(device),
        fmt="alsa",
        options={"thread_queue_size": 512, "sample_rate": 48000, "channels": 1},
        epoch=True,
    )
