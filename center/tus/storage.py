"""What the tus router asks of a place that keeps bytes. The contract, in words; ``filestore`` is the first to
keep it.

Rules every storage keeps (tests/unit/center/test_storage_contract.py runs them against each):

1. The offset of an upload is what is durably stored, and nothing else. It is never written down a second
   time.
2. ``sync`` returns only after everything written before the call would survive a power cut. Its return value
   is the durable offset; it never goes back.
3. After a crash ``open`` and ``size`` give the durable offset: they make durable whatever survived before
   they trust it, and nothing beyond that offset is ever read as part of the upload.
4. Between ``mark`` and ``accept`` nothing counts: after ``reject``, a closed writer or a crash the offset is
   the one of ``mark``.
5. ``digest`` hashes what was read back from the store, never what was received.
6. A quarantined upload's bytes are kept apart, unchanged, and its key is free again.
7. Keys are slash-separated names made by the center; a storage refuses a key that leaves its own ground.
8. Memory per upload is constant. All calls block and are made off the event loop, from any thread, but for
   one key never two at a time; exceptions: ``sync`` may run beside ``write``, ``peek`` beside everything.

Errors: UploadGone (no such key), DiskFull, StorageError. Several processes may share one storage: who may
touch a key is decided above it (``center.tus.holds``).
"""

from collections.abc import Sequence
from typing import Protocol


class Writer(Protocol):
    """One open upload. ``written`` counts what was handed in, ``durable`` what is known to survive (both
    offsets).
    """

    written: int
    durable: int

    def write(self, pieces: Sequence[bytes]) -> None:
        """Put ``pieces`` at ``written``; on DiskFull ``written`` tells how far it came."""
        ...

    def sync(self) -> int:
        """Make everything written so far durable; returns the durable offset."""
        ...

    def digest(self) -> str:
        """SHA-256 in hex of the whole durable upload as read back."""
        ...

    def mark(self) -> None:
        """From here on nothing counts until ``accept``."""
        ...

    def accept(self) -> int:
        """What was written since ``mark`` counts and is durable; returns the durable offset."""
        ...

    def reject(self) -> None:
        """Forget what was written since ``mark``."""
        ...

    def close(self) -> None:
        """Let go; unsynced bytes may be lost, marked ones are."""
        ...


class Storage(Protocol):
    """A place that keeps uploads by key."""

    def create(self, key: str) -> Writer:
        """A new, empty, durable upload, open; leftovers of an unacknowledged one under this key are
        dropped.
        """
        ...

    def put(self, key: str, pieces: Sequence[bytes]) -> tuple[int, str]:
        """Create, write, sync, read back, close, in one go: (durable offset, SHA-256 of it)."""
        ...

    def open(self, key: str) -> Writer:
        """Go on with an upload at its durable offset; raises UploadGone."""
        ...

    def size(self, key: str) -> int:
        """The durable offset; raises UploadGone."""
        ...

    def peek(self, key: str) -> int:
        """About how much is there, without touching anything: for reports, never for an acknowledgement."""
        ...

    def read(self, key: str, start: int, most: int) -> bytes:
        """Up to ``most`` durable bytes from ``start`` (fewer at the end); raises UploadGone."""
        ...

    def quarantine(self, key: str) -> str:
        """Set the bytes apart; returns the key under which they are kept."""
        ...

    def apart(self, key: str) -> list[str]:
        """The keys under which ``quarantine`` keeps bytes that once had this key."""
        ...

    def remove(self, key: str) -> None:
        """Drop the bytes of an upload that was given up; no error when there are none."""
        ...

    def room(self) -> int:
        """Bytes that can still be stored (a large number where nobody can tell)."""
        ...
