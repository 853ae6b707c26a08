"""How fast this line really sends to the center: the probe of the device page.

Owns one measurement at a time, in a thread of its own that nobody waits for: five seconds whatever the line does, at
the worst as long again for an answer that does not come; dropped at the next piece when it is not wanted any more. What
it means is ``ui.devicecheck``'s to say.

Parcels grow until one takes long enough to be a measure. Only what the center says arrived counts: what a socket has
swallowed says nothing about the line.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import CenterBusy, ZhishiError
from host.clock import Clock
from ui.centerclient import CenterClient

BUDGET_S = 5.0
_FIRST = 16 << 10
_GROWS = 2
_GOOD_S = 0.8  # a parcel that took so long is a measure: the round trip hardly counts in it
_AGAIN_S = 30.0  # after a failure
_PIECE = 16 << 10


class Dropped(Exception):
    """Not wanted any more, or out of time; never leaves this module."""


class Parcel:
    """Bytes that no tunnel can compress, handed out piece by piece; reading raises Dropped once ``dropped`` says so.

    ``requests`` reads it like a file, and takes ``len`` for the Content-Length.
    """

    def __init__(self, content: bytes, dropped: Callable[[], bool]) -> None:
        self._content = content
        self._at = 0
        self._dropped = dropped

    def __len__(self) -> int:
        return len(self._content)

    def read(self, size: int = -1) -> bytes:
        """The next piece."""
        if self._dropped():
            raise Dropped
        size = _PIECE if size < 0 else min(size, _PIECE)
        piece = self._content[self._at : self._at + size]
        self._at += len(piece)
        return piece


@dataclass(frozen=True, slots=True)
class Measured:
    """``bytes_per_s`` reached the center. ``at_most``: nothing came whole in time; it is slower than that."""

    bytes_per_s: float
    at_most: bool = False


def next_size(sent: int, took_s: float, left_s: float, left_bytes: int) -> int | None:
    """How large the parcel after one of ``sent`` bytes should be; None when it was measure enough. Pure.

    It shall fit into what is left of time and bytes at the rate just seen.
    """
    size = min(sent * _GROWS, left_bytes)
    if took_s >= _GOOD_S or size < sent:
        return None
    return size if size * took_s / sent <= left_s else None


class Throughput:
    """``wanted`` is told again and again; ``measured`` and ``error`` may be read by any thread."""

    def __init__(self, center: CenterClient, clock: Clock, changed: Callable[[], None]) -> None:
        self._center = center
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self._round = 0  # of the measurement under way: an older one finds its number gone and ends
        self._thread: threading.Thread | None = None
        self._again_ns = 0
        self.measured: Measured | None = None
        self.error: ZhishiError | None = None

    @property
    def running(self) -> bool:
        """A measurement is under way."""
        return self._thread is not None and self._thread.is_alive()

    def wanted(self, *, now: bool) -> None:
        """Whether somebody looks at the result and the center can be reached. Measures once; drops when not."""
        with self._lock:
            if not now:
                self._round += 1
            elif self.measured is None and not self.running and self._clock.boot_ns() >= self._again_ns:
                self._round += 1
                self._thread = threading.Thread(target=self._serve, args=(self._round,), name="probe", daemon=True)
                self._thread.start()

    def again(self) -> None:
        """重新检测: forget what was measured."""
        with self._lock:
            self._round += 1
            self._again_ns = 0
            self.measured, self.error = None, None

    def _serve(self, number: int) -> None:
        try:
            measured, error = self._measure(number), None
        except Dropped:
            return
        except ZhishiError as why:
            measured, error = None, why
        with self._lock:
            if number != self._round:
                return
            self.measured, self.error = measured, error
            pause_s = (error.retry_after_s if isinstance(error, CenterBusy) else None) or _AGAIN_S
            self._again_ns = self._clock.boot_ns() + int(pause_s * 1e9)
        self._changed()

    def _measure(self, number: int) -> Measured:
        """Raises Dropped, or what the center says."""
        began = self._clock.boot_ns()

        def left_s() -> float:
            return BUDGET_S - (self._clock.boot_ns() - began) / 1e9

        def dropped() -> bool:
            return number != self._round or left_s() <= 0

        leave = self._center.probe()
        size, spare = _FIRST, leave.most_bytes
        best: Measured | None = None
        while True:
            before = left_s()
            try:
                self._center.probe_send(leave.token, Parcel(secrets.token_bytes(size), dropped), max(0.1, before))
            except (Dropped, ZhishiError):
                if number != self._round:
                    raise Dropped from None
                if left_s() > 0:
                    raise
                return best or Measured(size / BUDGET_S, at_most=True)
            took_s = max(1e-6, before - left_s())
            spare -= size
            best = Measured(size / took_s)
            larger = next_size(size, took_s, left_s(), spare)
            if larger is None:
                return best
            size = larger
