"""Nothing is sent that this machine's own disk could still forget."""

from pathlib import Path

import pytest

from domain.errors import SpoolUnreadable
from domain.identity import LinkKind, Track
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.durable import sync_folder
from host.spool import Spool, seal_path
from syncd.database import Database
from syncd.migrate import migrate
from syncd.scanner import Scanner
from syncd.store import Store
from tests.support.seals import DEVICE, RUN, SESSION

START = Moment("boot", 1, 2, False, 3)


def test_a_seal_is_on_the_disk_before_it_is_queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a new seal is seen before it is flushed. Were the link sent at once and the power cut, the laptop
    would seal the file again, otherwise: two seals for one link.
    """
    spool, path = Spool(tmp_path / "spool"), tmp_path / "queue.db"
    migrate(path)
    database = Database(path)
    store = Store(database)
    folder = spool.new_run_dir(SESSION, Track.CAMERA, RUN)
    flushed: list[tuple[Path, int]] = []

    def noted(folder: Path) -> None:
        flushed.append((folder, store.unverified(SESSION)))
        sync_folder(folder)

    monkeypatch.setattr("syncd.scanner.sync_folder", noted, raising=False)
    (folder / "000000.m4s").write_bytes(b"footage")
    chain = ChainWriter(spool, SESSION, DEVICE, Track.CAMERA)
    chain.seal_file(LinkKind.SEGMENT, RUN, 0, folder / "000000.m4s", start=START, duration_ms=5)
    scanner = Scanner(spool, store, lambda *_: None)
    assert scanner.take(seal_path(folder / "000000.m4s")) == 1
    assert flushed == [(folder, 0)]
    database.close()


def test_what_a_failing_disk_cannot_flush_is_named_and_sent_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, path = Spool(tmp_path / "spool"), tmp_path / "queue.db"
    migrate(path)
    database = Database(path)
    folder = spool.new_run_dir(SESSION, Track.CAMERA, RUN)
    (folder / "000000.m4s").write_bytes(b"footage")
    chain = ChainWriter(spool, SESSION, DEVICE, Track.CAMERA)
    chain.seal_file(LinkKind.SEGMENT, RUN, 0, folder / "000000.m4s", start=START, duration_ms=5)

    def failing(folder: Path) -> None:
        raise SpoolUnreadable(f"{folder}: Input/output error")

    monkeypatch.setattr("syncd.scanner.sync_folder", failing)
    scanner = Scanner(spool, Store(database), lambda *_: None)
    assert scanner.take(seal_path(folder / "000000.m4s")) == 1
    assert [why.code for why in scanner.troubles.values()] == ["spool_unreadable"]
    database.close()
