"""Starting or finding the recorder and syncd: detached processes that outlive the window.

Owns nothing of them: they are found by their run files and asked through their loopback APIs.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import NotRunning, ServiceError
from host.clock import Clock
from host.durable import translate
from host.instance import find
from host.paths import Home
from host.scope import scoped

_START_S = 30.0
_LOOK_S = 0.05
_WORDS = 400


@dataclass(frozen=True, slots=True)
class Launch:
    """How a program of ours is started: ``command`` NAME --home … ``arguments[NAME]``.

    ``services[NAME]``: the order to the system's service manager that starts it, where it is installed there.
    """

    command: tuple[str, ...]
    arguments: Mapping[str, tuple[str, ...]]
    environ: Mapping[str, str]
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Launcher:
    """``ensure`` one program at a time; safe to call from several threads."""

    def __init__(self, home: Home, launch: Launch, clock: Clock) -> None:
        self._home = home
        self._launch = launch
        self._clock = clock
        self._turn = threading.Lock()
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def running(self, name: str) -> bool:
        """``name`` can be reached."""
        return find(self._home, name) is not None

    def ensure(self, name: str) -> bool:
        """Make sure ``name`` runs; True when it had to be started. Raises ServiceError with its last words."""
        with self._turn:
            child = self._children.get(name)
            if child is not None:
                child.poll()  # take a dead child's leave, or it stays in the process table
            if self.running(name):
                return False
            self._start(name)
            return True

    def _start(self, name: str) -> None:
        """By the service manager where it is installed there; else, and when that fails, as a process of our own."""
        log = self._home.logs / f"{name}.out"
        if (order := self._launch.services.get(name, ())) and self._ordered(name, order):
            return
        command = [*self._launch.command, name, "--home", str(self._home.root), *self._launch.arguments.get(name, ())]
        apart = scoped(command, self._launch.environ, f"zhishi {name}")
        try:
            self._run(name, apart, log)
        except ServiceError as why:
            if apart == command or isinstance(why, NotRunning):
                raise
            self._run(name, command, log)  # the manager would not give it a scope: better without one than not at all

    def _ordered(self, name: str, order: tuple[str, ...]) -> bool:
        try:
            done = subprocess.run(
                order, stdin=subprocess.DEVNULL, capture_output=True, timeout=_START_S, env=dict(self._launch.environ),
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0 and self.running(name)

    def _run(self, name: str, command: list[str], log: Path) -> None:
        with translate(log), log.open("ab") as out:
            child = _detached(command, dict(self._launch.environ), out.fileno())
        self._children[name] = child
        deadline = self._clock.boot_ns() + int(_START_S * 1e9)
        pause = threading.Event()
        while not self.running(name):
            code = child.poll()
            if code is not None and not self.running(name):  # another start may have been quicker
                raise ServiceError(f"{name} ended with {code}: {_last_words(log)}")
            if self._clock.boot_ns() > deadline:
                raise NotRunning(f"{name}: not there after {_START_S:.0f} s: {_last_words(log)}")
            pause.wait(_LOOK_S)


def _detached(command: list[str], environ: dict[str, str], out: int) -> "subprocess.Popen[bytes]":
    """A process that stays when we end: a session of its own, no terminal, no pipe to us."""
    tries = [0]
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        # out of our job, so that what ends us spares it; a job that forbids this refuses to start it at all
        tries = [flags | subprocess.CREATE_BREAKAWAY_FROM_JOB, flags]
    for number, flags in enumerate(tries, 1):
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=environ,
                cwd=os.path.abspath(os.sep),  # noqa: PTH100 -- never hold a folder that may be removed
                start_new_session=sys.platform != "win32",
                creationflags=flags,
                close_fds=True,
            )
        except OSError as why:
            if number == len(tries):
                raise ServiceError(f"{command[0]}: {why}") from why
    raise ServiceError(command[0])  # there is always a try


def _last_words(log: Path) -> str:
    try:
        return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])[-_WORDS:] or "no words"
    except OSError as why:
        return str(why)
