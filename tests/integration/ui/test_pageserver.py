"""The pages' server over real HTTP: the one-use door, the cookie, Host and Origin, events, orders, files."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from domain.errors import StageClosed
from tests.support.waiting import wait_until
from ui.pageorders import AnyOrder, Plain
from ui.pageserver import Document, PageServer

JPEG = b"\xff\xd8 picture \xff\xd9"


class Hand:
    """A conductor worked by hand."""

    def __init__(self) -> None:
        self.number = 1
        self.orders: list[AnyOrder] = []
        self.looks = 0
        self.server: PageServer | None = None

    def do(self, order: AnyOrder) -> None:
        if isinstance(order, Plain) and order.action == "enter":
            raise StageClosed("开考前 15 分钟开放")
        self.orders.append(order)

    def document(self, name: str, key: str) -> Document:
        return Document(f"{name} {key}".encode(), "text/plain")

    def newest(self) -> tuple[int, bytes]:
        return self.number, json.dumps({"number": self.number}).encode()

    def looked_at(self) -> None:
        self.looks += 1

    def picture(self, after: int) -> tuple[int, bytes] | None:
        return (after + 1, JPEG) if after < 2 else None

    def move(self) -> None:
        self.number += 1
        assert self.server is not None
        self.server.publish()


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.html").write_text("<title>智试云</title>")
    (tmp_path / "secret.txt").write_text("secret")
    made = Hand()
    made.server = PageServer(made, tmp_path / "pages")
    made.server.start()
    yield made
    made.server.stop()


def _open(hand: Hand) -> httpx.Client:
    assert hand.server is not None
    client = httpx.Client(base_url=hand.server.address, trust_env=False, timeout=20)
    answer = client.get(hand.server.new_url())
    assert answer.status_code == 303
    return client


def test_the_door_opens_once_and_gives_a_cookie_scripts_cannot_read(hand: Hand) -> None:
    assert hand.server is not None
    url = hand.server.new_url()
    with httpx.Client(trust_env=False) as first, httpx.Client(trust_env=False) as second:
        answer = first.get(url)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert first.get(hand.server.address).status_code == 200
        assert second.get(url).status_code == 401
        assert second.get(f"{hand.server.address}/?door=guess").status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/events", "/api/attachment/a", "/api/testclip.webm", "/api/still.jpg"])
def test_without_the_cookie_there_is_nothing(hand: Hand, path: str) -> None:
    assert hand.server is not None
    assert httpx.get(f"{hand.server.address}{path}", trust_env=False).status_code == 401


def test_another_host_or_origin_is_refused(hand: Hand) -> None:
    with contextlib.closing(_open(hand)) as client:
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
        assert client.get("/", headers={"Origin": "http://evil.example"}).status_code == 403
        order = {"action": "refresh"}
        assert client.post("/api/do", json=order).status_code == 403, "no Origin at all"
        assert client.post("/api/do", json=order, headers={"Origin": "null"}).status_code == 403
        assert hand.orders == []


def test_orders_are_read_and_their_errors_told(hand: Hand) -> None:
    assert hand.server is not None
    with contextlib.closing(_open(hand)) as client:
        client.headers["Origin"] = hand.server.address
        assert client.post("/api/do", json={"action": "tick", "id": "desk", "ticked": True}).json() == {"ok": True}
        closed = client.post("/api/do", json={"action": "enter"})
        assert closed.status_code == 409
        assert closed.json()["code"] == "stage_closed"
        assert closed.json()["detail"] == "开考前 15 分钟开放"
        for wrong in ('{"action": "nothing"}', '{"action": "tick"}', '{"action": "end", "more": 1}', "[]", "{"):
            answer = client.post("/api/do", content=wrong)
            assert answer.status_code == 400, answer.text
        assert len(hand.orders) == 1


def test_events_tell_the_newest_state_at_once_and_every_new_one(hand: Hand) -> None:
    seen: list[int] = []
    with contextlib.closing(_open(hand)) as client:

        def listen() -> None:
            with client.stream("GET", "/api/events") as answer:
                for line in answer.iter_lines():
                    if line.startswith("data: "):
                        seen.append(json.loads(line[6:])["number"])
                        if seen[-1] == 3:
                            return

        thread = threading.Thread(target=listen)
        thread.start()
        wait_until(lambda: seen == [1], 10)
        assert hand.looks == 1
        hand.move()
        wait_until(lambda: seen == [1, 2], 10)
        hand.move()
        thread.join(10)
        assert seen == [1, 2, 3]


def test_a_picture_is_followed_by_the_next_head_at_once(hand: Hand) -> None:
    with contextlib.closing(_open(hand)) as client, client.stream("GET", "/api/preview.mjpeg") as answer:
        head = b"--picture\r\nContent-Type: image/jpeg\r\n\r\n"
        got = b""
        for data in answer.iter_bytes():
            got += data
            if got.count(JPEG + b"\r\n" + head) == 3:
                break
    assert got.startswith(head + JPEG)


def test_files_stay_inside_the_folder_and_carry_safe_headers(hand: Hand) -> None:
    with contextlib.closing(_open(hand)) as client:
        page = client.get("/")
        assert "智试云" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/nothing.js"):
            assert client.get(path).status_code == 404
        assert client.get("/api/attachment/rules").text == "attachment rules"
