"""Microphones through PulseAudio (or PipeWire in its place), listed by ``pactl``; PULSE_SERVER is respected.

When a microphone is pulled out PulseAudio silently moves the stream to another source (measured), so the recorder
asks now and then which source its own stream hangs on.
"""

import json
import subprocess
from typing import Any

from domain.wire.recorder import DeviceEntry
from recorder.devices.source import Input, Kind, entry, locator

SOURCE = "pulse"
_PATIENCE_S = 5.0


def microphones(environ: dict[str, str], *, allow_monitors: bool) -> list[DeviceEntry]:
    """Every source of the server; [] when there is no server or no ``pactl``.

    A monitor (what the loudspeaker plays) is no microphone and only usable as a stand-in.
    """
    return parse_sources(_ask(environ, "sources"), allow_monitors=allow_monitors)


def parse_sources(raw: Any, *, allow_monitors: bool) -> list[DeviceEntry]:
    """Entries for what ``pactl -f json list sources`` answered."""
    found = []
    for source in raw if isinstance(raw, list) else []:
        name = source.get("name", "")
        monitor = source.get("properties", {}).get("device.class") == "monitor"
        usable = bool(name) and (allow_monitors or not monitor)
        found.append(
            entry(
                Kind.MICROPHONE,
                SOURCE,
                name,
                source.get("description") or name,
                usable=usable,
                why_not="" if usable else "扬声器回录，不是麦克风 / records the loudspeaker, no microphone",
            )
        )
    return found


def microphone_input(device: DeviceEntry) -> Input:
    """Small fragments keep the level meter quick; the start printed by ffmpeg is the wall clock."""
    return Input(
        url=locator(device),
        fmt="pulse",
        options={
            "thread_queue_size": 512,
            "probesize": 32,
            "analyzeduration": 0,
            "fragment_size": 3840,
            "sample_rate": 48000,
            "channels": 1,
        },
        epoch=True,
    )


class StreamWatch:
    """Tells which source a process records from; one question to the server each time, two when a source is new.

    (Each question costs a program's start, about 0.3 % of a core at one in 3 s: names are remembered by index, which
    the server never uses twice.)
    """

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ
        self._names: dict[int, str] = {}

    def source_of(self, pid: int) -> str | None:
        """Name of the source that process ``pid`` records from now; None when that cannot be told."""
        index = parse_stream_source(_ask(self._environ, "source-outputs"), pid)
        if index is not None and index not in self._names:
            self._names = parse_source_names(_ask(self._environ, "sources"))
        return None if index is None else self._names.get(index)


def parse_stream_source(outputs: Any, pid: int) -> int | None:
    """Index of the source that the stream of ``pid`` hangs on, from ``pactl list source-outputs``."""
    for stream in outputs if isinstance(outputs, list) else []:
        if stream.get("properties", {}).get("application.process.id") == str(pid):
            index = stream.get("source")
            return index if isinstance(index, int) else None
    return None


def parse_source_names(sources: Any) -> dict[int, str]:
    """Index → name, from ``pactl list sources``."""
    named = sources if isinstance(sources, list) else []
    return {source["index"]: source["name"] for source in named if {"index", "name"} <= source.keys()}


def _ask(environ: dict[str, str], what: str) -> Any:
    try:
        done = subprocess.run(
            ["pactl", "-f", "json", "list", what],
            env={**environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None  # no pactl, no server, or one that does not answer: nothing can be listed
