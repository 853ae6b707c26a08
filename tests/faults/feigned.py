"""Clocks that the lab moves for every program of one machine at once, while they run.

Three numbers in a small file that all of them map: how far boot clock and wall clock are off, and which boot it is.
"""

import mmap
import struct
from pathlib import Path

from host.clock import SystemClock

_FORM = struct.Struct("<qqq")


class FeignedClock(SystemClock):
    """The real clocks, moved. ``FeignedClock.make`` writes the file once."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _FORM.size)

    @staticmethod
    def make(path: Path, wall_off_ms: int = 0) -> "FeignedClock":
        """A new machine's clocks."""
        path.write_bytes(_FORM.pack(0, wall_off_ms, 0))
        return FeignedClock(path)

    def boot_id(self) -> str:
        boot: int = self._facts()[2]
        return f"{super().boot_id()[:-3]}{boot:03x}"

    def boot_ns(self) -> int:
        return super().boot_ns() + self._facts()[0]

    def wall_ms(self) -> int:
        return super().wall_ms() + self._facts()[1]

    def passes(self, ms: int) -> None:
        """So much time passes at once: the machine sleeps."""
        boot_off, wall_off, boot = self._facts()
        self._set(boot_off + ms * 1_000_000, wall_off + ms, boot)

    def step_wall(self, ms: int) -> None:
        """Somebody sets the wall clock."""
        boot_off, wall_off, boot = self._facts()
        self._set(boot_off, wall_off + ms, boot)

    def reboot(self) -> None:
        """The machine starts again; the wall clock runs on."""
        _, wall_off, boot = self._facts()
        self._set(5_000_000_000 - super().boot_ns(), wall_off, boot + 1)

    def _facts(self) -> tuple[int, int, int]:
        boot_off, wall_off, boot = _FORM.unpack_from(self._map)
        return int(boot_off), int(wall_off), int(boot)

    def _set(self, boot_off_ns: int, wall_off_ms: int, boot: int) -> None:
        _FORM.pack_into(self._map, 0, boot_off_ns, wall_off_ms, boot)
