"""Reading fragmented MP4 (ISO/IEC 14496-12) just far enough to tell the truth about a segment.

Owns: which bytes are whole fragments, and from when to when they last. Never decodes a frame, never writes.
Only box headers and ``moof``/``moov`` are read; ``mdat`` is skipped over.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from domain.errors import SegmentTruncated
from host.durable import translate

_MOOF_LIMIT = 1 << 22
_TOP = (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx", b"free", b"skip", b"prft", b"emsg", b"mfra")


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """One MP4 track of a run: ticks per second, ``vide`` or ``soun``, and the default sample duration in ticks."""

    timescale: int
    handler: str
    default_duration: int


@dataclass(frozen=True, slots=True)
class InitFacts:
    """What init.mp4 says: MP4 track id → info."""

    tracks: dict[int, TrackInfo]

    @property
    def lead(self) -> int:
        """The track that times are told by: video when there is one."""
        video = [number for number, info in self.tracks.items() if info.handler == "vide"]
        return min(video or self.tracks)


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """What a segment holds, whole fragments only.

    ``whole_bytes`` of ``size`` bytes; ``start_ms`` to ``end_ms`` on the run's media clock; ``frames`` of the lead
    track; ``fragment_ends`` gives (byte, media ms) after each fragment of the lead track.
    """

    size: int
    whole_bytes: int
    start_ms: int
    end_ms: int
    frames: int
    fragment_ends: tuple[tuple[int, int], ...]

    @property
    def whole(self) -> bool:
        """The file ends exactly where its last fragment ends."""
        return 0 < self.whole_bytes == self.size

    @property
    def duration_ms(self) -> int:
        """Milliseconds of footage."""
        return self.end_ms - self.start_ms


def read_init(path: Path) -> InitFacts:
    """What init.mp4 at ``path`` says; raises SegmentTruncated when its ``moov`` is not whole, StorageError."""
    with translate(path):
        raw = path.read_bytes()
    tracks: dict[int, tuple[int, str]] = {}
    defaults: dict[int, int] = {}
    for name, body in _boxes(raw):
        if name != b"moov":
            continue
        for inner, content in _boxes(body):
            if inner == b"trak":
                number, info = _trak(content)
                tracks[number] = info
            elif inner == b"mvex":
                for leaf, trex in _boxes(content):
                    if leaf == b"trex" and len(trex) >= 16:
                        defaults[_u32(trex, 4)] = _u32(trex, 12)
    if not tracks:
        raise SegmentTruncated(f"{path}: no whole moov box")
    return InitFacts({n: TrackInfo(scale, kind, defaults.get(n, 0)) for n, (scale, kind) in tracks.items()})


def inspect(path: Path, init: InitFacts) -> SegmentFacts:
    """What the segment at ``path`` holds; a file with no whole fragment has ``whole_bytes`` 0. Raises StorageError."""
    with translate(path), path.open("rb") as file:
        return _inspect(file, os.fstat(file.fileno()).st_size, init)


def _inspect(file: BinaryIO, size: int, init: InitFacts) -> SegmentFacts:
    lead = init.lead
    scale = init.tracks[lead].timescale
    at = whole = frames = 0
    start: int | None = None
    end = 0
    ends: list[tuple[int, int]] = []
    pending: tuple[int, int, int] | None = None  # (first tick, ticks, frames) of the lead track in the last moof
    seen_moof = False
    while size - at >= 8:
        file.seek(at)
        head = file.read(16)
        length, name = _u32(head, 0), head[4:8]
        header = 8
        if length == 1 and len(head) == 16:
            length, header = int.from_bytes(head[8:16], "big"), 16
        if length < header or name not in _TOP or at + length > size:
            break
        if name == b"moof":
            if length > _MOOF_LIMIT:
                break
            file.seek(at + header)
            pending = _moof(file.read(length - header), lead, init)
            seen_moof = True
        at += length
        if name == b"mdat" and seen_moof:
            seen_moof = False
            whole = at
            if pending is not None:
                first, ticks, count = pending
                start = first if start is None else min(start, first)
                end = max(end, first + ticks)
                frames += count
                ends.append((whole, end * 1000 // scale))
                pending = None
        elif name != b"moof" and whole:
            whole = at  # a whole box behind the last fragment (mfra)
    if start is None:
        return SegmentFacts(size, 0, 0, 0, 0, ())
    return SegmentFacts(size, whole, start * 1000 // scale, end * 1000 // scale, frames, tuple(ends))


def _moof(raw: bytes, lead: int, init: InitFacts) -> tuple[int, int, int] | None:
    """(first tick, ticks, frames) of the lead track in one moof; None when it has none."""
    for name, body in _boxes(raw):
        if name != b"traf":
            continue
        number, default, first, ticks, count = 0, 0, 0, 0, 0
        for leaf, content in _boxes(body):
            if leaf == b"tfhd":
                number, default = _tfhd(content, init)
            elif leaf == b"tfdt" and content:
                first = int.from_bytes(content[4:12], "big") if content[0] == 1 else _u32(content, 4)
            elif leaf == b"trun":
                more, added = _trun(content, default)
                ticks += more
                count += added
        if number == lead and count:
            return first, ticks, count
    return None


def _tfhd(body: bytes, init: InitFacts) -> tuple[int, int]:
    flags = int.from_bytes(body[1:4], "big")
    number = _u32(body, 4)
    at = 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
    info = init.tracks.get(number)
    return number, _u32(body, at) if flags & 0x8 else (info.default_duration if info else 0)


def _trun(body: bytes, default: int) -> tuple[int, int]:
    """(ticks, samples) of one trun box."""
    flags = int.from_bytes(body[1:4], "big")
    count = _u32(body, 4)
    if not flags & 0x100:
        return count * default, count
    at = 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    step = 4 * bin(flags & 0xF00).count("1")
    count = min(count, max(0, len(body) - at) // step)
    return sum(_u32(body, at + i * step) for i in range(count)), count


def _trak(raw: bytes) -> tuple[int, tuple[int, str]]:
    number, scale, handler = 0, 1, ""
    for name, body in _boxes(raw):
        if name == b"tkhd" and body:
            number = _u32(body, 20 if body[0] == 1 else 12)
        elif name == b"mdia":
            for leaf, content in _boxes(body):
                if leaf == b"mdhd" and content:
                    scale = _u32(content, 20 if content[0] == 1 else 12) or 1
                elif leaf == b"hdlr":
                    handler = content[8:12].decode("latin-1")
    return number, (scale, handler)


def _boxes(raw: bytes) -> list[tuple[bytes, bytes]]:
    """(name, body) of the whole boxes in ``raw``; stops at the first that is not whole."""
    found, at = [], 0
    while len(raw) - at >= 8:
        length, header = _u32(raw, at), 8
        if length == 1 and len(raw) - at >= 16:
            length, header = int.from_bytes(raw[at + 8 : at + 16], "big"), 16
        if length < header or at + length > len(raw):
            break
        found.append((raw[at + 4 : at + 8], raw[at + header : at + length]))
        at += length
    return found


def _u32(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "big")
