"""The center beside the virtual laptop: real HTTP and database, in the lab's time."""

import sqlite3
from contextlib import closing
from pathlib import Path

from center import admin
from center.config import CenterConfig
from center.main import build_app
from domain.seal import Seal, parse_seal
from host.clock import Clock
from host.identity import new_id
from tests.support.servers import AsgiThread

_LASTS_MS = 4 * 3_600_000


class LabCenter(AsgiThread):
    """A context manager; what it holds is read from its database, never from its memory."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._config = CenterConfig(data=data)
        self._clock = clock
        super().__init__(build_app(self._config, clock))

    def code(self) -> str:
        """A one-time enrolment code of a fresh session that ends in four hours."""
        now_ms, batch = self._clock.wall_ms(), new_id()
        with admin.opened(self._config) as database:
            admin.create_project(database, "lab", "lab", practice=True)
            admin.create_batch(database, "lab", batch, now_ms + _LASTS_MS)
            return admin.create_session(database, "lab", batch, "0001", now_ms, _LASTS_MS).code

    def verified(self, session: str) -> dict[str, Seal]:
        """Every verified link of ``session`` by its hash."""
        rows = self._rows("select seal_hash, seal from upload where session = ? and state = 'verified'", session)
        return {row[0]: parse_seal(row[1].encode()) for row in rows}

    def conflicts(self, session: str) -> int:
        """Second seals for what it had already: there must never be one."""
        return len(self._rows("select seal_hash from conflict where session = ?", session))

    def receipt(self, session: str) -> bool:
        """The session's receipt is signed."""
        with admin.opened(self._config) as database:
            return admin.session_summary(database, session, self._clock.wall_ms()).receipt is not None

    def _rows(self, question: str, session: str) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(f"file:{self._config.data / 'center.db'}?mode=ro", uri=True, timeout=20)) as db:
            return db.execute(question, (session,)).fetchall()
