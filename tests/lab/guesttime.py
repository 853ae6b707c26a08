"""The guest's own time, seen from outside: its pulse, the lab's clock that follows it, and when the disk was written.

Knows nothing of qemu but two files and a socket. Its clock goes slower than ours while its emulated processor is busy.
"""

import socket
import threading
import time
from pathlib import Path

LOOK_S = 0.02


class GuestFailed(RuntimeError):
    """The guest did not do what it was asked, or says nothing."""


class Watermarks(threading.Thread):
    """How long the write log was when: the instant of each entry, to ``LOOK_S``."""

    def __init__(self, log: Path) -> None:
        super().__init__(name="watermarks", daemon=True)
        self._log = log
        self._over = threading.Event()
        self._seen: list[tuple[int, float]] = [(0, time.time())]

    def run(self) -> None:
        """See the class."""
        while not self._over.wait(LOOK_S):
            size = self._log.stat().st_size
            if size != self._seen[-1][0]:
                self._seen.append((size, time.time()))

    def stop(self) -> None:
        """No more."""
        self._over.set()
        self.join()

    def size(self) -> int:
        """Of the log now."""
        return self._log.stat().st_size

    def at(self, place: int) -> float:
        """When (seconds since the epoch, at the latest) byte ``place`` of the log was there."""
        return next((moment for size, moment in self._seen if size > place), self._seen[-1][1])


class Pulse(threading.Thread):
    """The guest's boot clock as it tells it ten times a second, beside our own."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="pulse", daemon=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._heard: list[tuple[float, int]] = []
        self.newest_ns = 0

    def run(self) -> None:
        """Until qemu hangs up."""
        held = b""
        while block := self._socket.recv(4096):
            *lines, held = (held + block).split(b"\n")
            self._heard += [(time.time(), int(line)) for line in lines]
            self.newest_ns = self._heard[-1][1] if self._heard else 0
        self._socket.close()

    def at(self, moment: float) -> int:
        """The guest's boot clock (ns) at our ``moment``, or a little later: its clock does not run ahead of ours."""
        before = [one for one in self._heard if one[0] <= moment]
        if not before:
            raise GuestFailed("the guest has not told its clock")
        then, clock = before[-1]
        latest = clock + int((moment - then) * 1e9)
        return min([latest, *(clock for heard, clock in self._heard[len(before) :][:1])])


class LabClock:
    """The time of the lab: the guest's own, which goes slower than ours while its emulated processor has much to do.

    The center is given it too, so guest and center agree on how much time passes. It stands still while the power is
    off. Implements ``host.clock.Clock``.
    """

    def __init__(self) -> None:
        self._base_ms = time.time_ns() // 1_000_000
        self._pulse: Pulse | None = None

    def boot_id(self) -> str:
        """The lab is never booted."""
        return "lab"

    def boot_ns(self) -> int:
        """As ``wall_ms``."""
        return self.wall_ms() * 1_000_000

    def wall_ms(self) -> int:
        """Milliseconds since the epoch, as the guest would have it."""
        return self._base_ms + (self._pulse.newest_ns // 1_000_000 if self._pulse is not None else 0)

    def follow(self, pulse: Pulse | None) -> None:
        """Go on with another boot's pulse, or stand still."""
        self._base_ms = self.wall_ms()
        self._pulse = pulse

    def pass_s(self, seconds: float, limit_s: float = 300.0) -> None:
        """Wait until so much time has passed. Raises GuestFailed when the guest's clock hardly moves."""
        until, deadline = self.wall_ms() + seconds * 1000, time.monotonic() + limit_s
        while self.wall_ms() < until:
            if time.monotonic() > deadline:
                raise GuestFailed(f"the guest has not lived {seconds:.0f} s within {limit_s:.0f} s")
            time.sleep(LOOK_S)
