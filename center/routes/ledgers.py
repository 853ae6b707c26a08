"""Routes of the ledgers: as JSON for the page, as JSON or a sheet to keep. Owns who may ask; every look is audited."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from sqlmodel import Session

from center import chronicle
from center.accounts.gate import Gate, Token
from center.accounts.roles import Right
from center.center import Center
from center.folder.roster import plain
from center.ledgers.incidents import incidents
from center.ledgers.ledger import Ledger
from center.ledgers.outcomes import absentees, completed, unfinished
from center.ledgers.people import access, consents
from domain.wire.after import LedgerBody
from domain.wire.center import API
from domain.wire.login import NUMBER_MOST

Name = Annotated[str, Path(min_length=1, max_length=64)]
Number = Annotated[str, Query(max_length=NUMBER_MOST)]


class LedgerName(StrEnum):
    """Every ledger there is."""

    COMPLETION = "completion"
    ABSENTEES = "absentees"
    UNFINISHED = "unfinished"
    INCIDENTS = "incidents"
    CONSENTS = "consents"
    ACCESS = "access"


_PERSONAL = (LedgerName.CONSENTS, LedgerName.ACCESS)
_MADE: dict[LedgerName, Callable[[Session, str, int], Ledger]] = {
    LedgerName.COMPLETION: completed,
    LedgerName.ABSENTEES: absentees,
    LedgerName.UNFINISHED: unfinished,
    LedgerName.INCIDENTS: incidents,
}


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/staff", tags=["after the day"])
    gate = Gate(center.database, center.now_ms)

    async def made(project: str, ledger: LedgerName, number: str, token: str | None, form: str) -> tuple[Ledger, int]:
        who = await gate.signed_in(token, Right.ADMINISTER if ledger in _PERSONAL else Right.WATCH)
        now, whose = center.now_ms(), plain(number)
        found = await center.database.aread(lambda db: _ledger(db, ledger, project, whose, now))
        told = {"ledger": ledger.value, "form": form, "number": whose}
        await center.database.awrite(lambda db: chronicle.audit(db, who.name, "ledger", project, now, **told))
        return found, now

    @router.get("/projects/{project}/ledgers/{ledger}", summary="A ledger, as a table")
    async def show(
        project: Name, ledger: LedgerName, number: Number = "", english: bool = False, token: Token = None
    ) -> LedgerBody:
        found, now = await made(project, ledger, number, token, "page")
        return found.body(project, now, english=english)

    @router.get(
        "/projects/{project}/ledgers/{ledger}/file",
        summary="The same to keep: a sheet, or JSON",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}, "application/json": {}}}},
    )
    async def file(
        project: Name,
        ledger: LedgerName,
        form: Literal["csv", "json"] = "csv",
        number: Number = "",
        english: bool = False,
        token: Token = None,
    ) -> Response:
        found, now = await made(project, ledger, number, token, form)
        headers = {
            "Content-Disposition": f'attachment; filename="{_safe(project)}-{ledger.value}.{form}"',
            "Cache-Control": "no-store",
        }
        if form == "json":
            text = found.body(project, now, english=english).model_dump_json(indent=2)
            return Response(text, media_type="application/json", headers=headers)
        return Response(found.sheet(english=english), media_type="text/csv; charset=utf-8", headers=headers)

    return router


def _ledger(db: Session, ledger: LedgerName, project: str, number: str, now_ms: int) -> Ledger:
    if ledger is LedgerName.CONSENTS:
        return consents(db, project, number)
    if ledger is LedgerName.ACCESS:
        return access(db, project, number)
    return _MADE[ledger](db, project, now_ms)


def _safe(project: str) -> str:
    return "".join(sign for sign in project if sign.isascii() and (sign.isalnum() or sign in "-_")) or "project"
