"""The database connection: one writer thread that commits in groups, readers beside it.

Owns engines, transactions and the translation of database errors. Holds no queries.

Every write is a function of a Session. The writer takes what waits, runs each function in a savepoint of its
own, and commits once for all: many small uploads that finish together share one fsync. A result is handed out
only after the commit is durable (WAL with synchronous=FULL). A function may run twice when a commit fails for
a neighbour's reason, so it must do nothing but database work.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from center.migration import migrate
from domain.errors import CenterBusy, DiskFull, StorageError, ZhishiError

T = TypeVar("T")
_GROUP = 64  # writes per commit
_WAITING = 4096  # writes that may wait; beyond it the caller is told to come back
_BUSY_MS = 30_000
_READERS = 8


class Database:
    """Engines and the writer thread. Close it when done."""

    def __init__(self, url: str) -> None:
        self._sqlite = make_url(url).get_backend_name() == "sqlite"
        self._read_engine = _engine(url, self._sqlite, "BEGIN", _READERS)
        self._write_engine = _engine(url, self._sqlite, "BEGIN IMMEDIATE", 1)
        self._readers = ThreadPoolExecutor(_READERS, "center-read")
        self._queue: queue.Queue[_Write | None] = queue.Queue(_WAITING)
        self._writer = threading.Thread(target=self._write_loop, name="center-write", daemon=True)
        self._closed = False

    def start(self) -> "Database":
        """Migrate, then begin to serve; raises StorageError or DiskFull."""
        try:
            with self._write_engine.begin() as connection:
                migrate(connection)
        except SQLAlchemyError as why:
            raise _translated(why) from why
        self._writer.start()
        return self

    def close(self) -> None:
        """Finish what waits, then let go of the database."""
        if self._closed:
            return
        self._closed = True
        if self._writer.is_alive():
            self._queue.put(None)
            self._writer.join()
        self._readers.shutdown()
        self._read_engine.dispose()
        self._write_engine.dispose()

    def read(self, query: Callable[[Session], T]) -> T:
        """Run ``query`` in a read transaction of this thread; raises StorageError."""
        try:
            with Session(self._read_engine) as session:
                return query(session)
        except SQLAlchemyError as why:
            raise _translated(why) from why

    def write(self, change: Callable[[Session], T]) -> T:
        """Run ``change`` in the writer and return once it is durable; raises what it raises, or
        StorageError.
        """
        return self._submit(change).result()

    async def aread(self, query: Callable[[Session], T]) -> T:
        """``read`` off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read, query)

    async def awrite(self, change: Callable[[Session], T]) -> T:
        """``write`` off the event loop."""
        return await asyncio.wrap_future(self._submit(change))

    def _submit(self, change: Callable[[Session], T]) -> "Future[T]":
        job = _Write(cast("Callable[[Session], Any]", change), Future())
        try:
            self._queue.put_nowait(job)
        except queue.Full as why:
            raise CenterBusy("too many writes wait for the database") from why
        return cast("Future[T]", job.future)

    def _write_loop(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            last = False
            while len(group) < _GROUP and not last:
                try:
                    job = self._queue.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    last = True
                else:
                    group.append(job)
            live = [job for job in group if job.future.set_running_or_notify_cancel()]
            if not self._commit(live):
                # One for all failed: each alone, so that only the guilty one (or a full disk) is answered so.
                for job in live:
                    self._commit([job], alone=True)
            if last:
                return

    def _commit(self, group: "list[_Write]", *, alone: bool = False) -> bool:
        done: list[tuple[_Write, Any, ZhishiError | None]] = []
        try:
            with Session(self._write_engine, expire_on_commit=False) as session, session.begin():
                if len(group) == 1:
                    done.append((group[0], group[0].change(session), None))
                else:
                    done.extend(_each_apart(session, group))
                session.flush()
        except Exception as why:  # noqa: BLE001 -- the one broad catch of this thread; it hands the error on
            # Whatever it was, nothing was committed; the writer itself must live on for the others.
            if alone or len(group) == 1:
                group[0].future.set_exception(_translated(why) if isinstance(why, SQLAlchemyError) else why)
                return True
            return False
        for job, value, error in done:
            if error is not None:
                job.future.set_exception(error)
            else:
                job.future.set_result(value)
        return True


class _Write:
    """One change and where its result goes."""

    __slots__ = ("change", "future")

    def __init__(self, change: Callable[[Session], Any], future: "Future[Any]") -> None:
        self.change = change
        self.future = future


def _each_apart(session: Session, group: list[_Write]) -> list[tuple[_Write, Any, ZhishiError | None]]:
    """Every change in a savepoint: one that refuses takes nothing of the others along."""
    done: list[tuple[_Write, Any, ZhishiError | None]] = []
    for job in group:
        try:
            with session.begin_nested():
                done.append((job, job.change(session), None))
        except ZhishiError as refused:
            done.append((job, None, refused))
    return done


def _engine(url: str, sqlite: bool, begin: str, size: int) -> Engine:
    arguments = {"check_same_thread": False, "timeout": _BUSY_MS / 1000} if sqlite else {}
    engine = create_engine(url, pool_size=size, max_overflow=0, connect_args=arguments)
    if sqlite:

        @event.listens_for(engine, "connect")
        def _connected(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # the driver must not open transactions of its own
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                f"busy_timeout={_BUSY_MS}",
                "foreign_keys=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begun(connection: Any) -> None:
            connection.exec_driver_sql(begin)

    return engine


def _translated(why: SQLAlchemyError) -> StorageError:
    text = str(getattr(why, "orig", None) or why)
    if "disk is full" in text or "No space left" in text:
        return DiskFull(f"database: {text}")
    return StorageError(f"database: {text}")
