"""Programs born in a moment: a process that has everything imported forks on order.

What is forked runs the product's own ``run`` from the beginning, in a process of its own that can be killed; only
Python's start-up is spared, so that a run of the lab can kill and start often. Fork it before any thread exists.
"""

import importlib
import json
import os
import signal
import socket
import sys
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.namespaces import enter_now
from tests.support.waiting import wait_until


@dataclass(slots=True)
class Hatched:
    """One program."""

    name: str
    pid: int
    log: Path
    hatchery: "Hatchery" = field(repr=False)

    def alive(self) -> bool:
        """It has not ended."""
        return self.hatchery.code(self.pid) is None

    def must_live(self) -> None:
        """Raises AssertionError with its last words when it ended by itself."""
        code = self.hatchery.code(self.pid)
        assert code is None, f"{self.name} ended with {code}: {self.words()}"

    def words(self) -> str:
        """The end of what it said."""
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    def kill(self, number: int = signal.SIGKILL, timeout: float = 20.0) -> None:
        """kill -9 (or another signal), and wait until it is gone. Harmless when it ended before."""
        if self.alive():
            os.kill(self.pid, number)
            wait_until(lambda: not self.alive(), timeout, f"{self.name} is gone", poll=0.005)

    def stop(self) -> None:
        """SIGSTOP."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)


class Hatchery:
    """``with`` forks it; ``hatch`` answers a program that is running."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules
        self._turn = threading.Lock()
        self._codes: dict[int, int] = {}

    def __enter__(self) -> Self:
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _serve(theirs, self._modules)
        theirs.close()
        self._orders = ours.makefile("rw", encoding="utf-8", newline="\n")
        ours.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.close()  # it ends what lives, then itself
        os.waitpid(self._pid, 0)

    def hatch(self, program: str, log: Path, inside: int | None = None, **arguments: Any) -> Hatched:
        """Run ``MODULE:FUNCTION(**arguments)`` in a new process, in the network namespace of process ``inside``."""
        order = {"program": program, "log": str(log), "inside": inside, "arguments": arguments}
        return Hatched(program, int(self._ask(order)), log, self)

    def code(self, pid: int) -> int | None:
        """How it ended (negative: the signal); None while it lives."""
        if pid not in self._codes:
            answer = self._ask({"code": pid})
            if answer is None:
                return None
            self._codes[pid] = int(answer)
        return self._codes[pid]

    def _ask(self, order: dict[str, Any]) -> Any:
        with self._turn:
            self._orders.write(json.dumps(order) + "\n")
            self._orders.flush()
            return json.loads(self._orders.readline())


def _serve(orders: socket.socket, modules: tuple[str, ...]) -> None:
    for module in modules:
        importlib.import_module(module)
    living: dict[int, int | None] = {}
    file = orders.makefile("rw", encoding="utf-8", newline="\n")
    for line in file:
        order = json.loads(line)
        if "code" in order:
            _reap(living)
            answer = living[order["code"]]
        else:
            answer = os.fork()
            if answer == 0:
                file.close()
                orders.close()
                _be(order)
            living[answer] = None
        file.write(json.dumps(answer) + "\n")
        file.flush()
    _reap(living)
    for pid in [pid for pid, code in living.items() if code is None]:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os._exit(0)


def _reap(living: dict[int, int | None]) -> None:
    for pid in [pid for pid, code in living.items() if code is None]:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            living[pid] = os.waitstatus_to_exitcode(status)


def _be(order: dict[str, Any]) -> None:
    """Become the program; never returns."""
    code = 1
    try:
        out = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(out, 1)
        os.dup2(out, 2)
        if order["inside"] is not None:
            enter_now(order["inside"])
        module, _, name = order["program"].partition(":")
        getattr(importlib.import_module(module), name)(**order["arguments"])
        code = 0
    except SystemExit as why:
        code = why.code if isinstance(why.code, int) else 1
    except BaseException:  # noqa: BLE001 -- the program's last words; its exit code tells
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
