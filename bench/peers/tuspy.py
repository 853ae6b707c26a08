"""tuspy as shipped: no wrapping, its own requests. ``python -m bench.peers.tuspy`` is the client that can be killed."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tusclient import client as tus
from tusclient.storage.filestorage import FileStorage

_Client: Any = tus.TusClient  # only half typed
_Storage: Any = FileStorage


def upload(file: Path, endpoint: str, *, headers: Mapping[str, str], metadata: Mapping[str, str], chunk: int) -> float:
    """Create the upload and send ``file`` in chunks of ``chunk`` bytes; seconds for all of it."""
    client = _Client(endpoint, headers=dict(headers))
    began = time.perf_counter()
    client.uploader(str(file), chunk_size=chunk, metadata=dict(metadata)).upload()
    return time.perf_counter() - began


def command(file: Path, endpoint: str, memory: Path) -> list[str]:
    """The client as a program that remembers its upload's URL in ``memory`` and goes on there when run again."""
    return [sys.executable, "-m", "bench.peers.tuspy", str(file), endpoint, str(memory)]


def _main() -> None:
    file, endpoint, memory = sys.argv[1:]
    about = {"filename": Path(file).name}  # @tus/server refuses the empty metadata header tuspy sends otherwise
    _Client(endpoint).uploader(file, metadata=about, store_url=True, url_storage=_Storage(memory)).upload()


if __name__ == "__main__":
    _main()
