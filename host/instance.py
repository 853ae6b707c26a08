"""One instance per program and home, and the file by which others find it.

The lock file is held for the process's life; the run file tells port and token to the same user only.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from domain.errors import AlreadyRunning, SpoolUnreadable
from host.durable import read_json, write_json
from host.locks import OsLock
from host.machine import create_time, process_alive
from host.paths import Home


@dataclass(frozen=True, slots=True)
class RunFile:
    """How to reach a running program: loopback ``port`` and the ``token`` of this start."""

    pid: int
    create_time: float
    port: int
    token: str


class SingleInstance:
    """Hold this to be the only ``name`` of ``home``; raises AlreadyRunning on entry when another is."""

    def __init__(self, home: Home, name: str) -> None:
        self._home = home
        self._name = name
        self._lock = OsLock(home.run / f"{name}.lock")
        self.token = secrets.token_urlsafe(32)

    def __enter__(self) -> "SingleInstance":
        if not self._lock.take():
            held = find(self._home, self._name)
            raise AlreadyRunning(f"{self._name}, pid {held.pid}" if held else self._name)
        _path(self._home, self._name).unlink(missing_ok=True)
        return self

    def announce(self, port: int) -> None:
        """Tell others where to reach this instance."""
        pid = os.getpid()
        fact = {"pid": pid, "create_time": create_time(pid), "port": port, "token": self.token}
        write_json(_path(self._home, self._name), fact)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        _path(self._home, self._name).unlink(missing_ok=True)
        self._lock.release()


def find(home: Home, name: str) -> RunFile | None:
    """The running ``name`` of ``home``; None when there is none, or when the file is left over from a dead one."""
    path = _path(home, name)
    if not path.exists():
        return None
    try:
        raw = read_json(path)
        found = RunFile(int(raw["pid"]), float(raw["create_time"]), int(raw["port"]), str(raw["token"]))
    except (SpoolUnreadable, KeyError, TypeError, ValueError):
        return None  # being replaced, or damaged: nobody can be reached through it
    return found if process_alive(found.pid, found.create_time) else None


def _path(home: Home, name: str) -> Path:
    return home.run / f"{name}.json"
