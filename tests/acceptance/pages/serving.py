"""The real page server with a scripted conductor: shows the state it is given and keeps the orders it gets.

The picture is drawn here; nothing is recorded and no center is asked.
"""

import functools
import io
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
from PIL import Image, ImageDraw

from domain.errors import BadInput, ZhishiError
from tests.acceptance.pages.states import NOTICE_TEXT, STATES
from ui.pageorders import AnyOrder, SetLang
from ui.pageserver import Document, PageServer
from ui.pagestate import PageState
from web.build import PAGES


class Script:
    """A conductor that does nothing by itself."""

    def __init__(self) -> None:
        self._state = next(iter(STATES.values()))
        self._number = 0
        self.orders: list[AnyOrder] = []
        self.refusal: ZhishiError | None = None
        self.on_new: Callable[[], None] = lambda: None

    def show(self, state: PageState) -> None:
        """From now on pages see ``state``."""
        self._state = state
        self._number += 1
        self.on_new()

    def do(self, order: AnyOrder) -> None:
        """Keep the order; only the language is really switched. Raises ``refusal`` when that is set."""
        self.orders.append(order)
        if isinstance(order, SetLang):
            self.show(self._state.model_copy(update={"lang": order.lang}))
        elif self.refusal is not None and getattr(order, "action", "") != "note":
            raise self.refusal

    def ordered(self, action: str) -> list[AnyOrder]:
        """Orders of this kind so far."""
        return [order for order in self.orders if getattr(order, "action", "") == action]

    def document(self, name: str, key: str) -> Document:
        """Every attachment is the same notice."""
        if name == "attachment":
            return Document(NOTICE_TEXT.encode(), "text/markdown; charset=utf-8")
        raise BadInput(name)

    def newest(self) -> tuple[int, bytes]:
        """Number and JSON of what is shown."""
        return self._number, self._state.model_dump_json().encode()

    def looked_at(self) -> None:
        """Nothing waits for it here."""

    def picture(self, after: int) -> tuple[int, bytes] | None:
        """One picture; then None, slowly, as a camera that stands still."""
        if after == 1:
            threading.Event().wait(0.5)
            return None
        return 1, portrait()


@functools.cache
def portrait() -> bytes:
    """A drawn person before a wall, 640x480 JPEG."""
    image = Image.new("RGB", (640, 480), "#b9c4cc")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, 640, 480), fill="#9aa7b1")
    draw.rounded_rectangle((150, 330, 490, 560), 110, fill="#31475c")
    draw.rectangle((285, 280, 355, 350), fill="#d9b195")
    draw.ellipse((235, 110, 405, 325), fill="#e4bfa3")
    draw.pieslice((225, 90, 415, 290), 180, 360, fill="#2b2622")
    for eye in (285, 355):
        draw.ellipse((eye - 9, 205, eye + 9, 219), fill="#2b2622")
    draw.arc((285, 240, 355, 285), 20, 160, fill="#8c4a40", width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def cut(server: PageServer) -> int:
    """Cut every connection the server has now, as a dying program does; how many there were."""
    mine = [
        one
        for one in psutil.Process().net_connections(kind="tcp4")
        if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == server.port
    ]
    for one in mine:
        with socket.socket(fileno=os.dup(one.fd)) as half:
            half.shutdown(socket.SHUT_RDWR)
    return len(mine)


@contextmanager
def served() -> Iterator[tuple[Script, PageServer]]:
    """A running page server over the built pages (scripts/pages builds them)."""
    assert (PAGES / "index.html").is_file(), "the pages are not built: run scripts/pages"
    script = Script()
    server = PageServer(script, PAGES)
    script.on_new = server.publish
    server.start()
    try:
        yield script, server
    finally:
        server.stop()
