"""Opening ``queue.db``: whole, of this version, or set aside and made anew.

A damaged or newer file is never deleted: it is renamed with its journal, and the queue is rebuilt from the spool.
"""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from domain.errors import QueueCorrupt, QueueNewer, StorageError
from host.durable import translate
from host.ownprogram import own_part

# The one place that names the newest version this program knows; a test compares it with the migration tree.
KNOWN = ("0001",)
_CHILD_S = 120.0


def prepare(path: Path) -> QueueCorrupt | QueueNewer | None:
    """Make ``path`` a database of this version; what was wrong with the old one is returned, to be shown.

    Raises StorageError when even a fresh file cannot be made.
    """
    trouble = _judge(path)
    if trouble is not None:
        aside = _set_aside(path, "newer" if isinstance(trouble, QueueNewer) else "corrupt")
        trouble = type(trouble)(f"{trouble.detail}; kept as {aside}")
    older = _version(path)
    if older != KNOWN[-1]:
        try:
            _migrate(path)
        except StorageError as why:
            if older is None:
                raise
            aside = _set_aside(path, "corrupt")  # better a queue rebuilt from the spool than no upload at all
            trouble = QueueCorrupt(f"version {older} could not be brought up to date ({why.detail}); kept as {aside}")
            _migrate(path)
    path.chmod(0o600)
    return trouble


def _judge(path: Path) -> QueueCorrupt | QueueNewer | None:
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            return QueueCorrupt(f"{path}: {verdict}")
        version = _version(path)
    except sqlite3.DatabaseError as why:
        return QueueCorrupt(f"{path}: {why}")
    if version is None:
        return QueueCorrupt(f"{path}: no version inside")
    return None if version in KNOWN else QueueNewer(f"{path}: version {version[:20]}, this program knows {KNOWN[-1]}")


def _version(path: Path) -> str | None:
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _set_aside(path: Path, what: str) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.{what}-{number}")).exists():
        number += 1
    with translate(path):
        for tail in ("-wal", "-shm", ""):  # the journal first: without it a crash here would change what is kept
            part = path.with_name(path.name + tail)
            if part.exists():
                part.rename(aside.with_name(aside.name + tail))
    return aside


def _migrate(path: Path) -> None:
    child = subprocess.run(
        [*own_part("syncd.migrate"), str(path)],
        capture_output=True,
        text=True,
        timeout=_CHILD_S,
        check=False,
    )
    if child.returncode != 0:
        last = child.stderr.strip().splitlines()[-1:] or ["no message"]
        raise StorageError(f"{path}: {last[0]}")
