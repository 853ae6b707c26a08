"""Routes by which an administrator hands in a project folder, sees what was found, and imports it.

Owns who may ask. The work is in ``center.administration.intakes``.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right
from center.administration.intakes import Found, Intake
from center.bodies import blocks
from center.center import Center
from center.failures import Refused
from domain.errors import BadInput, ProjectInvalid
from domain.wire.administration import (
    ARCHIVE_TYPE,
    FolderBatch,
    FolderBody,
    ImportOrder,
    IntakeBody,
    IntakesBody,
    MistakeBody,
)
from domain.wire.center import API
from domain.wire.failure import to_body
from domain.wire.fields import Bilingual

PREFIX = f"{API}/staff/administration"
INTAKES_PATH = f"{PREFIX}/intakes"
_ARCHIVE = {
    "requestBody": {"required": True, "content": {ARCHIVE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
Name = Annotated[str, Path(min_length=1, max_length=64)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=PREFIX, tags=["administration"])
    gate = Gate(center.database, center.now_ms)

    @router.post("/intakes", summary="Hand in a project folder as a zip: it is checked", openapi_extra=_ARCHIVE)
    async def hand_in(request: Request, csrf: Csrf, token: Token = None) -> IntakeBody:
        who = await gate.acting(token, csrf, Right.ADMINISTER)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != ARCHIVE_TYPE:
            raise Refused(BadInput(f"a project folder is handed in as {ARCHIVE_TYPE}"), 415)
        with center.door.enter(evidence=False):
            return _body(await center.intakes.receive(blocks(request, center.config.body_idle_s), who.name))

    @router.get("/intakes", summary="How large a zip may be, and the folder that was handed in last")
    async def newest(token: Token = None) -> IntakesBody:
        await gate.signed_in(token, Right.ADMINISTER)
        last = center.intakes.newest()
        return IntakesBody(most_bytes=center.intakes.limits.packed, newest=None if last is None else _body(last))

    @router.get("/intakes/{intake}", summary="How a folder that was handed in stands")
    async def show(intake: Name, token: Token = None) -> IntakeBody:
        await gate.signed_in(token, Right.ADMINISTER)
        return _body(center.intakes.of(intake))

    @router.post("/intakes/{intake}/import", summary="Import what was checked: all of it, or nothing")
    async def take(intake: Name, order: ImportOrder, csrf: Csrf, token: Token = None) -> IntakeBody:
        who = await gate.acting(token, csrf, Right.ADMINISTER)
        return _body(center.intakes.take(intake, who.name, order.reason))

    return router


def _body(intake: Intake) -> IntakeBody:
    why = intake.why
    mistakes = why.mistakes if isinstance(why, ProjectInvalid) else ()
    return IntakeBody(
        intake=intake.id,
        step=intake.step.value,
        photos=intake.photos,
        looked=intake.looked,
        mistakes=[
            MistakeBody(file=one.file, line=one.line, what=Bilingual.of(one.what), remedy=Bilingual.of(one.remedy))
            for one in mistakes
        ],
        error=None if why is None else to_body(why),
        folder=None if intake.found is None else _folder(intake.found),
    )


def _folder(found: Found) -> FolderBody:
    settings, report = found.settings, found.report
    return FolderBody(
        project=settings.code,
        title=settings.title,
        new=found.new,
        practice=settings.practice,
        rehearsal=settings.rehearsal,
        companion_required=settings.companion_required,
        window_ms=int(settings.window_minutes * 60_000),
        candidates=sum(found.candidates.values()),
        attachments=[entry.title for entry in settings.attachment],
        batches=[
            FolderBatch(
                name=part.name,
                start_ms=int(part.start.timestamp() * 1000),
                answer_ms=int(part.answer_minutes * 60_000),
                candidates=found.candidates.get(part.name, 0),
                question_set=part.questions,
                questions=found.questions.get(part.questions),
            )
            for part in settings.batch
        ],
        added=report.added,
        updated=report.updated,
        missing_questions=report.missing_questions,
        remarks=[Bilingual.of(one) for one in dict.fromkeys(report.remarks)],
    )
