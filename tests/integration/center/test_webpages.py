"""The pages as the center serves them: nothing outside their folders, closed to everybody else's pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from center.webpages import page_routes
from tests.support.servers import AsgiThread


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    built = tmp_path / "pages" / "companion"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>智试通</title>")
    (built / "sw.js").write_text("")
    (built / "assets" / "main-1a2b.js").write_text("")
    (built.parent / "secret.txt").write_text("no")
    return built.parent


@contextmanager
def client(pages: Path) -> Iterator[httpx.Client]:
    app = FastAPI()
    app.include_router(page_routes(pages))
    with AsgiThread(app) as server, httpx.Client(base_url=server.url) as made:
        yield made


def test_the_page_and_its_parts(pages: Path) -> None:
    with client(pages) as asked:
        page = asked.get("/companion")
        assert "智试通" in page.text
        assert page.headers["cache-control"] == "no-cache"
        assert "camera=(self)" in page.headers["permissions-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert asked.get("/companion/").text == page.text
        worker = asked.get("/companion/sw.js")
        assert (worker.headers["service-worker-allowed"], worker.headers["cache-control"]) == ("/companion", "no-cache")
        asset = asked.get("/companion/assets/main-1a2b.js")
        assert "immutable" in asset.headers["cache-control"]
        assert asset.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["../secret.txt", "%2e%2e/secret.txt", "assets", "none.js", "..%2fsecret.txt", "%00"])
def test_nothing_else_is_served(pages: Path, path: str) -> None:
    with client(pages) as asked:
        answer = asked.get(f"/companion/{path}")
    assert answer.status_code == 404
    assert "no" not in answer.text


def test_the_staff_page_gets_no_camera(pages: Path) -> None:
    built = pages / "staff"
    built.mkdir()
    (built / "index.html").write_text("<!doctype html><title>考务平台</title>")
    with client(pages) as asked:
        page = asked.get("/staff")
    assert "camera=()" in page.headers["permissions-policy"]
    assert "script-src 'self';" in page.headers["content-security-policy"]


def test_a_center_without_the_page_says_so(tmp_path: Path) -> None:
    with client(tmp_path) as asked:
        answer = asked.get("/companion")
    assert answer.status_code == 503
    assert "没有安装" in answer.text
