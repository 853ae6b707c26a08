"""``zhishi ui``: the candidate's window until it is closed. The one place where its clock and chance come from.

The recorder and syncd are processes of their own and stay when the window goes.
"""

import contextlib
import logging
import random
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from types import FrameType

from host.centertime import CenterTime
from host.clock import Clock, SystemClock
from host.durable import write_bytes
from host.instance import SingleInstance
from host.logs import log_to
from host.paths import Home
from ui.config import UiConfig
from ui.flow import Flow
from ui.pageserver import PageServer
from ui.window import NativeWindow, NoWindow, Window

NAME = "ui"
log = logging.getLogger(__name__)


def run(home: Home, config: UiConfig, clock: Clock | None = None, chance: random.Random | None = None) -> None:
    """Show the interview until the window is closed. Raises AlreadyRunning, StorageError."""
    home.prepare()
    log_to(home, NAME)
    with SingleInstance(home, NAME) as instance:
        flow = Flow(home, config, CenterTime(home.center_time, clock or SystemClock()), chance or random.Random())
        server = PageServer(flow, config.pages)
        server.start()
        instance.announce(server.port)
        leaving = threading.Event()
        window = NativeWindow(
            Window(flow.ask_close, flow.may_print, flow.printed), config.launch.environ, config.debug_port
        )

        def close() -> None:
            flow.allow_close()
            leaving.set()
            window.close()

        flow.start(server.publish, close)
        try:
            with _closing_on_signals(close):
                _show(server, config, window, leaving, flow)
        finally:
            flow.stop()
            server.stop()


def _show(server: PageServer, config: UiConfig, window: NativeWindow, leaving: threading.Event, flow: Flow) -> None:
    if config.window:
        try:
            _tell_ready(config, server)
            window.show(server.new_url())
        except NoWindow as why:
            log.warning("%s", why)
            config.say(f"{why.message.zh} / {why.message.en}: {why.detail}")
            flow.no_window(why)
        else:
            return
    _tell_ready(config, server)
    url = server.new_url()
    if config.browser and not _opened(url):
        config.say(f"请在本机浏览器中打开（只能用一次）/ open this in a browser on this machine, once: {url}")
    _wait(leaving)


def _opened(url: str) -> bool:
    """The default browser took ``url``."""
    try:
        return webbrowser.open(url)
    except (OSError, webbrowser.Error):
        return False


def _tell_ready(config: UiConfig, server: PageServer) -> None:
    """An address of its own, good once: the window's is not anybody else's."""
    if config.ready_file is not None:
        write_bytes(config.ready_file, server.new_url().encode())


def _wait(leaving: threading.Event) -> None:
    """Until the pages say close, or a signal does."""
    while not leaving.wait(0.5):
        pass


@contextlib.contextmanager
def _closing_on_signals(close: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and Ctrl-C close the window as its button would, evidence unsent or not.

    The window's loop is not Python's, so a handler alone would never run: the wake-up descriptor is written to by the
    interpreter's C handler at once, and a thread reads it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, _heard) for number in numbers}
    old = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        while heard := ours.recv(1):
            if heard[0] in numbers:
                close()

    threading.Thread(target=listen, name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        theirs.close()


def _heard(_number: int, _frame: FrameType | None) -> None:
    """The wake-up descriptor tells; nothing to do here."""
