"""A copy of everything the center holds, while it runs: database, keys, papers, evidence.

Owns the order that makes the copy whole: the database first, then what it names, which is on the disk before the
database says so and never changes afterwards. Made again into the same folder it copies what is new. The copy is a data
folder like any other: ``zhishi center --data COPY`` serves it. It holds the center's private keys.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from center.config import CenterConfig
from domain.errors import BadInput, StorageError
from host.durable import private_folder, replace, sync_file, translate, write_json

MARK = "backup.json"
_DATABASE = "center.db"
_PAGES = 4096  # of the database at once; between them the center's writer goes on
_STEP_S = 0.01


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was copied now; ``known`` files were there already."""

    to: Path
    copied: int
    known: int
    bytes: int


def back_up(config: CenterConfig, to: Path, now_ms: int) -> BackupReport:
    """Raises BadInput for a folder that is no backup, or a database that is no SQLite file; StorageError."""
    source = _database(config)
    to = to.absolute()
    if to.is_relative_to(config.data.absolute()) or config.data.absolute().is_relative_to(to):
        raise BadInput(f"{to}: not inside the data folder, and not around it")
    if to.exists() and any(to.iterdir()) and not (to / MARK).is_file():
        raise BadInput(f"{to}: is neither empty nor an earlier backup")
    private_folder(to)
    write_json(to / MARK, {"at_ms": None, "from": str(config.data.absolute())})  # whole only once it has a time
    size = _copy_database(source, to / _DATABASE)
    copied, known = 1, 0
    for folder in (config.keys, config.papers, config.evidence):
        for file in _files(folder):
            target = to / file.relative_to(config.data)
            if _same(file, target):
                known += 1
                continue
            size += _copy(file, target)
            copied += 1
    write_json(to / MARK, {"at_ms": now_ms, "from": str(config.data.absolute())})
    write_json(config.data / MARK, {"at_ms": now_ms, "to": str(to)})
    return BackupReport(to, copied, known, size)


def _database(config: CenterConfig) -> Path:
    url = make_url(config.url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise BadInput("the database is no SQLite file: back it up with its own tools, then the data folder")
    path = Path(url.database)
    if not path.is_file():
        raise BadInput(f"{path}: there is no center here")
    return path


def _copy_database(source: Path, target: Path) -> int:
    """A consistent copy beside the running writer, checked before it counts."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        with sqlite3.connect(source) as read, sqlite3.connect(part) as written:
            read.backup(written, pages=_PAGES, sleep=_STEP_S)
            told = written.execute("PRAGMA quick_check").fetchone()
        read.close()
        written.close()
    except sqlite3.Error as why:
        raise StorageError(f"{source}: {why}") from why
    if told != ("ok",):
        raise StorageError(f"{part}: the copy of the database is damaged")
    sync_file(part)
    replace(part, target)
    return target.stat().st_size


def _files(folder: Path) -> Iterator[Path]:
    """Everything below ``folder``, links not followed."""
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in sorted(names))


def _same(file: Path, target: Path) -> bool:
    """Files here never change once they are whole, but one that still grew when it was copied may be longer now."""
    try:
        now, then = file.stat(), target.stat()
    except OSError:
        return False
    return (now.st_size, int(now.st_mtime)) == (then.st_size, int(then.st_mtime))


def _copy(file: Path, target: Path) -> int:
    """Bytes copied; 0 for one that was deleted meanwhile, as an upload that expired is."""
    private_folder(target.parent)
    part = target.with_name(target.name + ".part")
    with translate(target):
        try:
            shutil.copy2(file, part, follow_symlinks=False)
        except FileNotFoundError:
            return 0
        sync_file(part)
    replace(part, target)
    return target.stat().st_size
