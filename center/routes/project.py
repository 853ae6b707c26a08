"""Routes by which administrators look after a project: schedule, roster with photos, papers, questions, policies.

Owns who may ask, and that opening the roster or a set of questions is written down. Acts on a batch are those of
``center.staff``; what is shown is made in ``center.administration``.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlmodel import Session

from center import chronicle, policies, questions, staff
from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right
from center.administration.projectview import known, project_view, roster
from center.center import Center
from center.routes.intake import PREFIX
from center.staff import Actor
from center.store import candidates, interviews
from domain.errors import AttachmentUnknown, BadInput
from domain.stage import MINUTE_MS
from domain.wire.administration import (
    PhotoBody,
    PoliciesOrder,
    PostponeOrder,
    ProjectView,
    QuestionsBody,
    QuestionText,
    RosterBody,
)
from domain.wire.fields import Bilingual
from domain.wire.staff import Done, ExtraTimeOrder, TellOrder

_PNG = b"\x89PNG"
_OWN = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=600"}
Name = Annotated[str, Path(min_length=1, max_length=64)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{PREFIX}/projects/{{project}}", tags=["administration"])
    gate = Gate(center.database, center.now_ms)

    async def acts(token: str | None, csrf: str, reason: str, act: Callable[[Actor], None]) -> Done:
        """One act of an administrator, off the event loop."""
        who = await gate.acting(token, csrf, Right.ADMINISTER)
        await asyncio.to_thread(act, Actor(who.name, reason, center.now_ms()))
        return Done(center_ms=center.now_ms())

    async def photo_of(project: str, session: str) -> tuple[str, bytes]:
        """(hash, bytes) of a registered photo; raises BadInput when there is none."""
        found = await center.database.aread(lambda db: candidates.by_session(db, session))
        if found is None or found.case.project.id != project or not found.candidate.photo:
            raise BadInput(f"session {session}: has no photo in project {project}")
        return found.candidate.photo, await asyncio.to_thread(center.papers.read, found.candidate.photo)

    @router.get("", summary="A project: schedule, question sets, attachments, policies")
    async def show(project: Name, token: Token = None) -> ProjectView:
        await gate.signed_in(token, Right.ADMINISTER)
        now = center.now_ms()
        return await center.database.aread(lambda db: project_view(db, project, center.config, now))

    @router.post("/batches/{batch}/postpone", summary="Move a batch's start, before it begins")
    async def postpone(project: Name, batch: Name, order: PostponeOrder, csrf: Csrf, token: Token = None) -> Done:
        return await acts(
            token,
            csrf,
            order.reason,
            lambda actor: staff.postpone(center.database, project, batch, order.start_ms, actor),
        )

    @router.post("/batches/{batch}/extend", summary="Give a batch more time to answer")
    async def extend(project: Name, batch: Name, order: ExtraTimeOrder, csrf: Csrf, token: Token = None) -> Done:
        return await acts(
            token,
            csrf,
            order.reason,
            lambda actor: staff.extend(center.database, project, batch, order.minutes * MINUTE_MS, actor),
        )

    @router.post("/batches/{batch}/tell", summary="Tell a batch something; while it answers, only set phrases")
    async def tell(project: Name, batch: Name, order: TellOrder, csrf: Csrf, token: Token = None) -> Done:
        return await acts(
            token,
            csrf,
            order.reason,
            lambda actor: staff.broadcast(center.database, project, batch, order.text, actor),
        )

    @router.post("/policies", summary="What holds for everybody, until the first batch starts")
    async def set_policies(project: Name, order: PoliciesOrder, csrf: Csrf, token: Token = None) -> Done:
        return await acts(
            token, csrf, order.reason, lambda actor: policies.change(center.database, project, order, actor)
        )

    @router.get("/roster", summary="Everybody on the roster; opening it is written down")
    async def show_roster(project: Name, token: Token = None) -> RosterBody:
        who = await gate.signed_in(token, Right.ADMINISTER)
        body = await center.database.aread(lambda db: roster(db, project))
        await center.database.awrite(lambda db: _viewed(db, who.name, project, center.now_ms()))
        return body

    @router.get(
        "/roster/{session}/photo",
        summary="A registered photo",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}},
    )
    async def photo(project: Name, session: Name, token: Token = None) -> Response:
        await gate.signed_in(token, Right.ADMINISTER)
        _, content = await photo_of(project, session)
        return Response(content, media_type="image/png" if content.startswith(_PNG) else "image/jpeg", headers=_OWN)

    @router.get("/roster/{session}/photo-check", summary="What the face check says of a registered photo")
    async def photo_check(project: Name, session: Name, token: Token = None) -> PhotoBody:
        await gate.signed_in(token, Right.ADMINISTER)
        sha256, content = await photo_of(project, session)
        desk = await center.faces.desk()
        report = await asyncio.to_thread(center.looks.look, desk, sha256, content)
        return PhotoBody(
            ok=report.ok,
            words=Bilingual.of(report.words),
            faces=report.faces,
            width=report.width,
            height=report.height,
            luma=report.luma,
            sharpness=report.sharpness,
        )

    @router.get(
        "/attachments/{attachment}",
        summary="The bytes of one attachment",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}, "text/markdown": {}}}},
    )
    async def attachment(project: Name, attachment: Name, token: Token = None) -> Response:
        await gate.signed_in(token, Right.ADMINISTER)
        row = await center.database.aread(lambda db: interviews.attachment(db, project, attachment))
        if row is None:
            raise AttachmentUnknown(attachment)
        content = await asyncio.to_thread(center.papers.read, row.sha256)
        return Response(content, media_type=row.media_type, headers={**_OWN, "Content-Disposition": "attachment"})

    @router.get("/questions/{name}", summary="A set of questions, never before the start; opening it is written down")
    async def show_questions(project: Name, name: Name, token: Token = None) -> QuestionsBody:
        who = await gate.signed_in(token, Right.ADMINISTER)
        now = center.now_ms()
        found = await center.database.awrite(lambda db: questions.shown_to_staff(db, project, name, who.name, now))
        return QuestionsBody(questions=[QuestionText(id=one.id, text=one.text) for one in found])

    return router


def _viewed(db: Session, by: str, project: str, now_ms: int) -> None:
    known(db, project)
    chronicle.audit(db, by, "view_roster", project, now_ms)
