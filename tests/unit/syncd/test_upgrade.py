"""An upgrade in place: a queue of an older version becomes one of this version, with everything in it.

While there is only one version in the tree, a second one is made up beside it: what is shown is the mechanism.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import migrations.syncd
from syncd import queuefile
from syncd.database import Database
from syncd.migrate import migrate
from syncd.store import Now, Store
from tests.support.seals import make_chain

_NEXT = '''"""A version that this test made up."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "made_up", {last!r}, None, None


def upgrade() -> None:
    op.add_column("upload", sa.Column("made_up", sa.Integer(), nullable=False, server_default="7"))
'''


def _fill(path: Path) -> list[str]:
    database = Database(path)
    store = Store(database)
    store.add([(seal, f"p/{seal.seq}") for seal in make_chain([b"a", b"bb", None])])
    store.take(Now("boot", 1), 1)
    database.close()
    return _rows(path)


def _rows(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT id, path, state, size, hex(seal) FROM upload ORDER BY id").fetchall()
        return [repr(row) for row in rows]


def test_every_version_is_known() -> None:
    versions = Path(migrations.syncd.__file__).parent / "versions"
    assert [path.name.partition("_")[0] for path in sorted(versions.glob("[0-9]*.py"))] == list(queuefile.KNOWN)


def test_an_older_queue_is_brought_up_to_date_with_everything_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "queue.db"
    assert queuefile.prepare(path) is None
    before = _fill(path)
    assert len(before) == 3
    tree = tmp_path / "tree"
    shutil.copytree(Path(migrations.syncd.__file__).parent, tree, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "versions" / "9999_made_up.py").write_text(_NEXT.format(last=queuefile.KNOWN[-1]))
    monkeypatch.setattr(migrations.syncd, "__file__", str(tree / "__init__.py"))
    monkeypatch.setattr(queuefile, "KNOWN", (*queuefile.KNOWN, "made_up"))
    monkeypatch.setattr(queuefile, "_migrate", migrate)  # here, where the tree is the made-up one
    assert queuefile.prepare(path) is None
    assert _rows(path) == before
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT DISTINCT made_up FROM upload").fetchall() == [(7,)]
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [("made_up",)]


def test_a_migration_that_fails_leaves_the_old_queue_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "queue.db"
    queuefile.prepare(path)
    before = _fill(path)
    tree = tmp_path / "tree"
    shutil.copytree(Path(migrations.syncd.__file__).parent, tree, ignore=shutil.ignore_patterns("__pycache__"))
    broken = _NEXT.format(last=queuefile.KNOWN[-1]) + "    raise RuntimeError('in the middle')\n"
    (tree / "versions" / "9999_made_up.py").write_text(broken)
    monkeypatch.setattr(migrations.syncd, "__file__", str(tree / "__init__.py"))
    with pytest.raises(RuntimeError, match="middle"):
        migrate(path)
    assert _rows(path) == before
    with closing(sqlite3.connect(path)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(upload)")]
        assert "made_up" not in columns


def test_an_older_queue_that_cannot_be_migrated_is_set_aside_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "queue.db"
    queuefile.prepare(path)
    before = _fill(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE alembic_version SET version_num = '0000'")  # known, but not in the tree
        db.commit()
    monkeypatch.setattr(queuefile, "KNOWN", ("0000", *queuefile.KNOWN))
    trouble = queuefile.prepare(path)
    assert trouble is not None
    assert "0000" in trouble.detail
    assert _rows(tmp_path / "queue.db.corrupt-1") == before
    assert _rows(path) == []
