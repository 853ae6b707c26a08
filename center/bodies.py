"""A large request body, taken in as it comes. Owns how long nothing may come; never keeps more than a block."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import Request
from starlette.requests import ClientDisconnect

from domain.errors import CenterError

_BLOCK = 1 << 20


async def blocks(request: Request, idle_s: float) -> AsyncIterator[bytes]:
    """The body in blocks of about a MiB; raises CenterError when nothing comes for too long or the line broke."""
    held = bytearray()
    async with aclosing(aiter(request.stream())) as stream:  # type: ignore[type-var]
        while True:
            try:
                async with asyncio.timeout(idle_s):
                    piece = await anext(stream, None)
            except TimeoutError as why:
                raise CenterError("no bytes came for too long") from why
            except ClientDisconnect as why:
                raise CenterError("the connection was lost") from why
            if piece is None:
                break
            held += piece
            if len(held) >= _BLOCK:
                yield bytes(held)
                held.clear()
    if held:
        yield bytes(held)
