"""The ways out of this machine: its addresses and routes, and hearing at once when they change.

On Linux the kernel tells (rtnetlink(7), a socket of the standard library); elsewhere, and where that socket is
refused, the caller looks every second. What a change means is ``syncd.network``'s to say.
"""

import contextlib
import select
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from host.machine import network_addresses

_POLL_S = 1.0
_QUIET_S = 0.1  # a cable plugged in is a dozen messages: they are read as one
_MOST_S = 1.0
# rtnetlink groups (linux/rtnetlink.h): link, IPv4 address and route, IPv6 address and route
_GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
_RTF_UP = 0x1
_RTF_CACHE = 0x01000000


@dataclass(frozen=True, slots=True)
class Ways:
    """(interface, address) of what is up, and (interface, destination, gateway) of every route; loopback left out."""

    addresses: frozenset[tuple[str, str]] = frozenset()
    routes: frozenset[tuple[str, str, str]] = frozenset()


def read_ways() -> Ways:
    """The ways as they are now."""
    return Ways(network_addresses(), _routes())


if sys.platform == "linux":

    def _routes() -> frozenset[tuple[str, str, str]]:
        found: set[tuple[str, str, str]] = set()
        for line in _lines("/proc/net/route")[1:]:
            name, target, gateway, flags, _, _, _, mask, *_ = line.split()
            if int(flags, 16) & _RTF_UP and name != "lo":
                found.add((name, f"{target}/{mask}", gateway))
        for line in _lines("/proc/net/ipv6_route"):
            target, size, _, _, gateway, _, _, _, flags, name = line.split()
            # link-local and multicast come and go with the interface; caches are not routes
            if name != "lo" and not int(flags, 16) & _RTF_CACHE and target[:2] not in ("fe", "ff"):
                found.add((name, f"{target}/{size}", gateway))
        return frozenset(found)

    def _lines(path: str) -> list[str]:
        try:
            return Path(path).read_text().splitlines()
        except FileNotFoundError:  # a kernel without IPv6
            return []

else:

    def _routes() -> frozenset[tuple[str, str, str]]:
        return frozenset()


class WayEvents:
    """``wait`` until something may have changed. ``wake`` ends a wait from another thread."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._news = _open()

    @property
    def told(self) -> bool:
        """The system tells of changes; otherwise every wait ends after a second at most."""
        return self._news is not None

    def wait(self, seconds: float) -> bool:
        """True when the system told of a change; False after ``seconds`` (or a second, where it does not tell)."""
        news = self._news
        if news is None:
            select.select([self._ours], [], [], min(seconds, _POLL_S))
            return False
        ready, _, _ = select.select([self._ours, news], [], [], seconds)
        if news not in ready:
            return False
        for _ in range(int(_MOST_S / _QUIET_S)):  # under a storm of messages too, this ends
            with contextlib.suppress(OSError):  # ENOBUFS: messages were lost; that something changed is known
                while news.recv(65536):
                    pass
            if not select.select([self._ours, news], [], [], _QUIET_S)[0]:
                break
        return True

    def wake(self) -> None:
        """End the wait under way, and every later one at once."""
        with contextlib.suppress(OSError):
            self._theirs.send(b"x")

    def close(self) -> None:
        """Give the sockets back."""
        for sock in (self._ours, self._theirs, self._news):
            if sock is not None:
                sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


if sys.platform == "linux":

    def _open() -> socket.socket | None:
        try:
            news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        except OSError:
            return None
        try:
            news.bind((0, _GROUPS))
            news.setblocking(False)
        except OSError:  # a sandbox without route messages
            news.close()
            return None
        return news

else:

    def _open() -> socket.socket | None:
        return None
