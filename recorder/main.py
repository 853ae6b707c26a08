"""The recorder as a program: ``run`` is what the command line calls, in a process of its own.

A detached process of the user's desktop: started by the ui or the demo, it outlives them. SIGTERM and Ctrl-C end it
cleanly; a standing order to record stays and is taken up by the next recorder.
"""

import asyncio
import contextlib
import signal

from host.centertime import CenterTime
from host.clock import Clock, SystemClock
from host.instance import SingleInstance
from host.localapi import LocalServer
from host.logs import log_to
from host.paths import Home
from recorder.api import routes
from recorder.config import RecorderConfig
from recorder.recorder import Recorder

NAME = "recorder"


def run(home: Home, config: RecorderConfig, clock: Clock | None = None) -> None:
    """Serve until told to quit. Raises AlreadyRunning, StorageError."""
    home.prepare()
    log_to(home, NAME)
    with SingleInstance(home, NAME) as instance:
        asyncio.run(serve(home, config, instance, clock or SystemClock()))


async def serve(home: Home, config: RecorderConfig, instance: SingleInstance, clock: Clock) -> None:
    """The recorder on the running loop; returns after /quit or a signal."""
    recorder = Recorder(home, config, CenterTime(home.center_time, clock))
    leaving = asyncio.Event()
    server = LocalServer(routes(recorder, leaving.set), instance)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
            loop.add_signal_handler(number, leaving.set)
    serving = asyncio.create_task(server.run())
    looking = asyncio.create_task(recorder.look_after())
    left = asyncio.create_task(leaving.wait())
    try:
        await asyncio.wait((serving, looking, left), return_when=asyncio.FIRST_COMPLETED)
    finally:
        looking.cancel()
        left.cancel()
        await asyncio.wait((looking,))
        await recorder.close()
        server.stop()
        await serving
    if not looking.cancelled() and (why := looking.exception()) is not None:
        raise why
