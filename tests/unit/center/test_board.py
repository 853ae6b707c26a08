"""The dashboard's rows between two rounds: only what differs is told, and nothing that counts is missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from center.dashboard.board import Board
from center.dashboard.tally import NEAR_MS, OFTEN, OVERLAP_MS, Tally
from center.store import projects, watching
from center.store.database import Database
from center.tables import Batch, Device, Project, SessionRow, Upload
from center.tables.interview import Candidate, HelpRow, Progress
from domain.errors import ProjectUnknown
from domain.stage import MINUTE_MS

NOW = 1_700_000_000_000
PEOPLE = ("one", "two", "three")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'center.db'}").start()

    def fill(db: Session) -> None:
        projects.keep(db, Project(id="P", title="p", window_ms=60 * MINUTE_MS))
        projects.keep(db, Batch(id="b", project="P", name="b", start_ms=NOW, answer_ms=30 * MINUTE_MS))
        for name in PEOPLE:
            projects.keep(db, SessionRow(id=name, batch="b", number=name, created_ms=0))
            projects.keep(
                db,
                Candidate(session=name, project="P", number=name, name=name, id_hash="", photo="", support_code=name),
            )
            progress = Progress(session=name, entered_ms=NOW, act_sha256=name, release=b"", entry=b"", entry_salt=b"")
            projects.keep(db, progress)
            projects.keep(db, Device(id=name, session=name, public_key="", enrolled_ms=0))
            heard(db, name, 1000)

    made.write(fill)
    yield made
    made.close()


@pytest.fixture
def board() -> Board:
    return Board("P", Tally(), lambda *_: {})


def heard(db: Session, name: str, remaining: int, at_ms: int = NOW) -> None:
    progress = f'{{"recorder": "record", "remaining_bytes": {remaining}}}'
    watching.keep_words(db, {name: {"session": name, "at_ms": at_ms, "stage": "answering", "progress": progress}}, [])


def verified(db: Session, name: str, index: int, finished_ms: int) -> None:
    row = Upload(
        id=f"{name}{index}",
        session=name,
        device=name,
        track="camera",
        run="r",
        kind="segment",
        idx=index,
        generation=1,
        seq=index,
        seal="",
        seal_hash="",
        sha256="",
        size=100,
        metadata_header="",
        key="",
        state="verified",
        created_ms=0,
        expires_ms=0,
        finished_ms=finished_ms,
    )
    projects.keep(db, row)


def told(database: Database, board: Board, now_ms: int) -> set[str]:
    return {row.session for row in database.read(lambda db: board.update(db, now_ms)).rows}


def test_a_second_look_at_the_same_tells_nothing(database: Database, board: Board) -> None:
    assert told(database, board, NOW) == set(PEOPLE)
    assert told(database, board, NOW + 1000) == set()
    whole = board.overview()
    assert {row.session for row in whole.rows} == set(PEOPLE)
    assert whole.center_ms == NOW + 1000


def test_only_who_changed_is_told(database: Database, board: Board) -> None:
    told(database, board, NOW)
    database.write(lambda db: heard(db, "two", 999, NOW + 500))
    assert told(database, board, NOW + 1000) == {"two"}
    request = HelpRow(id="h", session="three", stage="answering", text="?", said_ms=NOW, asked_ms=NOW)
    database.write(lambda db: projects.keep(db, request))
    assert told(database, board, NOW + 2000) == {"three"}
    assert board.overview().rows[0].session == "three"
    database.write(lambda db: verified(db, "one", 0, NOW + 2500))
    assert told(database, board, NOW + 3000) == {"one"}


def test_silence_alone_changes_a_row(database: Database, board: Board) -> None:
    told(database, board, NOW)
    assert told(database, board, NOW + MINUTE_MS) == set(PEOPLE)
    assert {row.connection for row in board.overview().rows} == {"offline"}


def test_one_candidate_asked_for_alone_does_not_hide_the_change_from_those_who_watch(
    database: Database, board: Board
) -> None:
    told(database, board, NOW)
    database.write(lambda db: heard(db, "two", 999, NOW + 500))
    row = database.read(lambda db: board.one(db, NOW + 600, "two"))
    assert row is not None
    assert row.remaining_bytes == 999
    assert told(database, board, NOW + 1000) == {"two"}
    assert database.read(lambda db: board.one(db, NOW, "nobody")) is None


def test_a_link_that_was_committed_late_is_counted_once(database: Database, board: Board) -> None:
    """Verified at a moment that was looked at already: the thorough look of every few rounds finds it."""
    now = NOW
    for _ in range(OFTEN + 1):
        told(database, board, now)
        now += 1000
    late_ms = now - NEAR_MS - 3000
    assert now - late_ms < OVERLAP_MS
    database.write(lambda db: verified(db, "one", 0, late_ms))
    for _ in range(3 * OFTEN):
        told(database, board, now)
        now += 1000
    tracks = {row.session: row.tracks for row in board.overview().rows}
    assert tracks["one"]["camera"].verified_links == 1
    assert tracks["two"] == {}


def test_who_is_gone_is_shown_no_longer_and_an_unknown_project_is_named(database: Database, board: Board) -> None:
    told(database, board, NOW)

    def forget(db: Session) -> None:
        for row in (db.get(Progress, "two"), db.get(Candidate, "two")):
            db.delete(row)

    database.write(forget)
    told(database, board, NOW + 1000)
    assert {row.session for row in board.overview().rows} == {"one", "three"}
    with pytest.raises(ProjectUnknown):
        told(database, Board("X", Tally(), lambda *_: {}), NOW)
