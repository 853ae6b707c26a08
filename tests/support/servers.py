"""Real uvicorn for tests: in a thread, or as a program to be killed -9 and started again on its port."""

import json
import os
import select
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import uvicorn

from tests.support.hatchery import Hatched, programs
from tests.support.waiting import wait_until

HOST = "127.0.0.1"


class AsgiThread:
    """Any ASGI app on a free loopback port, in a thread; a context manager."""

    def __init__(self, app: Any) -> None:
        self._door = socket.socket()
        self._door.bind((HOST, 0))
        self.port: int = self._door.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(app, ws="none", log_level="warning", timeout_graceful_shutdown=5))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._door]}, name="asgi")

    @property
    def url(self) -> str:
        """``http://host:port`` without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: self._server.started or not self._thread.is_alive(), what="uvicorn serves")
        assert self._server.started, "the app did not start; see the log above"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._door.close()


class AsgiProcess:
    """``MODULE:FACTORY(**arguments)`` served by a process of its own; a context manager.

    ``kill()`` is kill -9; ``start()`` afterwards serves on the same port again. It dies with this process. While it is
    dead, connections are refused.
    """

    def __init__(self, factory: str, arguments: Mapping[str, object], port: int = 0) -> None:
        self.port = port
        self._factory = factory
        self._arguments = json.dumps(dict(arguments))
        self._process: Hatched | None = None

    @property
    def url(self) -> str:
        """``http://host:port`` without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process running now."""
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self, timeout: float = 30.0) -> None:
        """Start and wait until it serves; AssertionError when it does not."""
        ours, theirs = os.pipe()
        with os.fdopen(ours) as told:
            words = [self._factory, str(self.port), self._arguments]
            self._process = programs().start("tests.support.asgi_child:main", words, out=theirs)
            os.close(theirs)
            ready, _, _ = select.select([told], [], [], timeout)
            line = told.readline() if ready else ""
        if not line:
            self.kill()
            raise AssertionError(f"{self._factory} does not serve; its own words are above")
        self.port = json.loads(line)["port"]

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
