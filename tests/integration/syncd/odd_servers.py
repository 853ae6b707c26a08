"""Servers that are not the center, for tests: factories for ``AsgiProcess``."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def not_a_center() -> Starlette:
    """Answers JSON of its own to everything."""

    async def hello(_request: Request) -> Response:
        return JSONResponse({"hello": "world"})

    return Starlette(routes=[Route("/{path:path}", hello, methods=["GET", "POST", "HEAD", "PATCH"])])


def wants_a_password() -> Starlette:
    """A proxy that lets nobody through without a password."""

    async def refuse(_request: Request) -> Response:
        return Response("log in", 407, {"Proxy-Authenticate": 'Basic realm="school"'}, "text/html")

    return Starlette(routes=[Route("/{path:path}", refuse, methods=["GET", "POST", "HEAD", "PATCH"])])
