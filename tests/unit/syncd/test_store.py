"""The queue over a real SQLite file made by the real migrations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import migrations.syncd
from domain.seal import Seal
from domain.status import UploadState
from syncd import queuefile
from syncd.database import Database
from syncd.migrate import HEAD, migrate
from syncd.store import Held, Now, Store
from syncd.tables import QueueTable
from tests.support.seals import make_chain, make_seal

NOW = Now("boot-a", 1_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "queue.db"
    migrate(file)
    return file


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    database = Database(path)
    yield Store(database)
    database.close()


def _links(seals: list[Seal]) -> list[tuple[Seal, str]]:
    return [(seal, f"run/{seal.kind}-{seal.index}") for seal in seals]


CHAIN = make_chain([b"init", b"one", None, b"two"])


def test_the_migrated_schema_is_the_models(path: Path) -> None:
    with create_engine(f"sqlite:///{path}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), QueueTable.metadata) == []
        connection.engine.dispose()


def test_the_known_versions_are_the_migration_tree() -> None:
    script = ScriptDirectory(str(Path(migrations.syncd.__file__).parent))
    versions = [version.revision for version in script.walk_revisions()][::-1]
    assert tuple(versions) == queuefile.KNOWN
    assert script.get_current_head() == HEAD


def test_adding_twice_is_adding_once(store: Store) -> None:
    assert store.add(_links(CHAIN)) == (4, [])
    assert store.add(_links(CHAIN)) == (0, [])


def test_another_seal_for_a_known_identity_is_told(store: Store) -> None:
    store.add(_links(CHAIN))
    other = make_seal(seq=1, prev=CHAIN[1].prev, content=b"other", index=CHAIN[1].index, start_ms=5000)
    assert store.add([(other, "x")]) == (0, [CHAIN[1].identity])


def test_jobs_come_oldest_first_and_once(store: Store) -> None:
    store.add(_links(CHAIN[::-1]))
    first = store.take(NOW, 3)
    assert [job.seal.seq for job in first] == [0, 1, 2]
    assert [job.seal.seq for job in store.take(NOW, 3)] == [3]
    assert store.take(NOW, 3) == []


def test_resting_sessions_are_left_alone(store: Store) -> None:
    store.add(_links(CHAIN))
    assert store.take(NOW, 9, resting=[CHAIN[0].session]) == []
    assert store.next_due_ns(NOW, resting=[CHAIN[0].session]) is None


def test_a_due_time_counts_in_its_boot_only(store: Store) -> None:
    store.add(_links(CHAIN[:1]))
    (job,) = store.take(NOW, 1)
    store.later(job.id, due=Now("boot-a", 5_000), place="/p", offset=2, failures=3, code="center", detail="x")
    assert store.take(NOW, 1) == []
    assert store.next_due_ns(NOW) == 5_000
    assert store.next_due_ns(Now("boot-b", 0)) == 0
    (again,) = store.take(Now("boot-b", 0), 1)
    assert (again.place, again.offset, again.failures) == ("/p", 2, 3)


def test_waking_makes_network_failures_due(store: Store) -> None:
    store.add(_links(CHAIN[:2]))
    one, two = store.take(NOW, 2)
    for job, code in ((one, "center_unreachable"), (two, "center_busy")):
        store.later(job.id, due=Now("boot-a", 9_000), place=None, offset=0, failures=1, code=code, detail="")
    assert store.wake([one.session], ["center_unreachable"]) == 1
    assert [job.id for job in store.take(NOW, 9)] == [one.id]


def test_a_crash_releases_what_was_sending(store: Store) -> None:
    store.add(_links(CHAIN))
    store.take(NOW, 2)
    assert store.release() == 2
    assert len(store.take(NOW, 9)) == 4


def test_blocked_waits_for_a_person(store: Store) -> None:
    store.add(_links(CHAIN[:1]))
    (job,) = store.take(NOW, 1)
    store.block(job.id, "identity_conflict", "two contents")
    assert store.take(NOW, 1) == []
    (complaint,) = store.complaints()
    assert (complaint.code, complaint.detail) == ("identity_conflict", "two contents")
    assert store.unblock() == 1
    assert len(store.take(NOW, 1)) == 1


def test_verified_never_becomes_sending_by_mistake(store: Store) -> None:
    store.add(_links(CHAIN[:1]))
    (job,) = store.take(NOW, 1)
    store.finished(job.id, UploadState.VERIFIED, "/p", 4)
    store.block(job.id, "x", "y")  # not a legal move
    (group,) = store.groups()
    assert group.state == UploadState.VERIFIED
    assert store.unverified(job.session) == 0


def test_what_the_center_holds_is_adopted(store: Store) -> None:
    store.add(_links(CHAIN))
    held = [
        Held(CHAIN[0].identity, CHAIN[0].sha256, UploadState.VERIFIED, "/0", CHAIN[0].size),
        Held(CHAIN[1].identity, CHAIN[1].sha256, UploadState.QUEUED, "/1", 2),
        Held(CHAIN[3].identity, "0" * 64, UploadState.VERIFIED, "/3", CHAIN[3].size),
    ]
    store.adopt(held)
    jobs = store.take(NOW, 9)
    assert [(job.seal.seq, job.place, job.offset) for job in jobs] == [(1, "/1", 2), (2, None, 0), (3, None, 0)]


def test_what_the_center_lost_is_sent_again(store: Store) -> None:
    store.add(_links(CHAIN[:2]))
    for job in store.take(NOW, 2):
        store.finished(job.id, UploadState.VERIFIED, "/p", job.seal.size)
    assert store.lost(CHAIN[0].session, [CHAIN[0].identity]) == 1
    assert [job.seal.seq for job in store.take(NOW, 9)] == [1]


def test_resent_bytes_add_up(store: Store) -> None:
    store.count_resent("s", 3)
    store.count_resent("s", 4)
    assert store.resent() == {"s": 7}


def test_the_queue_keeps_each_seal(store: Store) -> None:
    store.add(_links(CHAIN[:1]))
    assert store.seal_at("run/init-0") == CHAIN[0].canonical()
    assert store.seal_at("run/none") is None


def test_forgetting_a_session_forgets_its_rows(store: Store) -> None:
    store.add(_links(CHAIN))
    store.forget(CHAIN[0].session)
    assert store.groups() == []


def test_an_error_in_the_work_reaches_the_asker_and_changes_nothing(path: Path) -> None:
    database = Database(path)

    def work(_connection: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        database.run(work)
    assert Store(database).groups() == []
    database.close()
    database.close()
