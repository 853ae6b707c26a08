"""A TCP proxy on loopback that breaks on command.

Owns: one listening port, the connections through it, and the faults played on them. The demo cuts the network
with it, tests and bench measure behind it. Never looks inside the bytes, and never retries for anyone.

It runs an event loop in a thread of its own. Every public method returns only after the switch has taken
effect, so a test may act on the very next line. Latency is not offered: a delay in a proxy hides from TCP's
loss recovery.
"""

import asyncio
import contextlib
import socket
import struct
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
BLOCK = 64 * 1024
_SWITCH_TIMEOUT = 10.0
_RST_ON_CLOSE = struct.pack("ii", 1, 0)

_PAGE = b"<html><title>Wi-Fi</title><body>Please log in to this network</body></html>"
_PORTAL_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_PAGE),
    _PAGE,
)
_PORTAL_REDIRECT = (
    b"HTTP/1.1 302 Found\r\nLocation: http://portal.invalid/login\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)
_END = b"Connection: close\r\nContent-Length: 0\r\n\r\n"
_FAILING = b"HTTP/1.1 500 Internal Server Error\r\n" + _END
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n" + _END
_TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n" + _END


class Mode(StrEnum):
    """What happens to traffic now. Any mode may follow any other.

    ``PASS``             bytes go through
    ``REFUSE``           nobody listens: connecting is refused; established connections are reset
    ``STALL``            connections are accepted and kept, nothing is read and nothing answered (half-open)
    ``PORTAL_PAGE``      a captive portal answers everything with 200 and a page; established ones are reset
    ``PORTAL_REDIRECT``  the same with 302
    ``FAILING``          a server in front answers everything with 500
    ``BUSY``             with 503 and ``Retry-After: 1``
    ``TOO_MANY``         with 429 and ``Retry-After: 1``
    """

    PASS = "pass"  # noqa: S105 - not a password
    REFUSE = "refuse"
    STALL = "stall"
    PORTAL_PAGE = "portal_page"
    PORTAL_REDIRECT = "portal_redirect"
    FAILING = "failing"
    BUSY = "busy"
    TOO_MANY = "too_many"


_ANSWERS = {
    Mode.PORTAL_PAGE: _PORTAL_PAGE,
    Mode.PORTAL_REDIRECT: _PORTAL_REDIRECT,
    Mode.FAILING: _FAILING,
    Mode.BUSY: _BUSY,
    Mode.TOO_MANY: _TOO_MANY,
}


@dataclass(frozen=True)
class Traffic:
    """Bytes since the proxy started: ``up`` as read from clients, ``down`` as read from the target."""

    up: int
    down: int
    connections: int
    resets: int


class _Connection:
    """One client and, once reached, its target."""

    def __init__(self, client: socket.socket) -> None:
        self.client = client
        self.target: socket.socket | None = None
        self.task: asyncio.Task[None] | None = None


class FaultProxy:
    """Forwards ``host:port`` (a free port, or ``port`` when given) to ``target``; use as a context manager.

    Raises ``OSError`` when a given port is taken.
    """

    def __init__(self, target: tuple[str, int], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.target = target
        self.host = host
        # Bound but never listening: it keeps the number ours while the door is closed, and a connection
        # attempt meanwhile is refused by the kernel as on a machine where nobody listens.
        self._hold = self._bound(port)
        self.port: int = self._hold.getsockname()[1]
        self._mode = Mode.PASS
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._connections: set[_Connection] = set()
        self._up = self._down = self._count = self._resets = 0
        self._reset_at: int | None = None
        self._rate: float | None = None
        self._due = 0.0
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._thread.start()
        self._call(self._open())

    # -- faces -----------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """``http://host:port`` without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def mode(self) -> Mode:
        """The mode in force."""
        return self._mode

    @property
    def traffic(self) -> Traffic:
        """The counters now."""
        return Traffic(self._up, self._down, self._count, self._resets)

    def switch(self, mode: Mode) -> None:
        """Put ``mode`` in force for new and established connections (see ``Mode``)."""
        self._call(self._switch(mode))

    def reset_connections(self) -> int:
        """Reset (RST) everything established now; returns how many. New connections are not affected."""
        return self._call(self._reset_all())

    def reset_after(self, up_bytes: int) -> None:
        """One-shot: read ``up_bytes`` more bytes from clients, over all connections, forward them, then reset
        everything established. Not one byte more is read; the last ones may die in a buffer, as in life.
        Raises ``ValueError`` below 1: that is ``reset_connections``."""
        if up_bytes < 1:
            raise ValueError(f"reset_after needs at least one byte, not {up_bytes}")
        self._call(self._arm(up_bytes))

    def throttle(self, bytes_per_second: float | None) -> None:
        """Limit both directions together to this rate; ``None`` lifts the limit."""
        self._call(self._limit(bytes_per_second))

    def close(self) -> None:
        """Reset what is left and give the port back. Closing twice is harmless."""
        if self._loop.is_closed():
            return
        self._call(self._shut_down())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SWITCH_TIMEOUT)
        self._loop.close()
        self._hold.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- inside the loop's thread ----------------------------------------------------------------------------

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_SWITCH_TIMEOUT)

    def _bound(self, port: int) -> socket.socket:
        # Linux lets two sockets share a port with SO_REUSEADDR while none of them listens; BSD and macOS want
        # SO_REUSEPORT for it. Windows needs neither for a port that is only bound.
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform == "linux":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif sys.platform != "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            made.bind((self.host, port))
        except OSError:
            made.close()
            raise
        return made

    async def _open(self) -> None:
        self._listener = self._bound(self.port)
        self._listener.listen(128)
        self._listener.setblocking(False)
        self._accepting = asyncio.create_task(self._accept(self._listener))

    async def _shut_door(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()
        self._accepting = self._listener = None

    async def _switch(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.STALL:
            self._flowing.clear()
        else:
            self._flowing.set()
        if mode is Mode.REFUSE:
            await self._shut_door()
        elif self._listener is None:
            await self._open()
        if mode is Mode.REFUSE or mode in _ANSWERS:
            await self._reset_all()

    async def _arm(self, up_bytes: int) -> None:
        self._reset_at = self._up + up_bytes

    async def _limit(self, bytes_per_second: float | None) -> None:
        self._rate = bytes_per_second
        self._due = self._loop.time()

    async def _shut_down(self) -> None:
        await self._shut_door()
        await self._reset_all()

    async def _reset_all(self) -> int:
        doomed = list(self._connections)
        for connection in doomed:
            self._reset(connection)
        tasks = [c.task for c in doomed if c.task is not None and c.task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return len(doomed)

    def _reset(self, connection: _Connection) -> None:
        self._connections.discard(connection)
        self._resets += 1
        for end in (connection.client, connection.target):
            if end is not None and end.fileno() != -1:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = await self._loop.sock_accept(listener)
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._count += 1
            connection = _Connection(client)
            self._connections.add(connection)
            connection.task = asyncio.create_task(self._serve(connection))

    async def _serve(self, connection: _Connection) -> None:
        try:
            await self._flowing.wait()
            said = _ANSWERS.get(self._mode)
            if said is not None:
                await self._answer(connection, said)
            else:
                await self._forward(connection)
        except* OSError:
            # either end went away: the other learns it the hard way, as behind a real router
            if connection in self._connections:
                self._reset(connection)
        finally:
            self._connections.discard(connection)
            for end in (connection.client, connection.target):
                if end is not None:
                    end.close()

    async def _answer(self, connection: _Connection, page: bytes) -> None:
        read = await self._loop.sock_recv(connection.client, BLOCK)
        self._count_up(len(read))
        if not read:
            return
        await self._loop.sock_sendall(connection.client, page)
        connection.client.shutdown(socket.SHUT_WR)
        # What the client still sends is read, or the kernel would turn our close into a reset before it has
        # seen the page; a client that never ends is left after a second.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while more := await self._loop.sock_recv(connection.client, BLOCK):
                    self._count_up(len(more))

    async def _forward(self, connection: _Connection) -> None:
        target = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.target = target
        target.setblocking(False)
        target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel would take up to 4 MB ahead of the target here, all of which a reset throws away (measured): no
        # router holds so much of one flow, and bytes lost in it would be blamed on whoever is being measured.
        target.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BLOCK)
        await self._loop.sock_connect(target, self.target)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._pump_up(connection.client, target))
            both.create_task(self._pump_down(target, connection.client))

    async def _pump_up(self, client: socket.socket, target: socket.socket) -> None:
        while block := await self._take(client, self._room_up):
            self._up += len(block)
            await self._give(target, block)
            self._count_up(0)
        target.shutdown(socket.SHUT_WR)

    def _count_up(self, count: int) -> None:
        """So many more bytes came from clients; those of ``reset_after`` may have been the last."""
        self._up += count
        if self._reset_at is not None and self._up >= self._reset_at:
            self._reset_at = None
            for connection in list(self._connections):
                self._reset(connection)
                if connection.task is not None:
                    connection.task.cancel()

    async def _pump_down(self, target: socket.socket, client: socket.socket) -> None:
        while block := await self._take(target, self._room):
            self._down += len(block)
            await self._give(client, block)
        client.shutdown(socket.SHUT_WR)

    def _room(self) -> int:
        # small blocks under a limit: none of them sleeps longer than 50 ms for itself
        return BLOCK if self._rate is None else max(1, min(BLOCK, int(self._rate / 20)))

    def _room_up(self) -> int:
        return self._room() if self._reset_at is None else min(self._room(), self._reset_at - self._up)

    async def _take(self, source: socket.socket, room: Callable[[], int]) -> bytes:
        """The next bytes, b"" at the end. Gate and room are asked at the very moment of reading, with no
        await in between: nothing is read in a stall, and nothing beyond the byte of ``reset_after``."""
        while True:
            await asyncio.sleep(0)  # a fast pair must not keep the loop from hearing a switch
            await self._flowing.wait()
            size = room()
            if size <= 0:
                # other connections have used up the bytes of reset_after; the reset is on its way
                await asyncio.sleep(0.01)
                continue
            try:
                return source.recv(size)
            except BlockingIOError:
                await self._readable(source)

    async def _readable(self, source: socket.socket) -> None:
        ready: asyncio.Future[None] = self._loop.create_future()

        def tell() -> None:
            if not ready.done():
                ready.set_result(None)

        self._loop.add_reader(source, tell)
        try:
            await ready
        finally:
            self._loop.remove_reader(source)

    async def _give(self, sink: socket.socket, block: bytes) -> None:
        if self._rate is not None:
            now = self._loop.time()
            self._due = max(self._due, now) + len(block) / self._rate
            await asyncio.sleep(self._due - now)
        await self._flowing.wait()
        await self._loop.sock_sendall(sink, block)
