"""Phones of one session under any order of asking, approving and unbinding: at most one is live, none is forgotten."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import uuid_utils
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from center import admin, companions
from center.config import CenterConfig
from center.store import candidates, projects
from center.store import companions as stored
from center.store.candidates import CandidateCase
from center.store.database import Database
from center.tables.interview import Candidate, Progress
from domain.errors import BindingRefused, PhoneUnknown
from domain.wire.companion import CompanionBindingOrder

NOW = 1_778_893_200_000
CONFIG = CenterConfig(data=Path("unused"))
STEPS = st.lists(st.tuples(st.sampled_from(["bind", "approve", "unbind"]), st.integers(0, 2)), max_size=14)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('center') / 'center.db'}").start()
    admin.create_project(made, "p", "t")
    admin.create_batch(made, "p", "b", NOW + 3_600_000)
    yield made
    made.close()


def candidate(database: Database) -> str:
    """A new session with somebody on the roster."""
    number = uuid.uuid4().hex
    session = admin.create_session(database, "p", "b", number, NOW, 1000).session

    def change(db: Session) -> None:
        who = {"name": "n", "id_hash": "", "photo": "", "support_code": number}
        projects.keep(db, Candidate(session=session, project="p", number=number, **who))
        projects.keep(db, Progress(session=session, release=b"r" * 10, entry=b"e" * 10, entry_salt=b"s"))

    database.write(change)
    return session


def found(db: Session, session: str) -> CandidateCase:
    case = candidates.by_session(db, session)
    assert case is not None
    return case


def scan(database: Database, session: str, device: str, now: int) -> None:
    """A new code, used by ``device``."""
    made = database.write(lambda db: companions.new_binding(db, found(db, session), CONFIG, now))
    order = CompanionBindingOrder(kind="code", secret=made.code, device=device, public_key={})
    database.write(lambda db: companions.bind(db, order, json.dumps({"of": device}), now)[1].device)


def act(database: Database, session: str, device: str, step: str, now: int) -> bool:
    """Approve or unbind; False when there is no such phone."""
    does = companions.approve if step == "approve" else companions.unbind
    try:
        database.write(lambda db: does(db, found(db, session), device, now))
    except PhoneUnknown:
        return False
    return True


@settings(max_examples=25, deadline=None)
@given(steps=STEPS, still=st.booleans())
def test_at_most_one_phone_is_live_and_only_an_approval_makes_it_so(
    database: Database, steps: list[tuple[str, int]], still: bool
) -> None:
    session = candidate(database)
    phones = [str(uuid_utils.uuid7()) for _ in range(3)]
    live: str | None = None
    ever: set[str] = set()
    asking: set[str] = set()
    for at, (step, index) in enumerate(steps):
        now, device = NOW if still else NOW + at, phones[index]  # the clock may stand still: the order must not
        if step == "bind":
            scan(database, session, device, now)
            asking |= {device} - {live}
        elif not act(database, session, device, step, now):
            assert device not in asking | {live}
            continue
        elif step == "approve":
            asking.discard(device)
            live = device
            ever.add(device)
        else:
            asking.discard(device)
            live = None if live == device else live
        rows = database.read(lambda db: [row for row, _ in stored.of_session(db, session)])
        assert [row.device for row in rows if companions.stand(row).live] == ([] if live is None else [live])
        assert {row.device for row in rows if companions.stand(row).asks} == asking
        assert {row.device for row in rows if row.approved_ms is not None} == ever  # what they hold may be sent


def test_a_secret_is_good_for_one_phone_whoever_comes_first(database: Database) -> None:
    session = candidate(database)
    made = database.write(lambda db: companions.new_binding(db, found(db, session), CONFIG, NOW))

    def ask(secret: str) -> None:
        device = str(uuid_utils.uuid7())
        order = CompanionBindingOrder(kind="code", secret=secret, device=device, public_key={})
        database.write(lambda db: companions.bind(db, order, device, NOW)[1].device)

    ask(made.code)
    with pytest.raises(BindingRefused):
        ask(made.code)
