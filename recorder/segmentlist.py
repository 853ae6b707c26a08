"""ffmpeg's list of completed segments, followed as it grows. A line means: this file will not be written again.

It does not mean that the file is whole: one that failed with a full disk is listed too.
"""

from dataclasses import dataclass
from pathlib import Path

from host.durable import translate
from host.spool import LIST_NAME, segment_files, segment_index


@dataclass(frozen=True, slots=True)
class Listed:
    """One completed segment; ``end_ms`` on the media clock by ffmpeg's word."""

    index: int
    path: Path
    end_ms: int


class SegmentList:
    """The list of one run's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = 0
        self._newest = -1

    def new_lines(self) -> list[Listed]:
        """Segments listed since the last call; a line still being written comes next time. Raises StorageError."""
        path = self._folder / LIST_NAME
        with translate(path):
            try:
                with path.open("rb") as file:
                    file.seek(self._read)
                    raw = file.read()
            except FileNotFoundError:
                return []  # ffmpeg has not opened it yet
        whole = raw[: raw.rfind(b"\n") + 1]
        self._read += len(whole)
        found = []
        for line in whole.decode("latin-1").splitlines():
            name, _, times = line.partition(",")
            index = segment_index(self._folder / name)
            if index is None:
                continue
            _, _, end = times.partition(",")
            found.append(Listed(index, self._folder / name, int(float(end) * 1000)))
            self._newest = max(self._newest, index)
        return found

    def open_segment(self) -> Path | None:
        """The file ffmpeg writes now: the newest one not listed. Raises StorageError."""
        unlisted = [path for index, path in segment_files(self._folder) if index > self._newest]
        return unlisted[-1] if unlisted else None
