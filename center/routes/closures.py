"""Routes of 缺失说明结案: propose, confirm, withdraw, and the list of a project. Owns who may ask.

The acts are in ``center.closing``.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path
from sqlmodel import Session

from center import closing
from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right
from center.center import Center
from center.receipts import Receipts
from center.staff import Actor
from center.store import afterwards, projects, uploads
from center.tables import SessionRow
from center.tables.after import Closure
from center.tables.interview import Candidate
from domain.causes import Cause
from domain.errors import ProjectUnknown
from domain.wire.after import Closable, ClosureBody, ClosureList, ClosureOrder, Word
from domain.wire.center import API
from domain.wire.staff import Done, ReasonOrder

Name = Annotated[str, Path(min_length=1, max_length=64)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/staff", tags=["after the day"])
    gate = Gate(center.database, center.now_ms)

    async def actor(token: str | None, csrf: str, reason: str) -> Actor:
        who = await gate.acting(token, csrf, Right.CLOSE)
        return Actor(who.name, reason, center.now_ms())

    @router.get("/projects/{project}/closures", summary="Sessions closed with declared loss, and those that could be")
    async def listed(project: Name, token: Token = None) -> ClosureList:
        who = await gate.signed_in(token, Right.CLOSE)
        now = center.now_ms()
        return await center.database.aread(lambda db: closure_list(db, project, who.name, now))

    @router.post("/sessions/{session}/closure", summary="缺失说明结案: the first of two proposes it")
    async def propose(session: Name, order: ClosureOrder, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(closing.propose, center.database, session, Cause(order.cause), by)
        return Done(center_ms=center.now_ms())

    @router.post("/sessions/{session}/closure/confirm", summary="Another of the staff confirms, with a reason")
    async def confirm(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(closing.confirm, center.database, center.keys, session, by)
        return Done(center_ms=center.now_ms())

    @router.post("/sessions/{session}/closure/withdraw", summary="Take a proposal back; one suffices")
    async def withdraw(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(closing.withdraw, center.database, session, by)
        return Done(center_ms=center.now_ms())

    return router


def closure_list(db: Session, project: str, asking: str, now_ms: int) -> ClosureList:
    """The newest closure of each session, and who could be closed; raises ProjectUnknown."""
    if projects.project(db, project) is None:
        raise ProjectUnknown(project)
    newest: dict[str, ClosureBody] = {}
    for row, session, person in afterwards.closures(db, project):
        if session.id not in newest:
            newest[session.id] = _body(db, row, session, person, asking)
    open_ones = {name for name, body in newest.items() if body.state != "withdrawn"}
    could = []
    for case, person in afterwards.cases_of(db, project):
        if case.session.id in open_ones or case.session.closed_ms is not None or case.ended_ms(now_ms) is None:
            continue
        if afterwards.came(db, case.session.id) and Receipts.session_receipt(db, case.session.id) is None:
            could.append(
                Closable(
                    session=case.session.id,
                    number=case.session.number,
                    name="" if person is None else person.name,
                    batch=case.batch.name,
                    deadline_ms=case.deadline_ms(now_ms),
                )
            )
    return ClosureList(center_ms=now_ms, closures=list(newest.values()), candidates=could)


def _body(db: Session, row: Closure, session: SessionRow, person: Candidate | None, asking: str) -> ClosureBody:
    case = projects.session_case(db, session.id)
    state = "proposed" if closing.is_open(row) else "withdrawn" if row.withdrawn_ms is not None else "closed"
    return ClosureBody(
        session=session.id,
        number=session.number,
        name="" if person is None else person.name,
        batch="" if case is None else case.batch.name,
        cause=row.cause,
        state=state,
        proposed=Word(by=row.proposed_by, at_ms=row.proposed_ms, reason=row.reason),
        confirmed=word(row.confirmed_by, row.confirmed_ms, row.confirmed_why),
        withdrawn=word(row.withdrawn_by, row.withdrawn_ms, row.withdrawn_why),
        statement=row.token,
        may_confirm=state == "proposed" and asking != row.proposed_by,
        arrived_since=0 if row.confirmed_ms is None else uploads.verified_since(db, session.id, row.confirmed_ms),
    )


def word(by: str, at_ms: int | None, reason: str) -> Word | None:
    """Somebody's word; None while there is none."""
    return None if at_ms is None else Word(by=by, at_ms=at_ms, reason=reason)
