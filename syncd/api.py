"""The local API: ``GET /status /events /strip /rescue``, ``POST /enrol /scan /close /cut /rescue /receipt /pause
/resume /limit /quit``.

Thin: each route calls one method, whose work runs in a thread (``run_in_threadpool``), so that the event loop only
ever carries HTTP.
"""

from collections.abc import Callable
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.wire.syncd import (
    CloseRequest,
    CutRequest,
    EnrolReply,
    EnrolRequest,
    LimitRequest,
    PauseRequest,
    ReceiptOrder,
    RescueOrder,
    RescueStatus,
    StripReply,
    SyncStatus,
)
from host.localapi import answer, read_body
from syncd.news import News


class Orders(Protocol):
    """What the API may ask of the daemon."""

    def status(self) -> SyncStatus:
        """What is true now."""
        ...

    def enrol(self, request: EnrolRequest) -> EnrolReply:
        """Make this machine a device of a session."""
        ...

    def scan(self) -> None:
        """Look at everything again and try what was given up."""
        ...

    def strip(self, session: str) -> StripReply:
        """How far each stretch of a session's tracks is."""
        ...

    def pause(self, minutes: float) -> None:
        """Send no evidence for a while."""
        ...

    def resume(self) -> None:
        """Send again."""
        ...

    def limit(self, bytes_per_second: int | None) -> None:
        """Send evidence at most so fast."""
        ...

    def close(self, session: str) -> None:
        """No more footage will come."""
        ...

    def cut(self, seconds: float) -> None:
        """Behave as without network, in a rehearsal."""
        ...

    def rescue(self, order: RescueOrder) -> RescueStatus:
        """Begin to write rescue bundles."""
        ...

    def rescued(self) -> RescueStatus:
        """How far the last order for rescue bundles is."""
        ...

    def receipt(self, order: ReceiptOrder) -> None:
        """Take a receipt that was carried here."""
        ...


def routes(daemon: Orders, quit_now: Callable[[], None]) -> list[Route]:
    """The routes over ``daemon``."""
    news = News(daemon.status)

    async def status(_request: Request) -> Response:
        return answer(await run_in_threadpool(daemon.status))

    async def events(_request: Request) -> Response:
        return news.response()

    async def enrol(request: Request) -> Response:
        order = await read_body(request, EnrolRequest)
        return answer(await run_in_threadpool(daemon.enrol, order))

    async def scan(_request: Request) -> Response:
        await run_in_threadpool(daemon.scan)
        return answer(await run_in_threadpool(daemon.status))

    async def strip(request: Request) -> Response:
        return answer(await run_in_threadpool(daemon.strip, request.query_params.get("session", "")))

    async def close(request: Request) -> Response:
        order = await read_body(request, CloseRequest)
        await run_in_threadpool(daemon.close, order.session)
        return answer(await run_in_threadpool(daemon.status))

    async def rescue(request: Request) -> Response:
        order = await read_body(request, RescueOrder)
        return answer(await run_in_threadpool(daemon.rescue, order))

    async def rescued(_request: Request) -> Response:
        return answer(await run_in_threadpool(daemon.rescued))

    async def cut(request: Request) -> Response:
        order = await read_body(request, CutRequest)
        await run_in_threadpool(daemon.cut, order.seconds)
        return answer(await run_in_threadpool(daemon.status))

    async def pause(request: Request) -> Response:
        order = await read_body(request, PauseRequest)
        await run_in_threadpool(daemon.pause, order.minutes)
        return answer(await run_in_threadpool(daemon.status))

    async def resume(_request: Request) -> Response:
        await run_in_threadpool(daemon.resume)
        return answer(await run_in_threadpool(daemon.status))

    async def limit(request: Request) -> Response:
        order = await read_body(request, LimitRequest)
        await run_in_threadpool(daemon.limit, order.bytes_per_second)
        return answer(await run_in_threadpool(daemon.status))

    async def receipt(request: Request) -> Response:
        order = await read_body(request, ReceiptOrder)
        await run_in_threadpool(daemon.receipt, order)
        return answer(await run_in_threadpool(daemon.status))

    async def leave(_request: Request) -> Response:
        quit_now()
        return Response(b"{}", media_type="application/json")

    return [
        Route("/status", status, methods=["GET"]),
        Route("/events", events, methods=["GET"]),
        Route("/strip", strip, methods=["GET"]),
        Route("/enrol", enrol, methods=["POST"]),
        Route("/scan", scan, methods=["POST"]),
        Route("/close", close, methods=["POST"]),
        Route("/cut", cut, methods=["POST"]),
        Route("/rescue", rescue, methods=["POST"]),
        Route("/rescue", rescued, methods=["GET"]),
        Route("/pause", pause, methods=["POST"]),
        Route("/resume", resume, methods=["POST"]),
        Route("/limit", limit, methods=["POST"]),
        Route("/receipt", receipt, methods=["POST"]),
        Route("/quit", leave, methods=["POST"]),
    ]
