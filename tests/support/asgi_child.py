"""One ASGI app as a program of its own, to be killed.

``python -m tests.support.asgi_child MODULE:FACTORY PORT JSON`` prints ``{"port": N}`` on one line when it
serves. ``FACTORY(**JSON)`` makes the app.
"""

import importlib
import json
import socket
import sys

import uvicorn


class _Announcing(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets is not None
        print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)


def main(factory: str, port: str, arguments: str) -> None:
    """Serve until killed."""
    module, _, name = factory.partition(":")
    app = getattr(importlib.import_module(module), name)(**json.loads(arguments))
    door = socket.socket()
    # after a kill -9 the port is wanted again at once
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", int(port)))
    _Announcing(uvicorn.Config(app, ws="none", log_level="warning")).run(sockets=[door])


if __name__ == "__main__":
    main(*sys.argv[1:])
