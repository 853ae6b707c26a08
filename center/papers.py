"""Registered photos and attachments: files named by their SHA-256, written once. Owns the folder; holds no evidence."""

import hashlib
from pathlib import Path

from domain.errors import SpoolUnreadable
from host.durable import private_folder, read_bytes, write_bytes


class Papers:
    """A folder of content by hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sha256: str, content: bytes) -> None:
        """Store ``content`` durably; again is a no-op. Raises StorageError."""
        path = private_folder(self._folder) / sha256
        if not path.exists():
            write_bytes(path, content)

    def remove(self, sha256: str) -> None:
        """Delete a paper that nothing names any more; no error when there is none."""
        (self._folder / sha256).unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        """The content; raises SpoolUnreadable when it is gone or damaged."""
        content = read_bytes(self._folder / sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise SpoolUnreadable(f"paper {sha256}: its bytes are not what was kept")
        return content
