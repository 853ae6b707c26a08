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
