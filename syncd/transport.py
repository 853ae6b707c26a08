"""One keep-alive HTTP connection pool per worker, with the discipline ``requests`` lacks.

Owns socket options, timeouts that hold while sending, and aborting from another thread. Redirects are never followed
and the environment is never read. Never looks at what an answer means: ``syncd.answers`` does.
"""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Collection
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from host.webanswers import translated
from syncd.config import SyncConfig

BLOCK = 64 * 1024
# Bytes that wait unsent in the kernel: what a reset can cost at most besides what is on the line.
_UNSENT = 128 * 1024
_DEAD_AFTER = 3  # retransmissions of one segment in a row without an answer: some three seconds of silence
_TCP_INFO_RETRANSMITS = 2  # offset in struct tcp_info (linux/tcp.h)


class Wire:
    """A ``requests.Session`` of one thread. ``abort`` may be called from any other."""

    def __init__(self, config: SyncConfig, *, stall_s: float) -> None:
        self._timeout = (config.connect_timeout_s, stall_s)
        self._stall_s = stall_s
        self._proxies = config.proxies
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(config.ca_bundle) if config.ca_bundle else True
        adapter = _Adapter(self)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def request(self, method: str, url: str, *, headers: dict[str, str], body: Any = None) -> requests.Response:
        """One request, one answer, whole in memory. Raises CenterUnreachable, CenterSilent, CenterUnknown, BadInput."""
        with translated(url):
            return self._session.request(
                method,
                url,
                headers=headers,
                data=body,
                timeout=self._timeout,
                allow_redirects=False,
                proxies=self._proxies.now.of(url),
            )

    def abort(self, lost: Collection[str] | None = None) -> None:
        """Break every connection of this wire, also one being made; a request under way fails as a network error.

        ``lost``: only those from one of these addresses of ours, which is gone.
        """
        self._break(lambda sock: lost is None or _own_address(sock) in lost)

    def abort_stuck(self) -> None:
        """Break the connections on which nothing goes through (see ``stuck``): a new one begins at once, theirs would
        wait for the kernel's next try, up to half a minute after the path is back."""
        self._break(_is_stuck)

    def stuck(self) -> bool:
        """The kernel has sent the same bytes several times and got no answer. Linux only; elsewhere never true."""
        with self._lock:
            return any(_is_stuck(sock) for sock in self._sockets)

    def held(self) -> int:
        """Bytes that the kernel holds and the other side has not acknowledged. Linux only; elsewhere 0."""
        with self._lock:
            return sum(_held(sock) for sock in self._sockets)

    def _break(self, doomed: Callable[[socket.socket], bool]) -> None:
        with self._lock:
            going = {sock for sock in self._sockets if doomed(sock)}
            self._sockets -= going
        for sock in going:
            with contextlib.suppress(OSError):  # it is closed already: nothing to break
                sock.shutdown(socket.SHUT_RDWR)

    def connect(self, host: str, port: int, timeout_s: float | None, options: Any) -> socket.socket:
        """A connected socket, known to ``abort`` already while it is being connected. Raises OSError."""
        last: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
            sock = socket.socket(family, kind, protocol)
            try:
                for option in options or ():
                    sock.setsockopt(*option)
                sock.settimeout(timeout_s)
                with self._lock:
                    self._sockets.add(sock)
                sock.connect(address)
            except OSError as why:
                with self._lock:
                    self._sockets.discard(sock)
                sock.close()
                last = why
            else:
                return sock
        raise last or OSError(f"{host} has no address")

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def adopt(self, sock: socket.socket) -> None:
        """Set up a socket that was just connected."""
        # urllib3 applies the connect timeout to sending; a slow link needs the stall timeout there.
        sock.settimeout(self._stall_s)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT)
        if hasattr(socket, "TCP_CONGESTION"):
            with contextlib.suppress(OSError):  # the system has no BBR, or does not allow it: its default serves
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"bbr")
        with self._lock:
            self._sockets = {known for known in self._sockets if known.fileno() != -1} | {sock}


def _own_address(sock: socket.socket) -> str:
    try:
        return str(sock.getsockname()[0]).partition("%")[0]
    except OSError:
        return ""


def _is_stuck(sock: socket.socket) -> bool:
    if not hasattr(socket, "TCP_INFO"):
        return False
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
    except OSError:
        return False
    return len(told) > _TCP_INFO_RETRANSMITS and told[_TCP_INFO_RETRANSMITS] >= _DEAD_AFTER


if sys.platform == "linux":
    import fcntl
    import termios

    def _held(sock: socket.socket) -> int:
        try:
            told = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))  # SIOCOUTQ by its other name
        except (OSError, ValueError):  # closed meanwhile
            return 0
        return int.from_bytes(told, sys.byteorder, signed=True)

else:

    def _held(_sock: socket.socket) -> int:
        return 0


class _Adapter(HTTPAdapter):
    """Pools whose connections report their sockets to the wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(pool_connections=2, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        """Called by ``requests``."""
        super().init_poolmanager(connections, maxsize, block=block, blocksize=BLOCK, **more)
        self.poolmanager.pool_classes_by_scheme = _pools(self._wire)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        """Called by ``requests``."""
        manager = super().proxy_manager_for(proxy, blocksize=BLOCK, **more)
        manager.pool_classes_by_scheme = _pools(self._wire)
        return manager


def _pools(wire: Wire) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(wire, self)

        def connect(self) -> None:
            super().connect()
            wire.adopt(self.sock)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(wire, self)

        def connect(self) -> None:
            super().connect()
            wire.adopt(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connected(wire: Wire, connection: HTTPConnection) -> socket.socket:
    """What urllib3's own ``_new_conn`` does, by our ``connect``; raises urllib3's errors, as it must."""
    timeout = connection.timeout if isinstance(connection.timeout, (int, float)) else None
    try:
        return wire.connect(connection._dns_host, connection.port, timeout, connection.socket_options)
    except socket.gaierror as why:
        raise NameResolutionError(connection.host, connection, why) from why
    except TimeoutError as why:
        raise ConnectTimeoutError(connection, f"{connection.host}: no connection within {timeout} s") from why
    except OSError as why:
        raise NewConnectionError(connection, f"{connection.host}: {why}") from why
