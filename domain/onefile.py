"""Footage of many segments as one file whose clock is the reviewer's: time since the first piece, gaps left as gaps.

Owns moving fragments of MP4 (ISO/IEC 14496-12) and clusters of WebM (RFC 8794, RFC 9559) to another moment; frames are
not touched. Pure: bytes in, bytes out. Reads what was verified or remuxed by the center, and says FootageDamaged of
anything that is not whole.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import FootageDamaged

_PARENTS = (b"moov", b"trak", b"mdia", b"traf", b"moof")
_CLUSTER, _TIMESTAMP, _SEGMENT, _EBML = 0x1F43B675, 0xE7, 0x18538067, 0x1A45DFA3
_TRACKS, _INFO = 0x1654AE6B, 0x1549A966
_SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK = 0xA3, 0xA0, 0xA1
_UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"  # a size of eight bytes that says: until the end
_SCALE_NS = 1_000_000
_NAME = b"zhishi"


# -- MP4 -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mp4Clock:
    """Ticks per second of each track of an init file, and the track whose time counts (the picture's)."""

    scales: dict[int, int]
    lead: int


def mp4_clock(init: bytes) -> Mp4Clock:
    """What ``init`` (ftyp and moov) says of its tracks."""
    scales: dict[int, int] = {}
    lead: int | None = None
    for name, start, end in _boxes(init, 0, len(init)):
        if name == b"trak":
            number, scale, picture = _track(init, start, end)
            scales[number] = scale
            lead = number if picture and lead is None else lead
    if not scales:
        raise FootageDamaged("no tracks in its init file")
    return Mp4Clock(scales, min(scales) if lead is None else lead)


def mp4_start_ms(segment: bytes, clock: Mp4Clock) -> int:
    """When the first fragment of the leading track begins, on the run's own clock."""
    for number, _, version, at in _decode_times(segment):
        if number == clock.lead:
            return _ticks(segment, version, at) * 1000 // clock.scales[number]
    raise FootageDamaged("no fragment of the picture in it")


def mp4_moved(segment: bytes, clock: Mp4Clock, by_ms: int, sequence: int) -> tuple[bytes, int]:
    """``segment`` with every fragment ``by_ms`` later, numbered from ``sequence``; and the next number."""
    moved = bytearray(segment)
    for name, start, _ in _boxes(segment, 0, len(segment)):
        if name == b"mfhd":
            struct.pack_into(">I", moved, start + 4, sequence & 0xFFFFFFFF)
            sequence += 1
    for number, _, version, at in _decode_times(segment):
        ticks = _ticks(segment, version, at) + by_ms * clock.scales.get(number, 1000) // 1000
        if ticks < 0 or (version == 0 and ticks >= 1 << 32):
            raise FootageDamaged("a fragment that cannot be moved")
        struct.pack_into(">Q" if version else ">I", moved, at, ticks)
    return bytes(moved), sequence


def mp4_split(clip: bytes) -> tuple[bytes, bytes]:
    """(init, fragments) of a fragmented file that holds both."""
    for name, start, _ in _boxes(clip, 0, len(clip)):
        if name == b"moof":
            return clip[: start - 8], clip[start - 8 :]
    raise FootageDamaged("no fragments in it")


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, start, end of its body) of every box, parents first; raises FootageDamaged."""
    while at < end:
        if end - at < 8:
            raise FootageDamaged("cut inside a box")
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        header = 8
        if size == 1 and end - at >= 16:
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if size < header or at + size > end:
            raise FootageDamaged(f"box {name!r} is not whole")
        yield name, at + header, at + size
        if name in _PARENTS:
            yield from _boxes(data, at + header, at + size)
        at += size


def _track(init: bytes, start: int, end: int) -> tuple[int, int, bool]:
    number = scale = 0
    picture = False
    for name, body, stop in _boxes(init, start, end):
        long = stop > body and init[body] == 1
        if name == b"tkhd":
            number = int.from_bytes(init[body + (20 if long else 12) : body + (24 if long else 16)], "big")
        elif name == b"mdhd":
            scale = int.from_bytes(init[body + (20 if long else 12) : body + (24 if long else 16)], "big")
        elif name == b"hdlr":
            picture = init[body + 8 : body + 12] == b"vide"
    if not number or not scale:
        raise FootageDamaged("a track without number or clock")
    return number, scale, picture


def _decode_times(segment: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(track, end of its traf, version, where its decode time stands) of every track fragment."""
    number = 0
    for name, start, end in _boxes(segment, 0, len(segment)):
        if name == b"tfhd":
            number = int.from_bytes(segment[start + 4 : start + 8], "big")
        elif name == b"tfdt":
            version = segment[start] if end > start else 0
            if end - start < (12 if version else 8):
                raise FootageDamaged("a fragment's time is not whole")
            yield number, end, version, start + 4


