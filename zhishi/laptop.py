"""A candidate's laptop as the demo and the rehearsal hold it: one home, its programs, what they say.

The window starts or finds recorder and syncd by itself; they outlive it, so whoever made the laptop ends them here.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import psutil

from domain.errors import NotRunning, ServiceError, ZhishiError
from domain.wire.recorder import RecorderStatus
from domain.wire.syncd import SessionStatus, SyncStatus
from host.instance import find
from host.localapi import LocalClient
from host.paths import Home

PROGRAMS = ("recorder", "syncd")
_QUIT_S = 20.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Laptop:
    """The programs of one home."""

    home: Home

    def sync(self) -> SyncStatus | None:
        """What syncd says; None while it does not run."""
        return _quiet(lambda: LocalClient(self.home, "syncd").get("/status", SyncStatus))

    def session(self) -> SessionStatus | None:
        """The newest session here."""
        sync = self.sync()
        return sync.sessions[-1] if sync is not None and sync.sessions else None

    def recorder(self) -> RecorderStatus | None:
        """What the recorder says; None while it does not run."""
        return _quiet(lambda: LocalClient(self.home, "recorder").get("/status", RecorderStatus))

    def recording(self) -> bool:
        """Footage comes."""
        status = self.recorder()
        return (
            status is not None and status.mode == "record" and any(one.health == "healthy" for one in status.captures)
        )

    def pid(self, name: str) -> int | None:
        """The process that runs as ``name``."""
        running = find(self.home, name)
        return running.pid if running is not None else None

    def kill(self, name: str) -> int:
        """kill -9, as a crash would; its process id. Raises ServiceError when it does not run."""
        pid = self.pid(name)
        if pid is None:
            raise ServiceError(f"{name} does not run")
        os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        return pid

    def end(self) -> None:
        """Ask recorder and syncd to end, and see to it."""
        for name in PROGRAMS:
            pid = self.pid(name)
            if pid is None:
                continue
            with suppress(ZhishiError):
                LocalClient(self.home, name, 5.0).fetch("POST", "/quit")
            try:
                process = psutil.Process(pid)
                try:
                    process.wait(_QUIT_S)
                except psutil.TimeoutExpired:
                    process.kill()
            except psutil.NoSuchProcess:
                continue


def _quiet(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except NotRunning:
        return None
