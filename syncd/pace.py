"""Holding evidence back: a person's pause and limit, and the room left for the interview (``syncd.room``).

A pause always ends by itself, and a restart ends it too: forgotten, it must not cost the 60 minutes. A limit stays
until it is lifted. Neither ever holds back manifests, receipts or questions. Safe to use from any thread.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from domain.errors import BadInput, SpoolUnreadable
from host.clock import Clock
from host.durable import read_json, write_json
from syncd.room import Room

LEAST_LIMIT = 8_000  # bytes per second: below it a connection looks dead to the center
MOST_PAUSE_MIN = 60.0
_WHOLE = 64 * 1024
_SLOW_BLOCK = 4 * 1024


class Pace:
    """``take`` before bytes go out; ``file`` keeps the limit."""

    def __init__(self, file: Path, clock: Clock, now_s: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._now_s = now_s
        self._lock = threading.Lock()
        self._free_at_s = 0.0
        self._paused_until_ns = 0
        self._room = Room()
        self.limit: int | None = _read(file)

    @property
    def rate(self) -> float | None:
        """Bytes per second that may be sent in all; None: as many as go."""
        caps = [cap for cap in (self.limit, self._room.cap) if cap is not None]
        return min(caps) if caps else None

    @property
    def room(self) -> float | None:
        """The cap that leaves room for the interview; None: none is needed."""
        return self._room.cap

    @property
    def block(self) -> int:
        """Bytes to send at once: small ones when held back, so that no connection falls silent for long."""
        return _WHOLE if self.rate is None else _SLOW_BLOCK

    def take(self, count: int, wait: Callable[[float], object]) -> None:
        """Wait (with ``wait``) until ``count`` more bytes may go out. Those who came first go first."""
        rate = self.rate
        if rate is None:
            return
        with self._lock:
            now = self._now_s()
            mine = max(now, self._free_at_s)
            self._free_at_s = mine + count / rate
        if mine > now:
            wait(mine - now)

    def pause(self, minutes: float) -> None:
        """Nothing is begun for so long. Raises BadInput."""
        if not 0 < minutes <= MOST_PAUSE_MIN:
            raise BadInput(f"minutes: {minutes:g}; more than 0, at most {MOST_PAUSE_MIN:g}")
        self._paused_until_ns = self._clock.boot_ns() + int(minutes * 60e9)

    def resume(self) -> None:
        """The pause is over."""
        self._paused_until_ns = 0

    def paused_ns(self) -> int:
        """What is left of a pause; 0: none."""
        return max(0, self._paused_until_ns - self._clock.boot_ns())

    def set_limit(self, limit: int | None) -> None:
        """At most ``limit`` bytes per second from here on, also after a restart. Raises BadInput, StorageError."""
        if limit is not None and limit < LEAST_LIMIT:
            raise BadInput(f"bytes_per_second: {limit}; at least {LEAST_LIMIT}")
        write_json(self._file, {"bytes_per_second": limit})
        with self._lock:
            self.limit = limit
            self._free_at_s = 0.0

    def heard(self, answer_s: float, rate: float) -> None:
        """See ``Room.heard``."""
        self._room = self._room.heard(answer_s, rate)

    def alone(self) -> None:
        """See ``Room.alone``."""
        self._room = self._room.alone()


def _read(file: Path) -> int | None:
    """The limit kept; a file that is damaged limits nothing."""
    try:
        raw = read_json(file)
    except SpoolUnreadable:
        return None
    value = raw.get("bytes_per_second") if isinstance(raw, dict) else None
    return value if isinstance(value, int) and value >= LEAST_LIMIT else None
