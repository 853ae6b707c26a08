"""The database: schema by migration, one durable writer, errors translated."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import Session

from center.migration import tree
from center.store import projects
from center.store.database import Database
from center.tables import METADATA, Project, after, companion, interview, readiness, review, staff  # noqa: F401 -- put their tables into METADATA
from domain.errors import BadInput, StorageError
from domain.publication import APPEAL_MS


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'center.db'}"


def test_migrated_schema_equals_the_models(url: str) -> None:
    Database(url).start().close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_starting_again_and_two_at_once_migrate_once(url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            Database(url).start().close()
        except BaseException as why:  # noqa: BLE001 -- shown by the assertion below
            failures.append(why)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_writes_are_durable_and_synchronous_is_full(url: str, tmp_path: Path) -> None:
    database = Database(url).start()
    database.write(lambda db: projects.keep(db, Project(id="p", title="t", window_ms=1)))
    assert database.write(lambda db: db.connection().exec_driver_sql("PRAGMA synchronous").scalar()) == 2
    assert database.read(lambda db: db.connection().exec_driver_sql("PRAGMA journal_mode").scalar()) == "wal"
    database.close()
    with sqlite3.connect(tmp_path / "center.db") as raw:
        assert raw.execute("SELECT id FROM project").fetchall() == [("p",)]
    raw.close()


def test_a_refused_write_takes_no_neighbour_along(url: str) -> None:
    """Changes that wait together share one commit; one that refuses or breaks leaves the others alone."""
    database = Database(url).start()
    gate = threading.Event()
    outcomes: dict[str, str] = {}

    def change(name: str, db: Session) -> None:
        projects.keep(db, Project(id=name, title=name, window_ms=1))
        if name == "refused":
            raise BadInput(name)
        if name == "twin":
            db.add(Project(id="first", title="clash", window_ms=1))
            db.flush()

    def write(name: str) -> None:
        try:
            database.write(lambda db: change(name, db))
            outcomes[name] = "kept"
        except (BadInput, StorageError) as why:
            outcomes[name] = why.code

    blocked = threading.Thread(target=lambda: database.write(lambda _db: gate.wait(10)))
    blocked.start()
    database_threads = [
        threading.Thread(target=write, args=(name,)) for name in ("first", "refused", "twin", "second", "third")
    ]
    for thread in database_threads:
        thread.start()
    gate.set()
    for thread in [blocked, *database_threads]:
        thread.join()
    assert outcomes == {
        "first": "kept",
        "refused": "bad_input",
        "twin": "storage",
        "second": "kept",
        "third": "kept",
    }
    kept = database.read(lambda db: {name for name in outcomes if projects.project(db, name) is not None})
    assert kept == {"first", "second", "third"}
    database.close()


def test_a_damaged_database_is_a_storage_error(url: str, tmp_path: Path) -> None:
    (tmp_path / "center.db").write_bytes(b"this is no database at all, but long enough to be read" * 40)
    database = Database(url)
    with pytest.raises(StorageError):
        database.start()
    database.close()


def test_results_published_before_there_was_a_delay_keep_their_leave(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(tree()).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        columns = "id, title, practice, window_ms, hotline, companion_required, show_name, texts, results_published_ms"
        connection.exec_driver_sql(f"INSERT INTO project ({columns}) VALUES ('old', 't', 0, 1, '', 0, 1, '', 77)")  # noqa: S608
        connection.exec_driver_sql(f"INSERT INTO project ({columns}) VALUES ('new', 't', 0, 1, '', 0, 1, '', NULL)")  # noqa: S608
    engine.dispose()
    database = Database(url).start()
    for name, leave_ms in (("old", 77), ("new", None)):
        row = database.read(lambda db, name=name: projects.project(db, name))  # type: ignore[misc]
        assert row is not None
        assert (row.leave_ms, row.appeal_ms) == (leave_ms, APPEAL_MS)
    database.close()
