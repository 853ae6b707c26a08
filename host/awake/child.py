"""A hold that a program of the system keeps for us as long as it runs."""

import select
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import ClassVar

from domain.errors import SleepNotPrevented

HOLDS = b"held"
_ANSWER_S = 5.0
_END_S = 5.0
_WORDS = 300


class ChildInhibitor:
    """``command`` holds from its first byte on stdout (or, with ``tells`` False, from its start) until stdin closes."""

    command: ClassVar[Sequence[str]]
    tells: ClassVar[bool] = True

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    @property
    def held(self) -> bool:
        """The program that holds it lives."""
        child = self._child
        return child is not None and child.poll() is None

    def take(self) -> None:
        """Start it and wait until it holds. Raises SleepNotPrevented with its last words."""
        with self._turn:
            if self.held:
                return
            self._end()
            command = self.arguments()
            try:
                child = subprocess.Popen(
                    command,
                    env=self._environ,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
            except OSError as why:
                raise SleepNotPrevented(f"{command[0]}: {why.strerror}") from why
            self._child = child
            said = self._listen(child)
            if said is not None:
                self._end()
                raise SleepNotPrevented(f"{command[0]}: {said}")

    def release(self) -> None:
        """End it."""
        with self._turn:
            self._end()

    def arguments(self) -> list[str]:
        """The command line."""
        return list(self.command)

    def _listen(self, child: "subprocess.Popen[bytes]") -> str | None:
        """None once it holds; else why it does not."""
        assert child.stdout is not None  # noqa: S101 -- Popen was given PIPE
        ready, _, _ = select.select([child.stdout], [], [], _ANSWER_S if self.tells else 0.2)
        if not ready:
            return None if not self.tells and child.poll() is None else f"no answer in {_ANSWER_S:.0f} s"
        said = child.stdout.read1(_WORDS)  # type: ignore[attr-defined]  # a BufferedReader
        if said.startswith(HOLDS):
            return None
        return said.decode(errors="replace").strip() or "it ended at once"

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        try:
            child.wait(_END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
