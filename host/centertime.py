"""Center time on this machine: the boot-time clock plus the last known offset.

syncd learns the offset from the center's answers and writes it; recorder and ui read it. Within the boot in which it
was learnt it is exact to half a round trip. After a reboot without network the wall clock stands in, and every moment
says so (``center_est``).
"""

import threading
from pathlib import Path

from domain.errors import SpoolUnreadable
from host.clock import Clock, Moment
from host.durable import read_json, write_json

_FRESH_NS = 60 * 1_000_000_000
CLOCK_WRONG_MS = 60_000


class CenterTime:
    """Reads and, in syncd, learns the offset kept at ``path``. Safe to share between threads."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._fact: dict[str, int | str] | None = None

    @property
    def clock(self) -> Clock:
        """The clocks this rests on."""
        return self._clock

    def learn(self, center_ms: int, rtt_ms: int, boot_ns: int) -> None:
        """The center said ``center_ms``; by the boot clock the middle of that exchange was ``boot_ns``.

        A slower exchange replaces a quicker one only when that is a minute old.
        """
        with self._lock:
            old = self._load()
            same_boot = old is not None and old["boot_id"] == self._clock.boot_id()
            if old is not None and same_boot:
                fresh = boot_ns - int(old["learnt_boot_ns"]) < _FRESH_NS
                if fresh and rtt_ms > int(old["rtt_ms"]):
                    return
            wall_then = self._clock.wall_ms() - (self._clock.boot_ns() - boot_ns) // 1_000_000
            fact: dict[str, int | str] = {
                "boot_id": self._clock.boot_id(),
                "offset_ms": center_ms - boot_ns // 1_000_000,
                "wall_offset_ms": center_ms - wall_then,
                "rtt_ms": rtt_ms,
                "learnt_boot_ns": boot_ns,
            }
            write_json(self._path, fact)
            self._fact, self._seen = fact, self._stamp()

    def now(self) -> Moment:
        """This instant."""
        return self.at(self._clock.boot_ns())

    def at(self, boot_ns: int) -> Moment:
        """The instant at which this boot's clock showed ``boot_ns``."""
        back_ms = (self._clock.boot_ns() - boot_ns) // 1_000_000
        wall_ms = self._clock.wall_ms() - back_ms
        with self._lock:
            fact = self._load()
        boot_id = self._clock.boot_id()
        if fact is None:
            return Moment(boot_id, boot_ns, wall_ms, True, wall_ms)
        if fact["boot_id"] != boot_id:
            return Moment(boot_id, boot_ns, wall_ms + int(fact["wall_offset_ms"]), True, wall_ms)
        return Moment(boot_id, boot_ns, boot_ns // 1_000_000 + int(fact["offset_ms"]), False, wall_ms)

    def offset_ms(self) -> int | None:
        """Center time minus wall clock now; None while nothing was learnt in this boot."""
        now = self.now()
        return None if now.center_est else now.center_ms - now.wall_ms

    def clock_wrong(self) -> bool:
        """The wall clock is over a minute away from center time."""
        offset = self.offset_ms()
        return offset is not None and abs(offset) > CLOCK_WRONG_MS

    def _stamp(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino

    def _load(self) -> dict[str, int | str] | None:
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                raw = read_json(self._path) if stamp else None
            except SpoolUnreadable:
                raw = None  # it is learnt again at the next contact
            self._fact = raw if isinstance(raw, dict) and _fits(raw) else None
        return self._fact


def _fits(raw: dict[str, object]) -> bool:
    numbers = ("offset_ms", "wall_offset_ms", "rtt_ms", "learnt_boot_ns")
    return isinstance(raw.get("boot_id"), str) and all(isinstance(raw.get(name), int) for name in numbers)
