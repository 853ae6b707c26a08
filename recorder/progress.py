"""ffmpeg's progress reports (``-progress``): one datagram each, every half second. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """What ffmpeg has written so far by its own account.

    ``media_ms`` of footage (None before the first packet), ``frames`` of the recorded picture, of which ``duplicated``
    are copies made to fill a constant rate; ``last`` when ffmpeg is ending.
    """

    media_ms: int | None
    frames: int
    duplicated: int
    last: bool


def parse(datagram: bytes) -> Report | None:
    """The report in ``datagram``; None when it is none (anybody on this machine may send to the port)."""
    fields: dict[str, str] = {}
    for line in datagram.decode("latin-1").splitlines():
        name, sign, value = line.partition("=")
        if sign:
            fields[name.strip()] = value.strip()
    if fields.get("progress") not in ("continue", "end"):
        return None
    media_us = _whole(fields.get("out_time_us", ""))
    return Report(
        media_ms=None if media_us is None or media_us < 0 else media_us // 1000,
        frames=_whole(fields.get("frame", "")) or 0,
        duplicated=_whole(fields.get("dup_frames", "")) or 0,
        last=fields["progress"] == "end",
    )


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None  # "N/A" until something was written
