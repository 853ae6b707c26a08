"""uvicorn in a thread and as a killable process."""

import os
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.support.servers import AsgiProcess, AsgiThread


def make_app(word: str) -> Starlette:
    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{word} {os.getpid()}")

    return Starlette(routes=[Route("/", answer)])


def test_thread_serves_and_stops() -> None:
    with AsgiThread(make_app("线程")) as server:
        url = server.url
        assert requests.get(url, timeout=10).text == f"线程 {os.getpid()}"
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)


def test_process_is_killed_and_comes_back_on_its_port() -> None:
    with AsgiProcess("tests.integration.house.test_servers:make_app", {"word": "进程"}) as server:
        url, first = server.url, server.pid
        assert requests.get(url, timeout=10).text == f"进程 {first}"
        server.kill()
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=10)
        server.start()
        assert server.url == url
        assert requests.get(url, timeout=10).text == f"进程 {server.pid}"
        assert server.pid != first


def test_process_that_cannot_start_is_told(tmp_path: Path) -> None:
    broken = AsgiProcess("tests.integration.house.test_servers:make_app", {"unknown": str(tmp_path)})
    with pytest.raises(AssertionError, match="does not serve"):
        broken.start()
