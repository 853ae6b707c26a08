"""Copies made for looking: remuxed clips and files to download, in one folder, bounded by age and by size together.

Owns their names, their room and that they are forgotten. Everything here can be made again from the evidence, so
nothing is synced to the disk, and nothing here is ever evidence. All calls block: made off the event loop.
"""

import os
import secrets
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from domain.errors import DiskFull
from host.durable import private_folder, translate

_UNFINISHED = ".part"
_STALE_MS = 3_600_000


class Copies:
    """A folder for each session. ``now_ms`` is the clock by which an unused copy grows old."""

    def __init__(self, root: Path, most_bytes: int, keep_s: float, now_ms: Callable[[], int]) -> None:
        self._root = root
        self._most = most_bytes
        self._keep_ms = keep_s * 1000
        self._now_ms = now_ms
        self._guard = threading.Lock()
        self._taken = most_bytes  # unknown yet: the first copy looks
        private_folder(root)
        for left in root.rglob(f"*{_UNFINISHED}"):  # by a stop in the middle; a fresh one may be another worker's
            with suppress(FileNotFoundError):
                if now_ms() - left.stat().st_mtime * 1000 > _STALE_MS:
                    left.unlink()

    def find(self, session: str, name: str) -> Path | None:
        """The finished copy, which counts as used now."""
        path = self._root / session / name
        now = self._now_ms() / 1000
        try:
            os.utime(path, (now, now))
        except FileNotFoundError:
            return None
        return path

    def begin(self, session: str, expected: int) -> Path:
        """A place for an unfinished copy; the oldest ones make room for it. Raises DiskFull, StorageError."""
        if expected > self._most:
            raise DiskFull(f"a copy of {expected} bytes is more than {self._most} for all")
        with self._guard:
            if self._taken + expected > self._most:  # by far most copies find room without a look at all of them
                self._drop(self._most - expected)
            self._taken += expected
        if shutil.disk_usage(self._root).free < 2 * expected:
            raise DiskFull(str(self._root))
        folder = private_folder(self._root / session)
        path = folder / f"{secrets.token_hex(8)}{_UNFINISHED}"
        with translate(path):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path

    def finish(self, part: Path, name: str) -> Path:
        """What was begun is whole."""
        path = part.with_name(name)
        with translate(path):
            part.replace(path)
        return self.find(part.parent.name, name) or path

    def sweep(self) -> int:
        """Drop what nobody used for long, and the oldest of what is too much; returns how many."""
        with self._guard:
            return self._drop(self._most)

    def sessions(self) -> list[str]:
        """Whose copies lie here."""
        return [folder.name for folder in self._root.iterdir()]

    def forget(self, session: str) -> None:
        """Drop every copy of a session."""
        shutil.rmtree(self._root / session, ignore_errors=True)

    def _drop(self, most: int) -> int:
        """Newest first, so that what is beyond ``most`` bytes or too old goes."""
        found = sorted(self._all(), key=lambda one: one[0], reverse=True)
        oldest, self._taken, dropped = self._now_ms() - self._keep_ms, 0, 0
        for used_ms, size, path in found:
            if self._taken + size > most or used_ms < oldest:
                path.unlink(missing_ok=True)
                dropped += 1
            else:
                self._taken += size
        for folder in self._root.iterdir():
            with suppress(OSError):  # not empty
                folder.rmdir()
        return dropped

    def _all(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._root.glob("*/*"):
            if path.suffix == _UNFINISHED:
                continue
            with suppress(FileNotFoundError):
                facts = path.stat()
                found.append((facts.st_mtime * 1000, facts.st_size, path))
        return found
