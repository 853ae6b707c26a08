"""Writing one part of a rescue bundle to a folder, and reading it back.

Owns the file on the stick: written in order under a name that says it is not finished, fsynced, read back and checked
whole, and only then given its name. A part that was broken off goes on where it stopped. Knows nothing of which
evidence is meant nor of any queue; its form is ``domain.bundle`` inside ``domain.age``. Constant memory.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.age import (
    CHUNK,
    EPHEMERAL_BYTES,
    FILE_KEY_BYTES,
    NONCE_BYTES,
    TAG,
    Chunks,
    Opener,
    seal_from,
    sealed_size,
    write_header,
)
from domain.bundle import Unpacker, part_file, write_front
from domain.errors import BundleDamaged, DiskFull, SpoolUnreadable
from domain.seal import Seal
from host.durable import replace, sync_fd, translate
from host.machine import disk_free

PARTIAL = ".partial"
_BLOCK = 1 << 20
_SYNC_EVERY = 32 << 20
_LEAST_FREE = 1 << 20
Progress = Callable[[int], None]


class Broken(Exception):
    """Told to stop; what is written stays and is gone on with."""


@dataclass(frozen=True, slots=True)
class PartSecrets:
    """What the bytes of a part follow from besides its content: kept by whoever writes it until it is finished."""

    file_key: bytes
    ephemeral: bytes
    nonce: bytes

    @staticmethod
    def fresh() -> "PartSecrets":
        """New ones."""
        return PartSecrets(
            secrets.token_bytes(FILE_KEY_BYTES), secrets.token_bytes(EPHEMERAL_BYTES), secrets.token_bytes(NONCE_BYTES)
        )

    def to_dict(self) -> dict[str, str]:
        """Form on disk: owner-only, gone once the part is finished."""
        return {"file_key": self.file_key.hex(), "ephemeral": self.ephemeral.hex(), "nonce": self.nonce.hex()}

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> "PartSecrets":
        """Read it; raises KeyError, TypeError or ValueError."""
        found = [bytes.fromhex(raw[name]) for name in ("file_key", "ephemeral", "nonce")]
        if [len(one) for one in found] != [FILE_KEY_BYTES, EPHEMERAL_BYTES, NONCE_BYTES]:
            raise ValueError("wrong lengths")
        return PartSecrets(*found)


@dataclass(frozen=True, slots=True)
class Part:
    """One part to be written: ``token`` is its signed statement, ``files`` the evidence of ``seals`` (None: a gap)."""

    bundle: str
    part: int
    parts: int
    token: str
    seals: tuple[Seal, ...]
    files: tuple[Path | None, ...]
    recipient: bytes
    secrets: PartSecrets

    @property
    def name(self) -> str:
        """Its file's name."""
        return part_file(self.bundle, self.part, self.parts)

    def header(self) -> bytes:
        """The first bytes of its file."""
        return write_header(self.secrets.file_key, self.recipient, self.secrets.ephemeral)

    def size(self) -> int:
        """Bytes of its file."""
        plain = len(write_front(self.token, self.seals)) + sum(seal.size for seal in self.seals)
        return sealed_size(len(self.header()), plain)


def write_part(folder: Path, part: Part, progress: Progress, stopped: Callable[[], bool]) -> Path:
    """Write ``part`` into ``folder`` and read it back; answers its path. ``progress`` is told bytes as they come.

    Raises Broken when ``stopped``, DiskFull, StorageError, SpoolUnreadable (evidence cannot be read) and
    BundleDamaged when what reads back is not what was written; then the file is gone.
    """
    path = folder / part.name
    partial = path.with_name(path.name + PARTIAL)
    with translate(path):
        done = path.exists()
    if done:  # finished earlier: it may have been changed since
        try:
            check_part(path, part, progress, stopped)
        except BundleDamaged:
            with translate(path):
                path.unlink()
        else:
            progress(part.size())
            return path
    _write(partial, part, progress, stopped)
    try:
        check_part(partial, part, progress, stopped)
    except BundleDamaged:
        with translate(partial):
            partial.unlink(missing_ok=True)
        raise
    replace(partial, path)
    return path


def needed(folder: Path, part: Part) -> int:
    """Bytes that ``part`` still needs in ``folder``; raises StorageError."""
    path = folder / part.name
    with translate(path):
        have = [place.stat().st_size for place in (path, path.with_name(path.name + PARTIAL)) if place.exists()]
    return max(0, part.size() - sum(have))


