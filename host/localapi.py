"""The base of every loopback API: random port, per-start bearer token, Host header checked, our errors as bodies.

The Host check stops DNS rebinding, the token stops other users and web pages. Binds 127.0.0.1 only.
"""

import hmac
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import requests
import uvicorn
from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import AlreadyRunning, BadInput, DeviceError, NotRunning, ServiceError, ZhishiError
from domain.wire.failure import ErrorBody, from_body, to_body
from host.instance import SingleInstance, find
from host.paths import Home

_BODY_LIMIT = 1 << 20
_STATUS: dict[type[ZhishiError], int] = {
    BadInput: 400,
    AlreadyRunning: 409,
    DeviceError: 409,
    NotRunning: 409,
}
M = TypeVar("M", bound=BaseModel)


class _Gate:
    """Lets through only requests that carry this start's token and name 127.0.0.1 with our port."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = b"Bearer " + token.encode()
        self._hosts = {f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            if headers.get(b"host") not in self._hosts:
                await Response(status_code=421)(scope, receive, send)
                return
            if not hmac.compare_digest(headers.get(b"authorization", b""), self._token):
                await Response(status_code=401)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class LocalServer:
    """A loopback API of one program. ``await run()`` serves until ``stop()``; signals stay the program's own."""

    def __init__(self, routes: Sequence[BaseRoute], instance: SingleInstance) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._instance = instance
        app = Starlette(routes=list(routes), exception_handlers={ZhishiError: _tell})
        config = uvicorn.Config(
            _Gate(app, instance.token, self.port),
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
            ws="none",
        )
        self._server = _QuietServer(config)

    async def run(self) -> None:
        """Serve; the run file is written once the port answers."""
        self._socket.listen(64)
        self._instance.announce(self.port)
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        """Make ``run`` return soon; may be called from any thread."""
        self._server.should_exit = True


class _QuietServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the program decides what they mean."""
        yield


async def _tell(request: Request, error: Exception) -> Response:
    assert isinstance(error, ZhishiError)  # noqa: S101 -- registered for this class only
    status = next((code for cls, code in _STATUS.items() if isinstance(error, cls)), 500)
    return JSONResponse(to_body(error).model_dump(), status_code=status)


async def read_body(request: Request, model: type[M]) -> M:
    """The request's JSON as ``model``; raises BadInput naming the field. An empty body is an empty object."""
    raw = await request.body()
    if len(raw) > _BODY_LIMIT:
        raise BadInput(f"body is over {_BODY_LIMIT} bytes")
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as why:
        first = why.errors()[0]
        raise BadInput(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from why


def answer(model: BaseModel) -> Response:
    """``model`` as JSON."""
    return Response(model.model_dump_json(), media_type="application/json")


class LocalClient:
    """Asks the running ``name`` of ``home``; found anew when it was restarted."""

    def __init__(self, home: Home, name: str, timeout_s: float = 10.0) -> None:
        self._home = home
        self._name = name
        self._timeout = timeout_s

    def patient(self, timeout_s: float) -> "LocalClient":
        """The same, but waiting longer: for orders that take their time."""
        return LocalClient(self._home, self._name, timeout_s)

    def get(self, path: str, into: type[M]) -> M:
        """GET ``path``; raises NotRunning, ServiceError, or the error the program answered."""
        return self._read(self.fetch("GET", path), into)

    def post(self, path: str, body: BaseModel | None, into: type[M]) -> M:
        """POST ``body`` to ``path``; raises as ``get``."""
        return self._read(self.fetch("POST", path, body), into)

    def fetch(
        self, method: str, path: str, body: BaseModel | None = None, *, stream: bool = False
    ) -> requests.Response:
        """The raw answer; raises as ``get``."""
        running = find(self._home, self._name)
        if running is None:
            raise NotRunning(self._name)
        headers = {"Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
        data: Any = body.model_dump_json().encode() if body is not None else None
        try:
            reply = requests.request(
                method,
                f"http://127.0.0.1:{running.port}{path}",
                headers=headers,
                data=data,
                timeout=self._timeout,
                stream=stream,
                proxies={"http": "", "https": ""},
            )
        except requests.RequestException as why:
            raise NotRunning(f"{self._name}: {why}") from why
        if reply.status_code >= 400:
            raise self._error(reply)
        return reply

    def _error(self, reply: requests.Response) -> ZhishiError:
        try:
            return from_body(ErrorBody.model_validate_json(reply.content))
        except ValidationError:
            return ServiceError(f"{self._name} answered {reply.status_code}")

    def _read(self, reply: requests.Response, into: type[M]) -> M:
        try:
            return into.model_validate_json(reply.content)
        except ValidationError as why:
            raise ServiceError(f"{self._name}: {why}") from why
