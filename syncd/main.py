"""``zhishi syncd``: run the daemon until it is told to stop. The one place where its clock and chance come from."""

import asyncio
import contextlib
import random
import signal
import threading

from host.centertime import CenterTime
from host.clock import Clock, SystemClock
from host.instance import SingleInstance
from host.localapi import LocalServer
from host.paths import Home
from syncd.api import routes
from syncd.config import SyncConfig
from syncd.daemon import Daemon

NAME = "syncd"


def run(home: Home, config: SyncConfig, clock: Clock | None = None, chance: random.Random | None = None) -> None:
    """Serve until SIGINT, SIGTERM or ``POST /quit``. Raises AlreadyRunning, StorageError."""
    home.prepare()
    with SingleInstance(home, NAME) as instance:
        center_time = CenterTime(home.center_time, clock or SystemClock())
        daemon = Daemon(home, config, center_time, chance or random.Random())
        server: LocalServer
        server = LocalServer(routes(daemon, lambda: server.stop()), instance)
        daemon.start()
        try:
            _serve(server)
        finally:
            daemon.stop()


def _serve(server: LocalServer) -> None:
    """The API in the main thread's event loop; everything else has threads of its own."""

    async def serve() -> None:
        if threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C arrives as KeyboardInterrupt
                    loop.add_signal_handler(number, server.stop)
        await server.run()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
