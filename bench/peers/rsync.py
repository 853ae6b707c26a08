"""rsync ``--append-verify`` to an rsync daemon."""

import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.world import await_until
from zhishi.programs import Program
from zhishi.stage import dying_with_parent


@dataclass(slots=True)
class RsyncDaemon:
    """``rsync --daemon`` with one writable module over ``folder``; a context manager. ``before``: what execs it."""

    folder: Path
    environ: Mapping[str, str]
    port: int = 0
    host: str = "127.0.0.1"
    before: tuple[str, ...] = ()
    _program: Program | None = field(default=None)

    def __enter__(self) -> "RsyncDaemon":
        held = self.folder / "module"
        held.mkdir(parents=True)
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        settings = self.folder / "rsyncd.conf"
        settings.write_text(
            f"use chroot = no\nlog file = {self.folder / 'rsyncd.log'}\npid file = {self.folder / 'rsyncd.pid'}\n"
            f"[module]\npath = {held}\nread only = no\nuid = 0\ngid = 0\n"
        )
        command = ["rsync", "--daemon", "--no-detach", f"--address={self.host}", f"--port={self.port}"]
        log = self.folder / "out.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                dying_with_parent([*self.before, *command, f"--config={settings}"]),
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=dict(self.environ),
            )  # fmt: skip
        self._program = program = Program("rsync", process, log)

        def listens() -> bool:
            program.must_live()
            with socket.socket() as door:
                return door.connect_ex((self.host, self.port)) == 0

        await_until(listens, 20.0, "rsync daemon")
        return self

    def __exit__(self, *_error: object) -> None:
        if self._program is not None:
            self._program.kill()

    def stored(self, name: str) -> bytes:
        """The file as it lies there."""
        return (self.folder / "module" / name).read_bytes()


def command(file: Path, port: int) -> list[str]:
    """One transfer to the daemon at ``port``; run again it goes on."""
    return ["rsync", "--append-verify", str(file), f"rsync://127.0.0.1:{port}/module/{file.name}"]


def files_command(files: list[Path], server: RsyncDaemon) -> list[str]:
    """One transfer of several files; a silent connection is given up after 15 s (it would be never)."""
    to = f"rsync://{server.host}:{server.port}/module/"
    return ["rsync", "--append-verify", "--timeout=15", "--contimeout=10", *map(str, files), to]
