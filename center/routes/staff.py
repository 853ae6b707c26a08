"""Routes of staff: signing in, the dashboard and its stream, one candidate, what support does.

Owns who may ask. Rules are in ``center.accounts`` and ``domain.risk``, acts in ``center.staff``. The sign-in is a
cookie that scripts cannot read; an act needs the CSRF header besides, so that no other site can make it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from center import chronicle, staff
from center.accounts import signing
from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right, read_roles, rights_of
from center.accounts.signing import Given, Staff
from center.center import Center
from center.dashboard.person import person_body
from center.deskacts import ACTS, Act
from center.failures import Refused
from center.folder.roster import plain
from center.limits import address_of
from center.staff import Actor
from center.store import accounts, candidates, watching
from center.store.candidates import CandidateCase
from domain.errors import BadInput, SignInRefused, ZhishiError
from domain.wire.center import API
from domain.wire.login import FRAME_TYPE
from domain.wire.staff import (
    COOKIE,
    AnswerOrder,
    CandidateBody,
    ClaimOrder,
    CodeAnswer,
    Done,
    FindAnswer,
    FindOrder,
    Me,
    Overview,
    ProjectEntry,
    ReasonOrder,
    SignInOrder,
)

Name = Annotated[str, Path(min_length=1, max_length=64)]
_UNSTORED = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_PICTURE: dict[str, Any] = {"response_class": Response, "responses": {200: {"content": {FRAME_TYPE: {}}}}}
RECHECK_S = 30.0  # how long a stream goes on after its sign-in ended


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/staff", tags=["staff"])

    gate = Gate(center.database, center.now_ms)

    async def acts(act: Act[Any], session: str, order: ReasonOrder, csrf: str, token: str | None) -> Done | CodeAnswer:
        """One act of support on one candidate, off the event loop."""
        who = await gate.acting(token, csrf, Right.HELP)
        case = await center.database.aread(lambda db: candidates.by_session(db, session))
        if case is None:
            raise BadInput(f"session {session}: unknown here")
        actor = Actor(who.name, order.reason, center.now_ms())
        code = await asyncio.to_thread(act.do, center.database, case, order, actor)
        return Done(center_ms=center.now_ms()) if code is None else CodeAnswer(code=code)

    async def faces(session: str, token: str | None) -> CandidateCase:
        """The candidate whose face is looked at now, written down."""
        who = await gate.signed_in(token, Right.HELP)
        now = center.now_ms()

        def look(db: Session) -> CandidateCase | None:
            found = candidates.by_session(db, session)
            if found is not None:
                chronicle.audit(db, who.name, "view_face", found.case.project.id, now, session=session)
            return found

        found = await center.database.awrite(look)
        if found is None:
            raise BadInput(f"session {session}: unknown here")
        return found

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
        still = center.stills.of(session, now)
        return await center.database.aread(lambda db: person_body(db, row, still, now))

    @router.get("/candidates/{session}/still", summary="The last picture of a login under way; audited", **_PICTURE)
    async def still(session: Name, token: Token = None) -> Response:
        found = await faces(session, token)
        kept = center.stills.of(found.session, center.now_ms())
        if kept is None:
            raise Refused(BadInput("there is no picture of a login under way"), 404)
        return Response(kept.picture, media_type=FRAME_TYPE, headers=_UNSTORED)

    @router.get("/candidates/{session}/photo", summary="The registered photo, to compare by eye; audited", **_PICTURE)
    async def photo(session: Name, token: Token = None) -> Response:
        found = await faces(session, token)
        if not found.candidate.photo:
            raise Refused(BadInput("there is no registered photo"), 404)
        content = await asyncio.to_thread(center.papers.read, found.candidate.photo)
        kind = "image/png" if content.startswith(b"\x89PNG") else FRAME_TYPE
        return Response(content, media_type=kind, headers=_UNSTORED)

    @router.get("/colleagues", summary="Who else of support may be handed a request")
    async def colleagues(token: Token = None) -> list[str]:
        await gate.signed_in(token, Right.HELP)
        found = await center.database.aread(accounts.accounts)
        return [row.name for row in found if row.closed_ms is None and Right.HELP in rights_of(read_roles(row.roles))]

    @router.post("/projects/{project}/find", summary="Who it is whose id number ends so")
    async def find(project: Name, order: FindOrder, csrf: Csrf, token: Token = None) -> FindAnswer:
        who = await gate.acting(token, csrf, Right.HELP)
        center.pace.count(f"find\n{who.name}", center.now_ms())
        tail = center.ids.tail(plain(order.id_tail))
        return FindAnswer(sessions=await center.database.aread(lambda db: candidates.with_id_tail(db, project, tail)))

    for act in ACTS:
        router.add_api_route(
            f"/candidates/{{session}}/{act.path}",
            _endpoint(act, acts),
            methods=["POST"],
            summary=act.summary,
            response_model=CodeAnswer if act.code else Done,
        )

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


def _endpoint(act: Act[Any], perform: Callable[..., Awaitable[Done | CodeAnswer]]) -> Callable[..., Any]:
    """The route of one act; its order is the act's own."""

    async def endpoint(session: Name, order: Any, csrf: Csrf, token: Token = None) -> Done | CodeAnswer:
        return await perform(act, session, order, csrf, token)

    endpoint.__annotations__["order"] = act.order
    endpoint.__name__ = act.path.replace("-", "_")
    return endpoint


async def _events(center: Center, project: str, still: Callable[[], Awaitable[Staff]]) -> AsyncIterator[str]:
    """Server-sent events until the browser goes or the sign-in is over (then it is told so, and asks no more)."""
    checked = asyncio.get_running_loop().time()
    async for told in center.live.watch(project):
        yield f"event: {told.name}\ndata: {told.body}\n\n"
        now = asyncio.get_running_loop().time()
        if now - checked >= RECHECK_S:
            checked = now
            try:
                await still()
            except ZhishiError:
                yield "event: over\ndata: {}\n\n"
                return
