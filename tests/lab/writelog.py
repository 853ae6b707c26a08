"""The write log of a virtual disk, and what a power cut leaves of it.

The format is that of the kernel's dm-log-writes, which qemu's ``blklogwrites`` writes too: a super block, then one
header sector per request with its data behind it, all little-endian. The log tells in which order requests were
answered; a disk promises only that what was answered before an answered FLUSH (or was itself written with FUA) stays.

Everything here is decided from the log and a handed-in chance; ``write_back`` is the only thing that writes.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from random import Random
from typing import BinaryIO

MAGIC, VERSION = 0x6A736677736872, 1
SUPER = struct.Struct("<QQQI")
HEADER = struct.Struct("<QQQQ")


class BadLog(ValueError):
    """Not a write log."""


class Flag(IntFlag):
    """What a request was."""

    FLUSH = 1
    FUA = 2
    DISCARD = 4
    MARK = 8


_KNOWN = int(Flag.FLUSH | Flag.FUA | Flag.DISCARD | Flag.MARK)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: ``sectors`` from ``sector`` on; its data begin at byte ``place`` of the log."""

    sector: int
    sectors: int
    flags: Flag
    place: int

    @property
    def writes(self) -> bool:
        """It carries data for the disk."""
        return self.sectors > 0 and not self.flags & (Flag.DISCARD | Flag.MARK)


@dataclass(frozen=True, slots=True)
class WriteLog:
    """``promised``: how many entries the super block counts, brought up to date at every flush."""

    sector_bytes: int
    promised: int
    entries: tuple[Entry, ...]

    def flushes(self, since: int = 0) -> list[int]:
        """The indexes of answered flushes from ``since`` on."""
        return [index for index, entry in enumerate(self.entries) if index >= since and entry.flags & Flag.FLUSH]


@dataclass(frozen=True, slots=True)
class Piece:
    """``size`` bytes at ``source`` of the log belong at ``target`` of the disk."""

    source: int
    target: int
    size: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Power went when ``issued`` requests had been answered; the last flush among them is ``flush`` (-1: none)."""

    issued: int
    flush: int


def read_log(log: BinaryIO) -> WriteLog:
    """The log's entries: those the super block counts, and those behind them that are whole.

    Raises BadLog when it is none, or when a counted entry is not there.
    """
    log.seek(0)
    raw = log.read(SUPER.size)
    if len(raw) < SUPER.size:
        raise BadLog("no super block")
    magic, version, promised, sector_bytes = SUPER.unpack(raw)
    if (magic, version) != (MAGIC, VERSION) or sector_bytes < 512 or sector_bytes & (sector_bytes - 1):
        raise BadLog(f"magic {magic:#x}, version {version}, sectors of {sector_bytes} bytes")
    log.seek(0, 2)
    end, place = log.tell(), sector_bytes
    entries: list[Entry] = []
    while place + sector_bytes <= end:
        log.seek(place)
        sector, sectors, flags, data = HEADER.unpack(log.read(HEADER.size))
        if flags & ~_KNOWN or (flags == 0 and sectors == 0):
            break  # never written: the power went first
        entry = Entry(sector, sectors, Flag(flags), place + sector_bytes)
        size = _data_bytes(entry, data, sector_bytes)
        if entry.place + size > end:
            break
        entries.append(entry)
        place = entry.place + size
    if len(entries) < promised:
        raise BadLog(f"{promised} entries counted, {len(entries)} there")
    return WriteLog(sector_bytes, promised, tuple(entries))


def _data_bytes(entry: Entry, data: int, sector_bytes: int) -> int:
    if entry.flags & Flag.MARK:
        return -(-data // sector_bytes) * sector_bytes
    return 0 if entry.flags & Flag.DISCARD else entry.sectors * sector_bytes


def at_the_end(log: WriteLog) -> Cut:
    """The cut at the very end of the log: the machine was killed and this is all it had asked for."""
    return Cut(len(log.entries), max(log.flushes(), default=-1))


def somewhere(log: WriteLog, since: int, chance: Random) -> Cut:
    """A cut at random from entry ``since`` on: any flush, and any number of the requests answered before the next."""
    flushes = log.flushes(since)
    if not flushes:
        return at_the_end(log)
    number = chance.randrange(len(flushes))
    flush = flushes[number]
    most = flushes[number + 1] if number + 1 < len(flushes) else len(log.entries)
    return Cut(chance.randint(flush + 1, most), flush)


def survivors(log: WriteLog, cut: Cut, chance: Random) -> list[Piece]:
    """What the disk holds of the log after ``cut``, in the order to be written.

    All up to the flush, and all that was written through (FUA). Of every other request: all, nothing, or its first
    sectors, by ``chance``; how generous chance is differs from cut to cut, down to nothing at all.
    """
    pieces = []
    kept = chance.choice((0.0, 0.5, chance.random()))
    for index, entry in enumerate(log.entries[: cut.issued]):
        if not entry.writes:
            continue
        sectors = entry.sectors
        if index > cut.flush and not entry.flags & Flag.FUA:
            if chance.random() >= kept:
                continue
            if chance.random() < 0.25:
                sectors = chance.randint(1, sectors)
        pieces.append(Piece(entry.place, entry.sector * log.sector_bytes, sectors * log.sector_bytes))
    return pieces


def dropped(log: WriteLog, cut: Cut, pieces: Sequence[Piece]) -> int:
    """Bytes that the machine had been told were written and that the cut took."""
    asked = sum(entry.sectors for entry in log.entries[: cut.issued] if entry.writes) * log.sector_bytes
    return asked - sum(piece.size for piece in pieces)


def write_back(log: BinaryIO, pieces: Iterable[Piece], disk: BinaryIO) -> None:
    """Bring ``pieces`` onto ``disk``."""
    for piece in pieces:
        log.seek(piece.source)
        disk.seek(piece.target)
        disk.write(log.read(piece.size))