def check_room(folder: Path, wanted: int) -> None:
    """Raises DiskFull telling how much is missing, before anything is written."""
    free = disk_free(folder)
    if wanted and free < wanted + _LEAST_FREE:
        raise DiskFull(f"{folder}: {wanted} bytes needed, {free} free")


def check_part(path: Path, part: Part, progress: Progress, stopped: Callable[[], bool]) -> None:
    """Read ``path`` back from the stick: every byte opens and every file has its sealed hash; raises BundleDamaged."""
    opener, unpacker = Opener(file_key=part.secrets.file_key), Unpacker()
    digest = hashlib.sha256()
    with translate(path), path.open("rb", buffering=0) as file:
        if hasattr(os, "posix_fadvise"):  # from the stick, not from what is still in memory
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size != part.size():
            raise BundleDamaged(f"{path}: {size} bytes, {part.size()} expected")
        while True:
            if stopped():
                raise Broken
            block = file.read(_BLOCK)
            for piece in opener.feed(block) if block else opener.finish():
                if not piece.whole:
                    raise BundleDamaged(f"{path}: cannot be read back")
                for link in unpacker.feed(piece):
                    digest.update(link.data)
                    if link.end:
                        if digest.hexdigest() != part.seals[link.at].sha256:
                            raise BundleDamaged(f"{path}: {part.seals[link.at].identity} reads back differently")
                        digest = hashlib.sha256()
            progress(len(block))
            if not block:
                break
    if unpacker.front is None or unpacker.front.token != part.token or unpacker.rest != len(part.seals):
        raise BundleDamaged(f"{path}: is not what was written")


def _write(path: Path, part: Part, progress: Progress, stopped: Callable[[], bool]) -> None:
    header = part.header() + part.secrets.nonce
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with translate(path):
        fd = os.open(path, flags, 0o600)
        try:
            number = _kept(fd, header)
            start = len(header) + number * (CHUNK + TAG)
            os.ftruncate(fd, start)
            os.lseek(fd, start, os.SEEK_SET)
            progress(start)
            chunks = Chunks(part.secrets.file_key, part.secrets.nonce)
            held, unsynced = bytearray(), 0
            for sealed in seal_from(chunks, number, _plain(part, number * CHUNK)):
                held += sealed
                if len(held) >= _BLOCK:
                    if stopped():
                        raise Broken
                    unsynced += _put(fd, held, progress)
                    if unsynced >= _SYNC_EVERY:
                        sync_fd(fd)
                        unsynced = 0
            _put(fd, held, progress)
            sync_fd(fd)
        finally:
            os.close(fd)


def _kept(fd: int, header: bytes) -> int:
    """How many chunks of an earlier try can be gone on from; the header is written when there is none of ours.

    The last chunk is written again: it may have been sealed as the end. What was kept is read back like the rest.
    """
    size = os.fstat(fd).st_size
    os.lseek(fd, 0, os.SEEK_SET)
    if size >= len(header) and os.read(fd, len(header)) == header:
        return max(0, (size - len(header)) // (CHUNK + TAG) - 1)
    os.ftruncate(fd, 0)
    os.lseek(fd, 0, os.SEEK_SET)
    os.write(fd, header)
    return 0


def _put(fd: int, held: bytearray, progress: Progress) -> int:
    size = len(held)
    with memoryview(held) as view:
        at = 0
        while at < size:
            at += os.write(fd, view[at:])
    held.clear()
    progress(size)
    return size


def _plain(part: Part, start: int) -> Iterator[bytes]:
    """The part's plain bytes from ``start`` on."""
    front = write_front(part.token, part.seals)
    if start < len(front):
        yield front[start:]
    at = len(front)
    for seal, path in zip(part.seals, part.files, strict=True):
        skip = max(0, start - at)
        at += seal.size
        if path is not None and skip < seal.size:
            yield from _content(path, skip, seal.size)


def _content(path: Path, skip: int, size: int) -> Iterator[bytes]:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(skip)
            left = size - skip
            while left and (block := file.read(min(_BLOCK, left))):
                left -= len(block)
                yield block
    except OSError as why:
        raise SpoolUnreadable(f"{path}: {why.strerror}") from why
    if left:
        raise SpoolUnreadable(f"{path}: shorter than it was sealed")
