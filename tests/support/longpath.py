"""A long path: every packet that passes the router waits, as light does in a cable. Loss and rate stay the kernel's.

A TUN device in the router's namespace takes the packets off their way, a thread holds each for its time and gives it
back. A delay in a TCP proxy would hide from TCP's loss recovery; this one does not. Order is kept.
"""

import fcntl
import os
import selectors
import struct
import threading
import time
from collections import deque
from types import TracebackType
from typing import Self

from tests.support.namespaces import inside, ip

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_TABLE = "7"
_PACKET = 1 << 16
_MOST_WAITING = 20_000  # packets; more are dropped, as a router would
NAME = "d0"


class LongPath:
    """``delay_s`` each way; may be changed at any time. A context manager; while inside, all packets take this way."""

    def __init__(self, router: int, delay_s: float) -> None:
        self.delay_s = delay_s
        self._router = router
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._stop_read, self._stop_write = os.pipe()
        self._fd = inside(router, _open_tun)
        self._thread = threading.Thread(target=self._carry, name="long-path", daemon=True)

    def __enter__(self) -> Self:
        ip("link", "set", NAME, "up", inside=self._router)
        ip("route", "add", "default", "dev", NAME, "table", _TABLE, inside=self._router)
        self._thread.start()
        for name in ("r0", "r1"):  # what comes back out of the device goes by the main table
            ip("rule", "add", "iif", name, "lookup", _TABLE, inside=self._router)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in ("r0", "r1"):
            ip("rule", "del", "iif", name, "lookup", _TABLE, inside=self._router)
        os.write(self._stop_write, b".")
        self._thread.join()
        for fd in (self._fd, self._stop_read, self._stop_write):
            os.close(fd)

    def _carry(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._fd, selectors.EVENT_READ)
            ready.register(self._stop_read, selectors.EVENT_READ)
            while True:
                wait = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
                for key, _ in ready.select(wait):
                    if key.fd == self._stop_read:
                        return
                    self._take()
                now = time.monotonic()
                while self._waiting and self._waiting[0][0] <= now:
                    os.write(self._fd, self._waiting.popleft()[1])

    def _take(self) -> None:
        """Everything that is there now."""
        while True:
            try:
                packet = os.read(self._fd, _PACKET)
            except BlockingIOError:
                return
            if len(self._waiting) < _MOST_WAITING:
                self._waiting.append((time.monotonic() + self.delay_s, packet))


def _open_tun() -> int:
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, _TUNSETIFF, struct.pack("16sH22x", NAME.encode(), _IFF_TUN | _IFF_NO_PI))
    return fd
