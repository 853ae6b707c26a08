"""One ffmpeg process: start, last words, stop. Knows nothing of segments or time."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from pathlib import Path

from domain.errors import RecordingFailed
from host.machine import create_time
from recorder import leash

LAST_WORDS = 100
_LAST_WORDS_S = 2.0  # a process of ffmpeg's that holds stderr open is not waited for


class Ffmpeg:
    """A running ffmpeg. ``lines`` keeps its last hundred lines of stderr."""

    def __init__(self, process: asyncio.subprocess.Process, created: float) -> None:
        self._process = process
        self.pid: int = process.pid
        self.create_time = created
        self.lines: deque[str] = deque(maxlen=LAST_WORDS)
        self._listening: asyncio.Task[None] | None = None

    @staticmethod
    async def start(
        argv: list[str], folder: Path, environ: dict[str, str], *, tied: bool, on_line: Callable[[str], None]
    ) -> "Ffmpeg":
        """Run ``argv`` in ``folder``; ``tied`` to our own life. Raises RecordingFailed when it cannot be started."""
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                cwd=folder,
                env=environ or None,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                preexec_fn=leash.before_exec() if tied else None,
                start_new_session=not tied,
            )
        except OSError as why:
            raise RecordingFailed(f"{argv[0]}: {why}") from why
        if tied:
            leash.after_start(process.pid)
        running = Ffmpeg(process, create_time(process.pid) or 0.0)
        running._listening = asyncio.create_task(running._listen(on_line))
        return running

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for its end and its last words."""
        code = await self._process.wait()
        if self._listening is not None:  # only looked at: whoever gives up waiting must not stop the listening
            await asyncio.wait((self._listening,), timeout=_LAST_WORDS_S)
        return code

    async def stop(self, patience_s: float) -> int:
        """Ask with ``q``, then terminate, then kill (a stopped process hears only the last)."""
        if self._process.stdin is not None:
            with contextlib.suppress(ConnectionError):  # it ended by itself meanwhile
                self._process.stdin.write(b"q")
                await self._process.stdin.drain()
        for harder in (self._process.terminate, self._process.kill):
            try:
                return await asyncio.wait_for(asyncio.shield(self._process.wait()), patience_s)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    harder()
        return await self.wait()

    async def kill(self) -> int:
        """End it now."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        return await self.wait()

    async def _listen(self, on_line: Callable[[str], None]) -> None:
        stream = self._process.stderr
        if stream is None:
            return
        rest = b""
        while block := await stream.read(4096):
            *whole, rest = (rest + block).replace(b"\r", b"\n").split(b"\n")
            rest = rest[-4096:]
            for raw in whole:
                line = raw.decode(errors="replace").rstrip()
                if line:
                    self.lines.append(line)
                    on_line(line)
