"""Attachments on this machine: fetched once, checked against their hash, read offline.

Owns the folder they lie in. Never asks the center itself.
"""

import hashlib
from pathlib import Path

from domain.errors import BadInput, HashMismatch
from domain.wire.interview import AttachmentBody
from host.durable import private_folder, read_bytes, write_bytes


class Papers:
    """``state/attachments/<sha256>``: the name is the hash, so a changed attachment is another file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "attachments"

    def here(self, attachment: AttachmentBody) -> bool:
        """It lies on this machine."""
        return self._path(attachment).exists()

    def keep(self, attachment: AttachmentBody, content: bytes) -> None:
        """Keep what has come. Raises HashMismatch when it is not what was named, StorageError."""
        found = hashlib.sha256(content).hexdigest()
        if found != attachment.sha256:
            raise HashMismatch(f"attachment {attachment.id}: {found[:12]}…, expected {attachment.sha256[:12]}…")
        private_folder(self._folder)
        write_bytes(self._path(attachment), content)

    def read(self, attachment: AttachmentBody) -> bytes:
        """Its bytes. Raises BadInput when it is not here yet, StorageError."""
        if not self.here(attachment):
            raise BadInput("附件尚未下载到本机 / the attachment is not here yet")
        return read_bytes(self._path(attachment))

    def _path(self, attachment: AttachmentBody) -> Path:
        if len(attachment.sha256) != 64 or not attachment.sha256.isalnum():
            raise BadInput(f"attachment {attachment.id}: no SHA-256")
        return self._folder / attachment.sha256
