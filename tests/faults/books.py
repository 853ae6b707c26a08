"""What the center has written down of a session, read from its database as a file: the lab's truth about the center."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.identity import Identity, LinkKind, Track


@dataclass(frozen=True, slots=True)
class Held:
    """One upload at the center."""

    identity: Identity
    seq: int
    seal: bytes
    sha256: str
    size: int
    state: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """One receipt as issued."""

    kind: str
    issued_ms: int
    assessment: str


class CenterBooks:
    """Read-only over the folder of one center; it may be running, or dead."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def uploads(self, session: str) -> list[Held]:
        """Every upload of ``session``, all generations."""
        with self._open() as db:
            rows = db.execute(
                "select device, track, run, kind, idx, seq, seal, sha256, size, state, key from upload"
                " where session = ? order by track, seq, generation",
                (session,),
            ).fetchall()
        return [
            Held(
                Identity(row[0], Track(row[1]), row[2], LinkKind(row[3]), row[4]),
                row[5], row[6].encode(), row[7], row[8], row[9],
                self._data / "evidence" / row[10] if row[10] else None,
            )
            for row in rows
        ]  # fmt: skip

    def verified(self, session: str) -> list[Held]:
        """Those verified."""
        return [held for held in self.uploads(session) if held.state == "verified"]

    def receipts(self, session: str) -> list[IssuedReceipt]:
        """Oldest first."""
        with self._open() as db:
            rows = db.execute(
                "select kind, issued_ms, assessment from receipt where session = ? order by issued_ms", (session,)
            ).fetchall()
        return [IssuedReceipt(*row) for row in rows]

    def ended_ms(self, session: str) -> int | None:
        """An early end that was accepted."""
        with self._open() as db:
            row = db.execute("select ended_ms from session where id = ?", (session,)).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self._data / 'center.db'}?mode=ro", uri=True, timeout=10)) as db:
            yield db
