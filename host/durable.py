"""Writes that survive a power cut, and the border at which OSError becomes ours.

Order for every JSON of the product: temp file → fsync → rename → fsync folder (rename is atomic on one file system;
without the folder's fsync the new name itself may be lost). macOS needs F_FULLFSYNC to reach the platter; Windows has
no folder fsync, and a virus scanner may hold a fresh file for a moment, so the rename is tried again there.
"""

import errno
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.errors import DiskFull, SpoolUnreadable, StorageError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_BLOCK = 1 << 20
_RENAME_TRIES = 50  # Windows only: 50 × 20 ms


@contextmanager
def translate(path: Path | str) -> Iterator[None]:
    """Turn OSError into DiskFull, SpoolUnreadable (reading refused) or StorageError, naming ``path``."""
    try:
        yield
    except OSError as why:
        if why.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(str(path)) from why
        if why.errno in (errno.EIO, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOENT):
            raise SpoolUnreadable(f"{path}: {why.strerror}") from why
        raise StorageError(f"{path}: {why.strerror}") from why


def private_folder(path: Path) -> Path:
    """``path`` as a folder only its owner can enter; parents are made alike. Raises StorageError."""
    with translate(path):
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    return path


def sync_fd(fd: int) -> None:
    """Bring what was written to ``fd`` to the disk itself."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def sync_file(path: Path) -> None:
    """fsync the file at ``path``; raises StorageError."""
    with translate(path):
        fd = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
        try:
            sync_fd(fd)
        finally:
            os.close(fd)


def sync_folder(path: Path) -> None:
    """fsync the folder at ``path`` so that names in it survive; nothing to do on Windows."""
    if os.name == "nt":
        return
    with translate(path):
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def replace(source: Path, target: Path) -> None:
    """``os.replace`` and fsync of the folder; on Windows tried again while a scanner holds the file."""
    with translate(target):
        for left in range(_RENAME_TRIES, -1, -1):
            try:
                source.replace(target)
                break
            except PermissionError:
                if os.name != "nt" or left == 0:
                    raise
                time.sleep(0.02)
    sync_folder(target.parent)


def write_bytes(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write ``data`` at ``path`` so that after any crash the old or the new content is there, whole."""
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with translate(path):
            fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(fd, view) :]
                sync_fd(fd)
            finally:
                os.close(fd)
        replace(temp, path)
    except StorageError:
        temp.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented UTF-8 JSON, durably."""
    write_bytes(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")


def read_bytes(path: Path) -> bytes:
    """The file's content; raises SpoolUnreadable or StorageError."""
    with translate(path):
        return path.read_bytes()


def read_json(path: Path) -> Any:
    """The JSON at ``path``; raises SpoolUnreadable when it cannot be read or is not JSON."""
    raw = read_bytes(path)
    try:
        return json.loads(raw)
    except (ValueError, UnicodeDecodeError) as why:
        raise SpoolUnreadable(f"{path}: not JSON ({why})") from why


def hash_file(path: Path) -> tuple[str, int]:
    """(SHA-256 in hex, bytes) of the file as it reads back from disk; constant memory."""
    digest, size = hashlib.sha256(), 0
    with translate(path), path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size
