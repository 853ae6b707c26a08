"""Routes of administrators for the time after the day: publishing results, keeping and deleting evidence.

Owns who may ask. The acts are in ``center.publishing`` and ``center.deletion``.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path
from sqlmodel import Session

from center import deletion, publishing
from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right
from center.center import Center
from center.completion import completion
from center.deletion import Kept
from center.routes.closures import word
from center.staff import Actor
from center.store import afterwards, projects
from domain.errors import ProjectUnknown
from domain.keeping import FLAG_WORDS, STAYS_WORDS
from domain.publication import PublicationState
from domain.wire.after import (
    DeleteAnswer,
    DeleteOrder,
    KeepingBody,
    KeptBody,
    PublicationBody,
    WithReason,
    Word,
)
from domain.wire.center import API
from domain.wire.fields import Bilingual
from domain.wire.staff import Done, ReasonOrder

Name = Annotated[str, Path(min_length=1, max_length=64)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/staff", tags=["after the day"])
    gate = Gate(center.database, center.now_ms)

    async def actor(token: str | None, csrf: str, reason: str) -> Actor:
        who = await gate.acting(token, csrf, Right.ADMINISTER)
        return Actor(who.name, reason, center.now_ms())

    @router.get("/projects/{project}/publication", summary="Whether results are published, and who said so")
    async def publication(project: Name, token: Token = None) -> PublicationBody:
        who = await gate.signed_in(token, Right.ADMINISTER)
        now = center.now_ms()
        return await center.database.aread(lambda db: publication_body(db, project, who.name, now))

    @router.post("/projects/{project}/publication/propose", summary="The first of two administrators")
    async def propose(project: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(publishing.propose, center.database, project, by)
        return Done(center_ms=center.now_ms())

    @router.post("/projects/{project}/publication/confirm", summary="Another administrator; the appeal delay begins")
    async def confirm(project: Name, order: WithReason, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(publishing.confirm, center.database, project, by)
        return Done(center_ms=center.now_ms())

    @router.post("/projects/{project}/publication/withdraw", summary="Take it back while nothing may be deleted yet")
    async def withdraw(project: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(publishing.withdraw, center.database, project, by)
        return Done(center_ms=center.now_ms())

    @router.get("/projects/{project}/keeping", summary="What evidence is kept, why, and what is due for deletion")
    async def kept(project: Name, token: Token = None) -> KeepingBody:
        await gate.signed_in(token, Right.ADMINISTER)
        now = center.now_ms()
        return await center.database.aread(lambda db: keeping_body(db, project, now))

    @router.post("/projects/{project}/delete", summary="Delete evidence that is due; written down for good")
    async def delete(project: Name, order: DeleteOrder, csrf: Csrf, token: Token = None) -> DeleteAnswer:
        by = await actor(token, csrf, order.reason)
        gone = await asyncio.to_thread(
            lambda: deletion.delete_due(
                center.database,
                center.uploads.storage,
                center.papers,
                project,
                by,
                count=order.count,
                session=order.session,
            )
        )
        await center.review.sweep()  # no reviewer's copy outlives it
        return DeleteAnswer(sessions=gone.sessions, files=gone.files, bytes=gone.bytes)

    @router.post("/sessions/{session}/hold", summary="Nothing of this session is deleted until it is lifted")
    async def hold(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(deletion.hold, center.database, session, by)
        return Done(center_ms=center.now_ms())

    @router.post("/sessions/{session}/lift", summary="The hold is over")
    async def lift(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        by = await actor(token, csrf, order.reason)
        await asyncio.to_thread(deletion.lift, center.database, session, by)
        return Done(center_ms=center.now_ms())

    return router


def publication_body(db: Session, project: str, asking: str, now_ms: int) -> PublicationBody:
    """How the publication of a project stands; raises ProjectUnknown."""
    row, known = projects.project(db, project), afterwards.publication(db, project)
    if row is None:
        raise ProjectUnknown(project)
    state = "none" if known is None else publishing.state_of(known, now_ms).value
    counts: dict[str, int] = {}
    for one in completion(db, project, now_ms):
        counts[one.state.value] = counts.get(one.state.value, 0) + 1
    return PublicationBody(
        project=row.id,
        title=row.title,
        center_ms=now_ms,
        state=state,
        appeal_ms=row.appeal_ms,
        retention_ms=deletion.policy(db, project, now_ms)[1],
        leave_ms=row.leave_ms,
        proposed=None if known is None else Word(by=known.proposed_by, at_ms=known.proposed_ms, reason=known.reason),
        confirmed=None if known is None else word(known.confirmed_by, known.confirmed_ms, ""),
        withdrawn=None if known is None else word(known.withdrawn_by, known.withdrawn_ms, known.withdrawn_why),
        may_confirm=known is not None and state == PublicationState.PROPOSED and known.proposed_by != asking,
        counts=counts,
    )


def keeping_body(db: Session, project: str, now_ms: int) -> KeepingBody:
    """What is kept and why; raises ProjectUnknown."""
    rows = deletion.overview(db, project, now_ms)
    due = [row for row in rows if row.due]
    return KeepingBody(
        center_ms=now_ms,
        due=len(due),
        due_bytes=sum(row.stored.bytes for row in due),
        sessions=[_kept(row) for row in rows],
    )


def _kept(row: Kept) -> KeptBody:
    session = row.case.session
    why = Bilingual(zh="") if row.stays is None else Bilingual.of(STAYS_WORDS[row.stays])
    return KeptBody(
        session=session.id,
        number=session.number,
        batch=row.case.batch.name,
        bytes=row.stored.bytes,
        files=row.stored.files,
        stays="" if row.stays is None else row.stays.value,
        why=why,
        flags=[Bilingual.of(FLAG_WORDS[flag]) for flag in sorted(row.keeping.flags)],
        due_ms=row.keeping.due_ms,
        held=word(session.held_by, session.held_ms, session.held_why),
        deleted_ms=session.deleted_ms,
    )
