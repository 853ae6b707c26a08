"""Other people's tus programs, started from Python: @tus/server and tus-js-client (tests/peers).

Owns installing the locked modules and running the two scripts. For tests and bench only.
``python -m tests.support.peers install`` is what scripts/peers runs.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from web.build import find_node
from zhishi.stage import dying_with_parent

FOLDER = Path(__file__).resolve().parents[1] / "peers"
_STAMP = FOLDER / "node_modules" / ".zhishi-stamp"


def install() -> bool:
    """``npm ci`` unless done already for this lock; True when it was done now. Raises CalledProcessError."""
    wanted = hashlib.sha256(
        b"".join((FOLDER / name).read_bytes() for name in ("package.json", "package-lock.json", ".npmrc"))
    ).hexdigest()
    if _STAMP.exists() and _STAMP.read_text() == wanted:
        return False
    found = find_node()
    # npm's scripts look for `node` on PATH
    path = os.pathsep.join([str(Path(found.node[0]).parent), os.environ.get("PATH", "")])
    subprocess.run(
        [*found.npm, "ci", "--omit=optional", "--ignore-scripts", "--loglevel=error"],
        cwd=FOLDER,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        check=True,
    )
    _STAMP.write_text(wanted)
    return True


class TusServer:
    """@tus/server over ``folder``, a context manager; dies with the thread that entered it.

    It stores upload ``id`` as ``folder/id``. ``endpoint`` is the creation URL.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0

    @property
    def endpoint(self) -> str:
        """Where uploads are created."""
        return f"http://127.0.0.1:{self.port}/files"

    def stored(self, url: str) -> Path:
        """The file that holds the bytes of upload ``url``."""
        return self.folder / url.rpartition("/")[2]

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            dying_with_parent([*find_node().node, str(FOLDER / "serve.mjs"), str(self.folder)]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = json.loads(self.process.stdout.readline())["port"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()


@dataclass(frozen=True)
class Sent:
    """What tus-js-client says: ``offset`` acknowledged last, ``bytes_sent`` in all its requests together."""

    url: str | None
    offset: int
    bytes_sent: int
    finished: bool
    error: str | None


def upload_with_tus_js(
    file: Path,
    *,
    endpoint: str = "",
    url: str | None = None,
    headers: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
    chunk_size: int = 0,
    abort_after: int = 0,
    during_creation: bool = False,
    retry_delays_ms: list[int] | None = None,
    timeout: float = 60.0,
) -> Sent:
    """Upload ``file`` to ``endpoint``, or go on at ``url``. ``chunk_size`` 0: one request; ``abort_after``:
    stop by itself once that many bytes are sent (resume with ``url=sent.url``). An upload the server refuses
    is ``Sent.error``, not an exception; raises TimeoutExpired.
    """
    order = {
        "endpoint": endpoint,
        "url": url,
        "file": str(file),
        "headers": dict(headers or {}),
        "metadata": dict(metadata or {}),
        "chunkSize": chunk_size,
        "abortAfter": abort_after,
        "uploadDataDuringCreation": during_creation,
        "retryDelays": retry_delays_ms,
    }
    done = subprocess.run(
        dying_with_parent([*find_node().node, str(FOLDER / "upload.mjs"), json.dumps(order)]),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.stdout, f"tus-js-client said nothing: {done.stderr}"
    told = json.loads(done.stdout)
    return Sent(told["url"], told["offset"], told["bytesSent"], told["finished"], told["error"])


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        sys.exit("usage: python -m tests.support.peers install")
    install()
