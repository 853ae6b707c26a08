"""Routes of the day before: who is ready, and whether the center is. Owns who may ask; the rest is in
``center.administration``.
"""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path

from center.accounts.gate import Gate, Token
from center.accounts.roles import Right
from center.administration.look import look
from center.administration.preflight import judge
from center.administration.projectview import known
from center.administration.readiness import ready_list
from center.center import Center
from center.routes.intake import PREFIX
from domain.findings import Verdict
from domain.wire.administration import FactBody, PreflightBody, ReadinessBody
from domain.wire.fields import Bilingual

_VERDICTS: dict[Verdict, Literal["pass", "warn", "fail", "unknown"]] = {
    Verdict.PASS: "pass",
    Verdict.WARN: "warn",
    Verdict.FAIL: "fail",
    Verdict.UNKNOWN: "unknown",
}
Name = Annotated[str, Path(min_length=1, max_length=64)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=PREFIX, tags=["administration"])
    gate = Gate(center.database, center.now_ms)

    @router.get("/preflight", summary="What should be right at the center before the day")
    async def preflight(token: Token = None) -> PreflightBody:
        await gate.signed_in(token, Right.ADMINISTER)
        now = center.now_ms()
        seen = await asyncio.to_thread(look, center.config, center.database, now)
        return PreflightBody(
            center_ms=now,
            facts=[
                FactBody(
                    id=fact.id.value,
                    verdict=_VERDICTS[fact.verdict],
                    told=Bilingual.of(fact.told),
                    remedy=Bilingual.of(fact.remedy),
                )
                for fact in judge(seen)
            ],
        )

    @router.get("/projects/{project}/readiness", summary="Who has been seen, who has rehearsed, who not")
    async def show(project: Name, token: Token = None) -> ReadinessBody:
        await gate.signed_in(token, Right.ADMINISTER)
        await center.database.aread(lambda db: known(db, project))
        now = center.now_ms()
        return await center.database.aread(lambda db: ready_list(db, project, now))

    return router
