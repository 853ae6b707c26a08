"""Small disks that fill up and turn read-only. Linux, in a mount namespace of this process's own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_LEFT = 24 * 1024  # bytes left on a full disk: room for half of something


@dataclass(slots=True)
class Disk:
    """A file system in memory at ``folder``."""

    folder: Path
    read_only: bool = False

    @property
    def _ballast(self) -> Path:
        return self.folder / ".ballast"

    def fill(self) -> None:
        """Nothing more fits."""
        facts = os.statvfs(self.folder)
        with self._ballast.open("ab") as file, suppress(OSError):  # somebody took the last of it first: full as well
            os.posix_fallocate(file.fileno(), 0, max(4096, facts.f_bavail * facts.f_frsize - _LEFT))

    def empty(self) -> None:
        """Somebody made room."""
        self._ballast.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Whatever is opened from now on is read-only; what is open already stays as it is."""
        _mount("--bind", str(self.folder), str(self.folder))
        _mount("-o", "remount,bind,ro", str(self.folder))
        self.read_only = True

    def thaw(self) -> None:
        """It can be written again."""
        if self.read_only:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True, capture_output=True)
            self.read_only = False


@contextmanager
def small_disk(folder: Path, size_mib: int) -> Iterator[Disk]:
    """A disk of that size at ``folder``, gone afterwards with all that is on it."""
    folder.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={size_mib}m,mode=700", "tmpfs", str(folder))
    disk = Disk(folder)
    try:
        yield disk
    finally:
        disk.thaw()
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"mount {' '.join(words)}: {done.stderr.strip()}")
