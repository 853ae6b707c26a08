"""The loopback server of the pages: one-use door, cookie, Host and Origin checked; static files, events, orders.

Owns HTTP only. What is shown and what an order does is the ``Conductor``'s, which is handed in; its methods run in
worker threads, so that the event loop only ever carries HTTP. Binds 127.0.0.1 on a free port.
"""

import asyncio
import contextlib
import hmac
import mimetypes
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import BadInput, ServiceError, ZhishiError
from domain.wire.failure import to_body
from ui.pageorders import AnyOrder, read_order

COOKIE = "zhishi"
_BODY_LIMIT = 64 * 1024
_KEEP_ALIVE_S = 10.0
_START_S = 20.0
_SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), display-capture=(), geolocation=()",
}


class Document:
    """A file to show: bytes and media type."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self.content = content
        self.media_type = media_type


class Conductor(Protocol):
    """What the pages may see and ask for."""

    def do(self, order: AnyOrder) -> None:
        """Carry out an order; raises what the page shall say."""
        ...

    def document(self, name: str, key: str) -> Document:
        """``attachment`` KEY or ``testclip``; raises BadInput when there is none."""
        ...

    def newest(self) -> tuple[int, bytes]:
        """Number and JSON of the newest PageState."""
        ...

    def looked_at(self) -> None:
        """A page is there and wants to be told the state; called each time one comes, and never waits."""
        ...

    def picture(self, after: int) -> tuple[int, bytes] | None:
        """Number and JPEG of the newest preview picture once its number differs from ``after``; None: none came."""
        ...


class PageServer:
    """Serves ``pages`` (built files) and the conductor; runs in a thread of its own between ``start`` and ``stop``."""

    def __init__(self, conductor: Conductor, pages: Path) -> None:
        self._conductor = conductor
        self._pages = pages
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._cookie = secrets.token_urlsafe(32)
        self._doors: set[str] = set()
        self._doors_lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: asyncio.Event | None = None
        app = Starlette(routes=self._routes(), exception_handlers={ZhishiError: _tell})
        self._server = _QuietServer(
            uvicorn.Config(
                _Gate(app, self._cookie, self.port, self._use_door),
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
                ws="none",
            )
        )
        self._thread = threading.Thread(target=self._serve, name="pages", daemon=True)

    @property
    def address(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    def new_url(self) -> str:
        """An address that opens the pages once; whoever uses it first gets the cookie."""
        door = secrets.token_urlsafe(32)
        with self._doors_lock:
            self._doors.add(door)
        return f"{self.address}/?door={door}"

    def start(self) -> None:
        """Serve from now on. Raises ServiceError when the server does not come up."""
        self._socket.listen(64)
        self._thread.start()
        waiting = threading.Event()
        for _ in range(int(_START_S / 0.02)):
            if self._server.started:
                return
            waiting.wait(0.02)
        raise ServiceError("the page server does not start")

    def publish(self) -> None:
        """There is a new PageState. From any thread."""
        loop, news = self._loop, self._news
        if loop is not None and news is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just been closed: nobody listens any more
                loop.call_soon_threadsafe(self._announce)

    def stop(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self.publish()
        if self._thread.is_alive():
            self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        async def serve() -> None:
            self._loop, self._news = asyncio.get_running_loop(), asyncio.Event()
            await self._server.serve(sockets=[self._socket])

        asyncio.run(serve())

    def _announce(self) -> None:
        if self._news is not None:
            news, self._news = self._news, asyncio.Event()
            news.set()

    def _use_door(self, door: str) -> bool:
        with self._doors_lock:
            found = next((one for one in self._doors if hmac.compare_digest(one, door)), None)
            self._doors.discard(found or "")
        return found is not None

    # -- routes ------------------------------------------------------------------------------------------------------

    def _routes(self) -> list[Route]:
        return [
            Route("/api/events", self._events),
            Route("/api/do", self._do, methods=["POST"]),
            Route("/api/preview.mjpeg", self._preview),
            Route("/api/still.jpg", self._still),
            Route("/api/attachment/{key}", self._document("attachment")),
            Route("/api/testclip.webm", self._document("testclip")),
            Route("/", self._page),
            Route("/{path:path}", self._page),
        ]

    async def _do(self, request: Request) -> Response:
        raw = await request.body()
        if len(raw) > _BODY_LIMIT:
            raise BadInput(f"body is over {_BODY_LIMIT} bytes")
        await run_in_threadpool(self._conductor.do, read_order(raw))
        return JSONResponse({"ok": True})

    async def _events(self, request: Request) -> Response:
        self._conductor.looked_at()
        return StreamingResponse(
            self._told(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _told(self) -> AsyncIterator[bytes]:
        sent = -1
        yield b"retry: 1000\n\n"
        while not self._server.should_exit:
            news = self._news
            number, state = self._conductor.newest()
            if number != sent:
                sent = number
                yield b"id: %d\ndata: %s\n\n" % (number, state)
                continue
            if news is None:
                return
            try:
                await asyncio.wait_for(news.wait(), _KEEP_ALIVE_S)
            except TimeoutError:
                yield b": still here\n\n"

    async def _preview(self, request: Request) -> Response:
        return StreamingResponse(
            self._pictures(),
            media_type="multipart/x-mixed-replace; boundary=picture",
            headers={"Cache-Control": "no-store"},
        )

    async def _pictures(self) -> AsyncIterator[bytes]:
        """The next part's boundary and head follow each picture at once: Chromium shows a picture only when it has
        seen both, so without them every picture would be one picture late (measured).
        """
        number = -1
        head = b"--picture\r\nContent-Type: image/jpeg\r\n\r\n"
        yield head
        while not self._server.should_exit:
            found = await run_in_threadpool(self._conductor.picture, number)
            if found is None:
                continue
            number, jpeg = found
            yield jpeg + b"\r\n" + head

    async def _still(self, request: Request) -> Response:
        found = await run_in_threadpool(self._conductor.picture, -1)
        if found is None:
            return Response(status_code=503)
        return Response(found[1], media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    def _document(self, name: str) -> "_Handler":
        async def show(request: Request) -> Response:
            key = request.path_params.get("key", "")
            found = await run_in_threadpool(self._conductor.document, name, key)
            return Response(found.content, media_type=found.media_type, headers={"Cache-Control": "no-store"})

        return show

    async def _page(self, request: Request) -> Response:
        asked = request.path_params.get("path", "") or "index.html"
        path = (self._pages / asked).resolve()
        if not path.is_relative_to(self._pages.resolve()) or not path.is_file():
            return Response("404", status_code=404, media_type="text/plain")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        caching = "no-store" if path.suffix == ".html" else "max-age=3600"
        return FileResponse(path, media_type=kind, headers={"Cache-Control": caching})


class _Handler(Protocol):
    async def __call__(self, request: Request) -> Response: ...


class _Gate:
    """Lets through only our own pages: Host and Origin are ours, and the cookie was got through the one-use door."""

    def __init__(self, app: ASGIApp, cookie: str, port: int, use_door: "_UseDoor") -> None:
        self._app = app
        self._cookie = cookie
        self._host = f"127.0.0.1:{port}"
        self._use_door = use_door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._judge(Request(scope))(scope, receive, _with_safe_headers(send))

    def _judge(self, request: Request) -> ASGIApp:
        origin = request.headers.get("origin")
        if request.headers.get("host") != self._host:
            return Response(status_code=421)
        if origin is not None and origin != f"http://{self._host}":
            return Response(status_code=403)
        if request.method not in ("GET", "HEAD") and origin is None:
            return Response(status_code=403)
        door = request.query_params.get("door")
        if request.url.path == "/" and door is not None and self._use_door(door):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(COOKIE, self._cookie, httponly=True, samesite="strict", path="/")
            return answer
        if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._cookie.encode()):
            return Response(
                "请从智试云程序打开本页。 Open this page from the program.",
                status_code=401,
                media_type="text/plain; charset=utf-8",
            )
        return self._app


class _UseDoor(Protocol):
    def __call__(self, door: str) -> bool: ...


class _QuietServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the program decides what they mean."""
        yield


def _with_safe_headers(send: Send) -> Send:
    async def safe(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(name.lower().encode(), value.encode()) for name, value in _SAFE.items()]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return safe


async def _tell(request: Request, error: Exception) -> Response:
    assert isinstance(error, ZhishiError)  # noqa: S101 -- registered for this class only
    return JSONResponse(to_body(error).model_dump(), status_code=400 if isinstance(error, BadInput) else 409)
