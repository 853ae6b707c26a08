"""The ASGI application: routes, errors, the size of JSON bodies. Composition only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from center import enrolment, rescue
from center.center import Center
from center.failures import answer, install
from center.openapi import install_openapi
from center.routes import after as afterroutes
from center.routes import closures as closureroutes
from center.routes import companion, earlyhelp, interviews, login, publicstatus, rehearsals, sessions
from center.routes import intake as intakeroutes
from center.routes import ledgers as ledgerroutes
from center.routes import project as projectroutes
from center.routes import readiness as readyroutes
from center.routes import review as reviewroutes
from center.routes import staff as staffroutes
from center.routes.login import FRAMES
from center.tus.probe import ProbeRoutes
from center.tus.uploads import UploadRoutes
from center.webpages import page_routes
from domain.errors import TooLarge, ZhishiError
from domain.wire.login import FRAME_MOST
from domain.wire.tus import UPLOADS_PATH


class JsonLimit:
    """Refuses bodies that are too large before anybody reads them into memory: JSON, and one frame of a face login;
    uploads have their own rules.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        own = (UPLOADS_PATH, rescue.RESCUE_PATH)
        if scope["type"] != "http" or scope["path"].startswith(own) or scope["path"] == intakeroutes.INTAKES_PATH:
            await self._app(scope, receive, send)
            return
        limit = FRAME_MOST if scope["path"].endswith(FRAMES) else self._limit
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limit:
            refusal = answer(TooLarge(f"the most is {limit} bytes here"), headers={"Connection": "close"})
            await refusal(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                return {"type": "http.disconnect"}  # a chunked body without end: nobody listens any longer
            return message

        await self._app(scope, counted, send)


def make_app(center: Center) -> FastAPI:
    """The application over ``center``; closes it when the server stops."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(center.tend()), asyncio.create_task(center.pulse.run())]
        try:
            yield
        finally:
            center.live.close()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            with suppress(ZhishiError):  # a full disk: nobody is told any more
                await center.pulse.write()
            await center.review.close()
            await center.intakes.close()
            await asyncio.to_thread(center.close)

    app = FastAPI(
        title="智试考务平台 Zhishi center",
        version="1",
        summary="Runs interviews: logs candidates in, opens gates, takes their evidence and signs receipts.",
        lifespan=lifespan,
    )
    install(app)
    install_openapi(app)
    probe = ProbeRoutes(center.uploads, center.tokens, center.door, center.probe_pace)
    for router in (
        enrolment.routes(center),
        sessions.routes(center),
        login.routes(center),
        interviews.routes(center),
        rehearsals.routes(center),
        earlyhelp.routes(center),
        probe.router(),  # before the uploads: its path would match their names
        staffroutes.routes(center),
        reviewroutes.routes(center),
        closureroutes.routes(center),
        afterroutes.routes(center),
        ledgerroutes.routes(center),
        intakeroutes.routes(center),
        projectroutes.routes(center),
        readyroutes.routes(center),
        companion.routes(center),
        publicstatus.routes(center),
        page_routes(),
        rescue.routes(center),
        UploadRoutes(center.uploads, center.tokens, center.door).router(),
    ):
        # the routes themselves: include_router would work out each of them a second time, at the first request
        app.router.routes.extend(router.routes)

    @app.get("/healthz", tags=["operation"], summary="Alive, with the database answering")
    async def healthz() -> dict[str, str]:
        await center.database.aread(lambda db: db.connection())
        return {"status": "ok"}

    app.add_middleware(JsonLimit, limit=center.config.json_limit)
    return app
