"""Routes of staff: signing in, the dashboard and its stream, one candidate, what support does.

Owns who may ask. Rules are in ``center.accounts`` and ``domain.risk``, acts in ``center.staff``. The sign-in is a
cookie that scripts cannot read; an act needs the CSRF header besides, so that no other site can make it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from center import phoneacts, staff
from center.accounts import signing
from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right, rights_of
from center.accounts.signing import Given, Staff
from center.center import Center
from center.dashboard.person import person_body
from center.limits import address_of
from center.staff import Actor
from center.store import accounts, candidates, watching
from center.store.candidates import CandidateCase, PermissionKind
from domain.errors import BadInput, SignInRefused, ZhishiError
from domain.stage import MINUTE_MS
from domain.wire.center import API
from domain.wire.staff import (
    COOKIE,
    AdmitOrder,
    AnswerOrder,
    CandidateBody,
    ClaimOrder,
    CodeAnswer,
    Done,
    ExtraTimeOrder,
    Me,
    Overview,
    ProjectEntry,
    ReasonOrder,
    SignInOrder,
    TellOrder,
)

T = TypeVar("T")
Name = Annotated[str, Path(min_length=1, max_length=64)]
RECHECK_S = 30.0  # how long a stream goes on after its sign-in ended


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/staff", tags=["staff"])

    gate = Gate(center.database, center.now_ms)

    async def acts(
        token: str | None, csrf: str, session: str, reason: str, act: Callable[[CandidateCase, Actor], T]
    ) -> T:
        """One act of support on one candidate, off the event loop."""
        who = await gate.acting(token, csrf, Right.HELP)
        case = await center.database.aread(lambda db: candidates.by_session(db, session))
        if case is None:
            raise BadInput(f"session {session}: unknown here")
        return await asyncio.to_thread(act, case, Actor(who.name, reason, center.now_ms()))

    async def me(token: str) -> Me:
        found = await gate.signed_in(token, None)
        return Me(
            name=found.name,
            roles=sorted(found.roles),
            rights=sorted(rights_of(found.roles)),
            csrf=signing.csrf_of(token),
            center_ms=center.now_ms(),
        )

    @router.post("/sign-in", summary="Name, password and one-time code; the answer sets the cookie")
    async def sign_in(order: SignInOrder, request: Request, response: Response) -> Me:
        address, now = address_of(request), center.now_ms()
        given = Given(order.name, order.password, order.code)

        async def proven() -> str:
            row = await center.database.aread(lambda db: accounts.account(db, given.name))
            if not await asyncio.to_thread(signing.password_fits, center.passwords, row, given):
                raise SignInRefused
            return await center.database.awrite(lambda db: signing.sign_in(db, given, now))

        token = await center.staff_failures.trying(order.name, address, now, SignInRefused, proven)
        response.set_cookie(
            COOKIE,
            token,
            max_age=signing.LONGEST_MS // 1000,
            path=f"{API}/staff",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return await me(token)

    @router.post("/sign-out", summary="The sign-in is over")
    async def sign_out(response: Response, csrf: Csrf, token: Token = None) -> Done:
        who = await gate.acting(token, csrf, None)
        await center.database.awrite(lambda db: accounts.end_sign_in(db, who.token_sha256))
        response.delete_cookie(COOKIE, path=f"{API}/staff")
        return Done(center_ms=center.now_ms())

    @router.get("/me", summary="Who is signed in")
    async def show_me(token: Token = None) -> Me:
        return await me(token or "")

    @router.get("/projects", summary="Every project")
    async def list_projects(token: Token = None) -> list[ProjectEntry]:
        await gate.signed_in(token, Right.WATCH)
        found = await center.database.aread(watching.projects)
        return [
            ProjectEntry(project=row.id, title=row.title, practice=row.practice, candidates=count)
            for row, count in found
        ]

    @router.get("/projects/{project}", summary="Everybody, most urgent first")
    async def overview(project: Name, token: Token = None) -> Overview:
        await gate.signed_in(token, Right.WATCH)
        return await center.live.overview(project)

    @router.get("/projects/{project}/events", summary="The same as a stream: first all, then what changes")
    async def events(project: Name, token: Token = None) -> StreamingResponse:
        await gate.signed_in(token, Right.WATCH)
        await center.live.check(project)  # an unknown project is told as such, not as a broken stream
        stream = _events(center, project, lambda: gate.signed_in(token, Right.WATCH))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @router.get("/candidates/{session}", summary="One candidate: timeline, help, permissions")
    async def person(session: Name, token: Token = None) -> CandidateBody:
        await gate.signed_in(token, Right.WATCH)
        found = await center.database.aread(lambda db: candidates.by_session(db, session))
        row = None if found is None else await center.live.row(found.case.project.id, session)
        if row is None:
            raise BadInput(f"session {session}: unknown here")
        now = center.now_ms()
        return await center.database.aread(lambda db: person_body(db, row, now))

    @router.post("/candidates/{session}/admit", summary="Log in by hand, let in late, let another laptop take over, …")
    async def admit(session: Name, order: AdmitOrder, csrf: Csrf, token: Token = None) -> Done:
        kinds = {PermissionKind(kind) for kind in order.kinds}
        await acts(
            token,
            csrf,
            session,
            order.reason,
            lambda case, actor: staff.admit(center.database, *_of(case), kinds, actor),
        )
        return Done(center_ms=center.now_ms())

    @router.post("/candidates/{session}/entry-code", summary="The code by which a laptop without network enters")
    async def entry_code(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> CodeAnswer:
        code = await acts(
            token, csrf, session, order.reason, lambda case, actor: staff.entry_code(center.database, *_of(case), actor)
        )
        return CodeAnswer(code=code)

    @router.post("/candidates/{session}/release", summary="The release code, after the start")
    async def release(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> CodeAnswer:
        code = await acts(
            token, csrf, session, order.reason, lambda case, actor: staff.release(center.database, *_of(case), actor)
        )
        return CodeAnswer(code=code)

    @router.post("/candidates/{session}/end-login", summary="End the active login; uploads go on")
    async def end_login(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        await acts(
            token, csrf, session, order.reason, lambda case, actor: staff.end_login(center.database, *_of(case), actor)
        )
        return Done(center_ms=center.now_ms())

    @router.post("/candidates/{session}/extra-time", summary="More time to answer")
    async def extra_time(session: Name, order: ExtraTimeOrder, csrf: Csrf, token: Token = None) -> Done:
        await acts(
            token,
            csrf,
            session,
            order.reason,
            lambda case, actor: staff.extra_time(center.database, *_of(case), order.minutes * MINUTE_MS, actor),
        )
        return Done(center_ms=center.now_ms())

    @router.post("/candidates/{session}/extend-window", summary="More time to upload")
    async def extend_window(session: Name, order: ExtraTimeOrder, csrf: Csrf, token: Token = None) -> Done:
        await acts(
            token,
            csrf,
            session,
            order.reason,
            lambda case, actor: staff.extend_window(center.database, *_of(case), order.minutes * MINUTE_MS, actor),
        )
        return Done(center_ms=center.now_ms())

    @router.post("/candidates/{session}/waive-phone", summary="The receipt no longer waits for the phone's evidence")
    async def waive_phone(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        await acts(
            token,
            csrf,
            session,
            order.reason,
            lambda case, actor: phoneacts.waive_phone(center.database, *_of(case), actor),
        )
        return Done(center_ms=center.now_ms())

    @router.post("/candidates/{session}/finish-phone", summary="Stop a forgotten phone from afar, after the end")
    async def finish_phone(session: Name, order: ReasonOrder, csrf: Csrf, token: Token = None) -> Done:
        await acts(
            token,
            csrf,
            session,
            order.reason,
            lambda case, actor: phoneacts.finish_phone(center.database, *_of(case), actor),
        )
        return Done(center_ms=center.now_ms())

    @router.post("/candidates/{session}/tell", summary="A set phrase, or words while nobody answers")
    async def tell(session: Name, order: TellOrder, csrf: Csrf, token: Token = None) -> Done:
        def act(case: CandidateCase, actor: Actor) -> None:
            project, number = _of(case)
            staff.broadcast(center.database, project, case.case.batch.name, order.text, actor, number)

        await acts(token, csrf, session, order.reason, act)
        return Done(center_ms=center.now_ms())

    @router.post("/help/{request}/claim", summary="Take a request, hand it over, or give it back")
    async def claim(request: Name, order: ClaimOrder, csrf: Csrf, token: Token = None) -> Done:
        who = await gate.acting(token, csrf, Right.HELP)
        actor = Actor(who.name, "", center.now_ms())
        await asyncio.to_thread(staff.claim, center.database, request, order.to, actor)
        return Done(center_ms=center.now_ms())

    @router.post("/help/{request}/answer", summary="Answer a request")
    async def answer(request: Name, order: AnswerOrder, csrf: Csrf, token: Token = None) -> Done:
        who = await gate.acting(token, csrf, Right.HELP)
        actor = Actor(who.name, "", center.now_ms())
        await asyncio.to_thread(staff.answer, center.database, request, order.text, actor)
        return Done(center_ms=center.now_ms())

    return router


def _of(case: CandidateCase) -> tuple[str, str]:
    return case.case.project.id, case.candidate.number


async def _events(center: Center, project: str, still: Callable[[], Awaitable[Staff]]) -> AsyncIterator[str]:
    """Server-sent events until the browser goes or the sign-in is over (then it is told so, and asks no more)."""
    checked = asyncio.get_running_loop().time()
    async for told in center.live.watch(project):
        yield _event("overview" if isinstance(told, Overview) else "changes", told)
        now = asyncio.get_running_loop().time()
        if now - checked >= RECHECK_S:
            checked = now
            try:
                await still()
            except ZhishiError:
                yield "event: over\ndata: {}\n\n"
                return


def _event(name: str, body: BaseModel) -> str:
    return f"event: {name}\ndata: {body.model_dump_json()}\n\n"
