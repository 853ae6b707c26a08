"""One keep-alive HTTP connection pool per worker, with the discipline ``requests`` lacks.

Owns socket options, timeouts that hold while sending, and aborting from another thread. Redirects are never followed
and the environment is never read. Never looks at what an answer means: ``syncd.answers`` does.
"""

import contextlib
import socket
import threading
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from host.webanswers import translated
from syncd.config import SyncConfig

BLOCK = 64 * 1024
# Bytes that wait unsent in the kernel: what a reset can cost at most besides what is on the line.
_UNSENT = 128 * 1024


class Wire:
    """A ``requests.Session`` of one thread. ``abort`` may be called from any other."""

    def __init__(self, config: SyncConfig, *, stall_s: float) -> None:
        self._timeout = (config.connect_timeout_s, stall_s)
        self._stall_s = stall_s
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = dict(config.proxies)
        self._session.verify = str(config.ca_bundle) if config.ca_bundle else True
        adapter = _Adapter(self)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def request(self, method: str, url: str, *, headers: dict[str, str], body: Any = None) -> requests.Response:
        """One request, one answer, whole in memory. Raises CenterUnreachable, CenterSilent, CenterUnknown, BadInput."""
        with translated(url):
            return self._session.request(
                method, url, headers=headers, data=body, timeout=self._timeout, allow_redirects=False
            )

    def abort(self) -> None:
        """Break every connection of this wire; a request under way fails as a network error."""
        with self._lock:
            doomed, self._sockets = self._sockets, set()
        for sock in doomed:
            with contextlib.suppress(OSError):  # it is closed already: nothing to break
                sock.shutdown(socket.SHUT_RDWR)

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


class _Adapter(HTTPAdapter):
    """Pools whose connections report their sockets to the wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(pool_connections=2, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        """Called by ``requests``."""
        super().init_poolmanager(connections, maxsize, block=block, blocksize=BLOCK, **more)
        self.poolmanager.pool_classes_by_scheme = _pools(self._wire)


def _pools(wire: Wire) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            wire.adopt(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            wire.adopt(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
