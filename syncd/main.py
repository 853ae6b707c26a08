"""``zhishi syncd``: run the daemon until it is told to stop. The one place where its clock and chance come from."""

import asyncio
import contextlib
import logging
import random
import signal
import threading
from collections.abc import Iterator

from domain.errors import AlreadyRunning, ZhishiError
from host.centertime import CenterTime
from host.clock import Clock, SystemClock
from host.instance import SingleInstance
from host.localapi import LocalServer
from host.logs import facts, log_to
from host.paths import Home
from syncd.api import routes
from syncd.config import SyncConfig
from syncd.daemon import Daemon
from syncd.notify import Notifier

NAME = "syncd"
_LOOK_S = 1.0
log = logging.getLogger(__name__)


def run(
    home: Home,
    config: SyncConfig,
    clock: Clock | None = None,
    chance: random.Random | None = None,
    *,
    notifier: Notifier | None = None,
    patient: bool = False,
) -> None:
    """Serve until SIGINT, SIGTERM or ``POST /quit``.

    ``patient``: as a service; when another syncd of this home runs, wait until it ends and take over, instead of
    raising AlreadyRunning. Raises StorageError.
    """
    home.prepare()
    log_to(home, NAME)
    telling = notifier or Notifier()
    stopping = threading.Event()
    with _stopping_on_signals(stopping), _only_one(home, telling, stopping if patient else None) as instance:
        if instance is None:
            return
        center_time = CenterTime(home.center_time, clock or SystemClock())
        daemon = Daemon(home, config, center_time, chance or random.Random())
        server: LocalServer
        server = LocalServer(routes(daemon, lambda: server.stop()), instance)
        daemon.start()
        log.info("started", extra=facts(home=home.root, port=server.port))
        try:
            _serve(server, daemon, telling, stopping)
        finally:
            telling.stopping()
            daemon.stop()
            log.info("stopped")


@contextlib.contextmanager
def _only_one(home: Home, telling: Notifier, patience: threading.Event | None) -> Iterator[SingleInstance | None]:
    """The right to be the only one; None when told to stop while waiting for it."""
    told = False
    while True:
        with contextlib.ExitStack() as held:
            try:
                instance = held.enter_context(SingleInstance(home, NAME))
            except AlreadyRunning as why:
                if patience is None:
                    raise
                if not told:
                    log.info("another one runs: waiting", extra=facts(other=why.detail))
                    telling.ready(f"waiting for {why.detail} to end")
                    told = True
                telling.alive(f"waiting for {why.detail} to end")
            else:
                yield instance
                return
        if patience.wait(_LOOK_S):
            yield None
            return


@contextlib.contextmanager
def _stopping_on_signals(stopping: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set ``stopping`` until the event loop has handlers of its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(server: LocalServer, daemon: Daemon, telling: Notifier, stopping: threading.Event) -> None:
    """The API in the main thread's event loop; everything else has threads of its own."""

    async def serve() -> None:
        if threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C arrives as KeyboardInterrupt
                    loop.add_signal_handler(number, server.stop)
        if stopping.is_set():
            return
        serving = asyncio.create_task(server.run())
        beating = asyncio.create_task(_beat(daemon, telling))
        await serving
        beating.cancel()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


async def _beat(daemon: Daemon, telling: Notifier) -> None:
    """Tell the service manager that we live, as long as that is so: it restarts what has fallen silent."""
    telling.ready("started")
    while True:
        try:
            words = await asyncio.to_thread(daemon.pulse)
        except ZhishiError as why:
            log.error("not well: %s", why)
        else:
            telling.alive(words)
        await asyncio.sleep(telling.beat_s)
