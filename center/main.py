"""Runs the center: ``zhishi center`` calls ``run``. Prints nothing; the caller learns the address from
``on_ready``.
"""

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from center.app import make_app
from center.center import open_center
from center.config import CenterConfig
from domain.errors import BadInput
from host.clock import Clock, SystemClock

_BACKLOG = 2048
_LAST_REQUESTS_S = 5


def build_app(config: CenterConfig, clock: Clock | None = None) -> FastAPI:
    """The ASGI application with keys loaded and the database migrated; raises StorageError or
    SignatureInvalid.
    """
    return make_app(open_center(config, (clock or SystemClock()).wall_ms))


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files to serve https with, and the name or address by which phones reach this machine."""

    certificate: Path
    key: Path
    public_host: str | None = None


def run(
    config: CenterConfig,
    host: str,
    port: int,
    on_ready: Callable[[str], None] | None = None,
    tls: Tls | None = None,
    clock: Clock | None = None,
) -> None:
    """Serve until told to stop (SIGINT, SIGTERM). ``port`` 0 takes a free one; ``on_ready`` gets the address.

    With ``tls`` over https; its ``public_host`` becomes the address in the phones' links unless another was configured.
    Raises BadInput when the address cannot be had, StorageError or SignatureInvalid when the center cannot
    start.
    """
    with _listen(host, port) as listening:
        shown = tls.public_host if tls is not None and tls.public_host else host
        scheme = "http" if tls is None else "https"
        address = f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{listening.getsockname()[1]}"
        if tls is not None and tls.public_host and config.public_url is None:
            config = replace(config, public_url=address)
        if tls is not None:
            config = replace(config, certificate=tls.certificate)
        settings = uvicorn.Config(
            build_app(config, clock),
            http="httptools",
            loop="asyncio" if sys.platform == "win32" else "uvloop",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=_BACKLOG,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_LAST_REQUESTS_S,
            ssl_certfile=None if tls is None else tls.certificate,
            ssl_keyfile=None if tls is None else tls.key,
        )
        _Server(settings, lambda: on_ready(address) if on_ready else None).run(sockets=[listening])


class _Server(uvicorn.Server):
    """uvicorn that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as why:
        listening.close()
        raise BadInput(f"{host}:{port}: {why.strerror}") from why
    return listening
