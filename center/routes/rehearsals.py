"""考前模拟测试: a practice interview for whoever asks, on a project whose folder says ``rehearsal = true``.

Owns how one begins: a candidate made on the spot, in a batch of their own. From there on it is an interview like any
other, but that it starts soon after entering (``center.steps``), that no photo is known (``center.routes.login``), and
that everything of it is deleted after a while (``center.center``). No name, number or photo of anybody is asked.
"""

import asyncio
import secrets

import uuid_utils
from fastapi import APIRouter, Request
from sqlmodel import Session

from center import chronicle
from center.center import Center
from center.limits import address_of
from center.store import candidates, projects, readiness, rehearsals
from center.supportcodes import new_support_code
from center.tables import Batch, Project, SessionRow
from center.tables.interview import Candidate, Progress
from domain.errors import CenterBusy, RehearsalClosed
from domain.pack import SALT_BYTES
from domain.readout import LETTERS, SECRET_BYTES
from domain.stage import MINUTE_MS
from domain.wire.center import API
from domain.wire.login import RehearsalAnswer, RehearsalOrder

DOOR_MS = 14 * MINUTE_MS  # within 进入考试's fifteen: every door is open from the beginning
NAME = "模拟考生"
_PASS_LETTERS = 10
_RECENT_MS = 60 * MINUTE_MS


def routes(center: Center) -> APIRouter:
    """The one route over ``center``; from logging in on a rehearsal uses the routes of every interview."""
    router = APIRouter(prefix=API, tags=["rehearsal"])
    config = center.config
    hashing = asyncio.Semaphore(1)  # each takes 64 MB

    @router.post("/rehearsals", summary="A practice interview of one's own: what to log in with")
    async def begin(order: RehearsalOrder, request: Request) -> RehearsalAnswer:
        address, now = address_of(request), center.now_ms()
        await center.rehearsals.check(address, now)
        await center.database.aread(_open)
        await center.rehearsals.note(address, now)
        known = "".join(secrets.choice(LETTERS) for _ in range(_PASS_LETTERS))
        async with hashing:
            id_hash = await asyncio.to_thread(center.ids.hash, known)

        def change(db: Session) -> Candidate:
            made = _begin(db, id_hash, config.rehearsals_open, now)
            if order.installation:
                readiness.rehearses(db, order.installation, made.session, now)
            return made

        row = await center.database.awrite(change)
        return RehearsalAnswer(project=row.project, number=row.number, id_number=known, center_ms=now)

    return router


def _open(db: Session) -> Project:
    """The project anybody may rehearse on; raises RehearsalClosed."""
    project = rehearsals.open_project(db)
    if project is None:
        raise RehearsalClosed
    return project


def _begin(db: Session, id_hash: str, most: int, now_ms: int) -> Candidate:
    """A candidate in a batch of their own; raises RehearsalClosed, or CenterBusy when too many rehearse now."""
    project = _open(db)
    if rehearsals.begun_since(db, project.id, now_ms - _RECENT_MS) >= most:
        raise CenterBusy("too many rehearsals at once", 300)
    like = projects.batches_of(db, project.id)[0]  # the folder's own: it never starts, it is the pattern
    number = f"MN{secrets.randbelow(10**8):08}"
    while candidates.by_number(db, project.id, number) is not None:
        number = f"MN{secrets.randbelow(10**8):08}"
    batch = Batch(
        id=str(uuid_utils.uuid7()),
        project=project.id,
        name=number,
        start_ms=now_ms + DOOR_MS,
        answer_ms=like.answer_ms,
        late_limit_ms=like.late_limit_ms,
        showing_ms=like.showing_ms,
        question_set=like.question_set,
    )
    projects.keep(db, batch)
    session = str(uuid_utils.uuid7())
    projects.keep(db, SessionRow(id=session, batch=batch.id, number=number, created_ms=now_ms))
    row = Candidate(
        session=session,
        project=project.id,
        number=number,
        name=NAME,
        id_hash=id_hash,
        photo="",
        support_code=new_support_code(db),
    )
    projects.keep(db, row)
    projects.keep(
        db,
        Progress(
            session=session,
            release=secrets.token_bytes(SECRET_BYTES),
            entry=secrets.token_bytes(SECRET_BYTES),
            entry_salt=secrets.token_bytes(SALT_BYTES),
        ),
    )
    chronicle.note(db, session, "center", "rehearsal_begun", now_ms)
    return row
