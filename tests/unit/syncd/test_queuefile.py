"""queue.db missing, damaged, newer: set aside, never deleted."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import QueueCorrupt, QueueNewer
from syncd import queuefile
from syncd.migrate import migrate


def _aside(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir() if entry.name.startswith("queue.db."))


def test_a_missing_queue_is_made(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    assert queuefile.prepare(path) is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert queuefile.prepare(path) is None
    assert _aside(path) == []


@pytest.mark.parametrize("damage", ["text", "torn", "no_version", "missing_table"])
def test_a_damaged_queue_is_set_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "queue.db"
    migrate(path)
    if damage == "text":
        path.write_text("this is no database, and long enough not to be taken for an empty one" * 100)
    elif damage == "torn":
        raw = bytearray(path.read_bytes())
        raw[4096:] = b"\xff" * (len(raw) - 4096)
        path.write_bytes(raw)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(
                "DELETE FROM alembic_version" if damage == "no_version" else "DROP TABLE alembic_version"
            )
            connection.commit()
    before = path.read_bytes()
    trouble = queuefile.prepare(path)
    assert isinstance(trouble, QueueCorrupt)
    (name,) = _aside(path)
    assert (tmp_path / name).read_bytes() == before
    assert name in trouble.detail
    assert queuefile.prepare(path) is None


def test_a_newer_queue_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.commit()
    trouble = queuefile.prepare(path)
    assert isinstance(trouble, QueueNewer)
    assert "0999" in trouble.detail
    assert _aside(path) == ["queue.db.newer-1"]


def test_every_set_aside_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    for _ in range(2):
        path.write_text("x" * 5000)
        assert isinstance(queuefile.prepare(path), QueueCorrupt)
    assert _aside(path) == ["queue.db.corrupt-1", "queue.db.corrupt-2"]
