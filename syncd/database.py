"""One thread that owns the one connection to ``queue.db``.

Every question and every change is a short function run there, inside one transaction. Never holds SQL: ``syncd.store``
does. WAL with ``synchronous=NORMAL``: after a power cut the last moments of the queue may be missing, which costs a
question to the center, never evidence.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from domain.errors import QueueCorrupt, StorageError

T = TypeVar("T")
_DISK = ("locked", "full", "readonly", "unable to open", "disk I/O")  # SQLite's words for a disk that refuses


def open_engine(path: Path) -> Engine:
    """An engine whose transactions hold what they say: the driver's own guessing commits before every DDL."""
    engine = create_engine(
        f"sqlite:///{path}", poolclass=StaticPool, connect_args={"check_same_thread": False}, query_cache_size=100
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


class Database:
    """``run(work)`` runs ``work(connection)`` in the owning thread and returns what it returned."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._engine = open_engine(path)
        self._thread = threading.Thread(target=self._serve, name="queue", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction; raises QueueCorrupt, StorageError, or what ``work`` raised."""
        done: Future[T] = Future()
        self._jobs.put((work, done))
        return done.result()

    def close(self) -> None:
        """Finish what is waiting and close the file. Closing twice is harmless."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()
            self._engine.dispose()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, done = job
            try:
                with self._engine.begin() as connection:
                    answer = work(connection)
            except DatabaseError as why:
                kind = StorageError if any(word in str(why.orig) for word in _DISK) else QueueCorrupt
                done.set_exception(kind(f"{self._path}: {why.orig}"))
            except BaseException as why:  # noqa: BLE001 -- handed over to the thread that asked
                done.set_exception(why)
            else:
                done.set_result(answer)


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by ``_begin``, not guessed by the driver
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "cache_size=-1024"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
