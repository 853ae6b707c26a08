"""Programs born in a moment: a process that has everything imported forks on order.

What is forked runs the product's own ``run`` from the beginning, in a process of its own that can be killed; only
Python's start-up is spared (1 to 2 s of a processor each), so that the fault lab and the tests can kill and start
often. How the commands start by themselves is seen where a test starts ``zhishi``.
"""

import atexit
import functools
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from tests.support.namespaces import enter_now

ROOT = Path(__file__).resolve().parents[2]
_CHILDREN = ("center", "asgi_child", "syncd_child", "recorder_child")
_LINE = 1 << 16


@dataclass(slots=True)
class Hatched:
    """One program."""

    name: str
    pid: int
    number: int
    log: Path | None
    hatchery: "Hatchery" = field(repr=False)

    def alive(self) -> bool:
        """It has not ended."""
        return self.hatchery.code(self.number) is None

    def must_live(self) -> None:
        """Raises AssertionError with its last words when it ended by itself."""
        code = self.hatchery.code(self.number)
        assert code is None, f"{self.name} ended with {code}: {self.words()}"

    def words(self) -> str:
        """The end of what it said."""
        return self.log.read_text(errors="replace")[-1500:] if self.log is not None and self.log.exists() else ""

    def ended(self, timeout: float = 20.0) -> int:
        """Wait until it has ended; its exit code, negative for a signal. Raises AssertionError when it goes on."""
        until = time.monotonic() + timeout
        code = self.hatchery.code(self.number)
        if code is None:
            handle = os.pidfd_open(self.pid)
            try:
                select.select([handle], [], [], timeout)
            finally:
                os.close(handle)
        while code is None:
            code = self.hatchery.code(self.number)
            assert code is not None or time.monotonic() < until, f"{self.name} goes on after {timeout} s"
        return code

    def kill(self, number: int = signal.SIGKILL, timeout: float = 20.0) -> None:
        """kill -9 (or another signal), and wait until it is gone. Harmless when it ended before."""
        if self.alive():
            os.kill(self.pid, number)
            self.ended(timeout)

    def stop(self) -> None:
        """SIGSTOP."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)


class Hatchery:
    """``with`` makes it; ``hatch`` answers a program that is running.

    It is forked from this process, which must have no thread yet; or, ``apart``, started as a program of its own.
    """

    def __init__(self, modules: tuple[str, ...], *, apart: bool = False) -> None:
        self._modules = modules
        self._apart = apart
        self._turn = threading.Lock()
        self._wait: Callable[[], object] = bool

    def __enter__(self) -> Self:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            if self._apart:
                command = [sys.executable, "-m", "tests.support.hatchery", str(theirs.fileno()), *self._modules]
                child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
                self._wait = child.wait
                return self
            sys.stdout.flush()
            sys.stderr.flush()
            pid = os.fork()
            if pid == 0:
                self._orders.close()
                _serve(theirs, self._modules)
        self._wait = functools.partial(os.waitpid, pid, 0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._orders.close()  # it ends what lives, then itself
        self._wait()

    def hatch(self, program: str, log: Path, inside: int | None = None, **arguments: Any) -> Hatched:
        """Run ``MODULE:FUNCTION(**arguments)`` in a new process, in the network namespace of process ``inside``."""
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            order = {"program": program, "inside": inside, "arguments": arguments}
            pid, number = self._ask(order, (out, out))
            return Hatched(program, pid, number, log, self)
        finally:
            os.close(out)

    def start(
        self, program: str, words: Sequence[str], environ: Mapping[str, str] | None = None, out: int = 1
    ) -> Hatched:
        """Run ``MODULE:FUNCTION(*words)`` as a child with our stderr, ``out`` for stdout and this environment."""
        order = {"program": program, "words": list(words), "environ": dict(os.environ if environ is None else environ)}
        pid, number = self._ask(order, (out, 2))
        return Hatched(program, pid, number, None, self)

    def code(self, number: int) -> int | None:
        """How the program of this number ended (negative: the signal); None while it lives."""
        answer = self._ask({"code": number})
        return None if answer is None else int(answer)

    def _ask(self, order: dict[str, Any], files: Sequence[int] = ()) -> Any:
        with self._turn:
            socket.send_fds(self._orders, [json.dumps(order).encode()], files)
            return json.loads(self._orders.recv(_LINE))


@functools.cache
def programs() -> Hatchery:
    """The one of this test process, for centers, recorders and syncd; it ends with this process, however that ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(Hatchery(tuple(f"tests.support.{name}" for name in _CHILDREN), apart=True))


def _serve(orders: socket.socket, modules: Sequence[str]) -> NoReturn:
    for module in modules:
        importlib.import_module(module)
    births = Births()
    while True:
        raw, files, _, _ = socket.recv_fds(orders, _LINE, 2)
        if not raw:
            break
        order = json.loads(raw)
        if "code" in order:
            _reap(births)
            answer: Any = births.code(order["code"])
        else:
            pid = os.fork()
            if pid == 0:
                orders.close()
                _be(order, files)
            answer = (pid, births.born(pid))
        for file in files:
            os.close(file)
        orders.send(json.dumps(answer).encode())
    _reap(births)
    for pid in births.living():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os._exit(0)


class Births:
    """Who was born and how each ended. Programs have numbers of their own: process ids are used again."""

    def __init__(self) -> None:
        self._codes: list[int | None] = []
        self._living: dict[int, int] = {}  # process id: number

    def born(self, pid: int) -> int:
        """A program began as this process; its number."""
        self._living[pid] = len(self._codes)
        self._codes.append(None)
        return self._living[pid]

    def ended(self, pid: int, code: int) -> None:
        """The program that lived as this process is over."""
        self._codes[self._living.pop(pid)] = code

    def living(self) -> list[int]:
        """Their process ids."""
        return list(self._living)

    def code(self, number: int) -> int | None:
        """How it ended; None while it lives."""
        return self._codes[number]


def _reap(births: Births) -> None:
    for pid in births.living():
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            births.ended(pid, os.waitstatus_to_exitcode(status))


def _be(order: dict[str, Any], files: Sequence[int]) -> NoReturn:
    """Become the program; never returns."""
    code = 1
    try:
        for number, file in enumerate(files, 1):
            os.dup2(file, number)
        for file in files:
            os.close(file)
        if "environ" in order:
            os.environ.clear()
            os.environ.update(order["environ"])
            time.tzset()
        if order.get("inside") is not None:
            enter_now(order["inside"])
        module, _, name = order["program"].partition(":")
        getattr(importlib.import_module(module), name)(*order.get("words", ()), **order.get("arguments", {}))
        code = 0
    except SystemExit as why:
        code = why.code if isinstance(why.code, int) else 1
    except BaseException:  # noqa: BLE001 -- the program's last words; its exit code tells
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
