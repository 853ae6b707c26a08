"""The other programs as child processes of the demo: started, asked, killed. Each one's words go to a log file."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ServiceError
from host.ownprogram import own_command, own_environ
from zhishi.stage import dying_with_parent

_STOP_S = 15.0
_START_S = 60.0


@dataclass(slots=True)
class Program:
    """One running ``zhishi`` command."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if not self.alive:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "no words"

    def must_live(self) -> None:
        """Raises ServiceError with its last words when it has ended."""
        if not self.alive:
            raise ServiceError(f"{self.name} ended with {self.process.returncode}: {self.last_words()}")


def await_words(file: Path, program: Program) -> str:
    """What ``program`` writes into ``file`` once it is ready; raises ServiceError when it does not."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if file.exists() and (found := file.read_text().strip()):
            return found
        program.must_live()
        time.sleep(0.05)
    raise ServiceError(f"{program.name}: not ready within {_START_S:.0f} s: {program.last_words()}")


def start(
    name: str, arguments: Sequence[str], environ: Mapping[str, str], logs: Path, before: Sequence[str] = ()
) -> Program:
    """Run ``zhishi NAME ARGUMENTS``; its output is appended to ``logs/NAME.log``. It dies with this process.

    ``before``: what execs it (``nsenter …``).
    """
    log = logs / f"{name}.log"
    command = [*before, *own_command(), name, *arguments]
    with log.open("ab") as out:
        process = subprocess.Popen(
            dying_with_parent(command) if sys.platform == "linux" else command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=own_environ(environ),
        )
    return Program(name, process, log)
