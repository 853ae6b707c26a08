"""The line to the center as the candidate's program tells of it: never there, silent, or stalled halfway."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.errors import BadInput, CaptivePortal, CenterSilent, CenterUnreachable
from ui.centerclient import CenterClient

HALF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half":'
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nlogin"
AWAY = b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def _saying(words: bytes) -> Iterator[str]:
    """A server that says ``words`` to everyone and then nothing more, the line open."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return  # the test is over
                held.append(line)
                line.recv(65536)
                line.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for line in held:
                line.close()


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        (b"", CenterSilent, "no answer in time"),
        (HALF, CenterSilent, "the line stalled"),
        (PAGE, CaptivePortal, "a page instead"),
        (AWAY, CaptivePortal, "redirected to http://portal"),
    ],
    ids=["silent", "stalled", "page", "redirect"],
)
def test_what_is_wrong_with_the_line_is_told_apart(words: bytes, kind: type[Exception], told: str) -> None:
    with _saying(words) as address, pytest.raises(kind, match=told):
        CenterClient(address, timeout_s=0.5).time()


def test_nobody_there_and_no_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(CenterUnreachable):
        CenterClient(f"http://127.0.0.1:{port}").time()
    with pytest.raises(BadInput):
        CenterClient("center.example").time()
