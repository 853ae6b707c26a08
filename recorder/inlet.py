"""Loopback datagrams from ffmpeg: each inlet is one port, read as they come, never blocking the sender.

The moment of arrival is the kernel's where it tells one (Linux SO_TIMESTAMPNS), so a recorder that was stopped for a
while still knows when each datagram came. Only the first sender is listened to: another program on this machine can
reach the port, but ffmpeg is there first.
"""

import asyncio
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

_SO_TIMESTAMPNS = 35  # asm-generic/socket.h; the same number names the control message
_TIMESPEC = struct.Struct("@ll")
_MAX_DATAGRAM = 65536
_BUFFER = 1 << 20

Taker = Callable[[bytes, int], None]


class Inlet(asyncio.DatagramProtocol):
    """Calls ``take(datagram, age_ns)`` for each datagram of one sender; ``age_ns`` is how long ago it arrived."""

    def __init__(self, take: Taker) -> None:
        self._take = take
        self._sender: Any = None
        self._transport: asyncio.BaseTransport | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self.port: int = self._socket.getsockname()[1]

    async def open(self) -> "Inlet":
        """Begin to listen on the running loop."""
        loop = asyncio.get_running_loop()
        if sys.platform == "linux":
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            loop.add_reader(self._socket.fileno(), self.drain)
        else:
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._socket)
        return self

    def drain(self) -> None:
        """Take everything that waits now (where asyncio reads by itself there is nothing left to take)."""
        if self._transport is not None or self._socket.fileno() < 0:
            return
        while True:
            try:
                data, ancillary, _, sender = self._socket.recvmsg(_MAX_DATAGRAM, 64)
            except BlockingIOError:
                return
            self._accept(data, sender, _age_ns(ancillary))

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """asyncio's own reading, where there are no kernel timestamps."""
        self._accept(data, addr, 0)

    def close(self) -> None:
        """Stop listening."""
        if self._transport is not None:
            self._transport.close()
        elif self._socket.fileno() >= 0:
            if sys.platform == "linux":
                asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()

    def _accept(self, data: bytes, sender: Any, age_ns: int) -> None:
        if self._sender is None:
            self._sender = sender
        if sender == self._sender:
            self._take(data, age_ns)


def _age_ns(ancillary: list[tuple[int, int, bytes]]) -> int:
    for level, kind, raw in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(raw) >= _TIMESPEC.size:
            seconds, nanos = _TIMESPEC.unpack_from(raw)
            # A wall clock stepped between arrival and now falsifies this; the step itself ends the run.
            return max(0, time.time_ns() - (int(seconds) * 1_000_000_000 + int(nanos)))
    return 0