def _ticks(segment: bytes, version: int, at: int) -> int:
    return int.from_bytes(segment[at : at + (8 if version else 4)], "big")


# -- WebM ----------------------------------------------------------------------------------------------------------


def webm_head(clip: bytes, lasts_ms: int = 0) -> bytes:
    """What a file of one or many clips begins with: the tracks of ``clip``, and how long all lasts (0: unsaid)."""
    tracks = head = b""
    for number, start, _, end in _elements(clip, 0, len(clip)):
        if number == _EBML:
            head = clip[start:end]
        elif number == _TRACKS:
            tracks = clip[start:end]
        elif number == _CLUSTER:
            break
    if not tracks or not head:
        raise FootageDamaged("no tracks in it")
    info = _element(0x2AD7B1, _SCALE_NS.to_bytes(3, "big"))
    info += _element(0x4489, struct.pack(">d", float(lasts_ms))) if lasts_ms else b""
    info += _element(0x4D80, _NAME) + _element(0x5741, _NAME)
    return head + _SEGMENT.to_bytes(4, "big") + _UNKNOWN + _element(_INFO, info) + tracks


def webm_moved(clip: bytes, by_ms: int) -> bytes:
    """The clusters of ``clip``, ``by_ms`` later, their blocks in the order of time.

    (Muxers write sound a little ahead of pictures; browsers refuse a block that is earlier than the one before it.)
    """
    moved = []
    for number, _, body, end in _elements(clip, 0, len(clip)):
        if number != _CLUSTER:
            continue
        at_ms, rest, blocks = 0, [], []
        for inner, start, value, stop in _elements(clip, body, end):
            if inner == _TIMESTAMP:
                at_ms = int.from_bytes(clip[value:stop], "big")
            elif inner in (_SIMPLE_BLOCK, _BLOCK_GROUP):
                blocks.append((_block_ms(clip, inner, value, stop), clip[start:stop]))
            else:
                rest.append(clip[start:stop])
        if at_ms + by_ms < 0:
            raise FootageDamaged("a cluster that cannot be moved")
        time = _element(_TIMESTAMP, (at_ms + by_ms).to_bytes(8, "big"))
        in_order = [block for _, block in sorted(blocks, key=lambda one: one[0])]
        moved.append(_element(_CLUSTER, b"".join((time, *rest, *in_order))))
    if not moved:
        raise FootageDamaged("no clusters in it")
    return b"".join(moved)


def _block_ms(data: bytes, kind: int, at: int, end: int) -> int:
    """When a block is, from its cluster's time on."""
    if kind == _BLOCK_GROUP:
        at = next((body for number, _, body, _ in _elements(data, at, end) if number == _BLOCK), end)
    after_track = at + (9 - data[at].bit_length() if at < end else 1)
    if after_track + 2 > end:
        raise FootageDamaged("a block without time")
    return int.from_bytes(data[after_track : after_track + 2], "big", signed=True)


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(id, start, start of its body, end) of every element; a segment's own elements in its place."""
    while at < end:
        start = at
        width = 9 - data[at].bit_length()
        number = int.from_bytes(data[at : at + width], "big")
        at += width
        if width > 4 or at >= end:
            raise FootageDamaged("cut inside an element")
        width = 9 - data[at].bit_length()
        size = int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1)
        if width > 8 or at + width > end:
            raise FootageDamaged("an element of no size")
        unknown = size == (1 << 7 * width) - 1
        at += width
        if number == _SEGMENT:
            continue  # its elements follow, whether its size is known or not
        if unknown or at + size > end:
            raise FootageDamaged(f"element {number:x} is not whole")
        yield number, start, at, at + size
        at += size


def _element(number: int, body: bytes) -> bytes:
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + (len(body) | 1 << 56).to_bytes(8, "big") + body
