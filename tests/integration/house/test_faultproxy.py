"""The fault proxy, with real sockets on both sides."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy, Mode

HOST = "127.0.0.1"


class Echo(socketserver.ThreadingTCPServer):
    """Sends back what it gets; keeps count of what arrived and how connections ended."""

    daemon_threads = True

    def __init__(self) -> None:
        self.arrived = 0
        self.ends: list[str] = []
        super().__init__((HOST, 0), EchoHandler)

    @property
    def address(self) -> tuple[str, int]:
        return HOST, int(self.server_address[1])


class EchoHandler(socketserver.BaseRequestHandler):
    server: Echo
    request: socket.socket

    def handle(self) -> None:
        try:
            while block := self.request.recv(65536):
                self.server.arrived += len(block)
                self.request.sendall(block)
            self.server.ends.append("eof")
        except ConnectionResetError:
            self.server.ends.append("reset")


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    with FaultProxy(echo.address) as made:
        yield made


def dial(proxy: FaultProxy, timeout: float = 20.0) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), timeout)


def exactly(sock: socket.socket, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        block = sock.recv(size - len(got))
        if not block:
            break
        got += block
    return bytes(got)


def round_trip(sock: socket.socket, payload: bytes) -> None:
    sender = threading.Thread(target=sock.sendall, args=(payload,))
    sender.start()
    assert exactly(sock, len(payload)) == payload
    sender.join()


def test_passes_bytes_both_ways_and_counts_them(proxy: FaultProxy) -> None:
    payload = bytes(range(256)) * 4096
    with dial(proxy) as sock:
        round_trip(sock, payload)
    assert (proxy.traffic.up, proxy.traffic.down) == (len(payload), len(payload))
    assert proxy.traffic.connections == 1
    assert proxy.traffic.resets == 0


def test_half_close_lets_the_answer_finish(proxy: FaultProxy, echo: Echo) -> None:
    with dial(proxy) as sock:
        sock.sendall(b"last words")
        sock.shutdown(socket.SHUT_WR)
        assert exactly(sock, 100) == b"last words"
    wait_until(lambda: echo.ends == ["eof"], what="the target sees the end of file")


def test_refuse_closes_the_door_keeps_the_port_and_opens_again(proxy: FaultProxy) -> None:
    port = proxy.port
    with dial(proxy) as old:
        round_trip(old, b"before")
        proxy.switch(Mode.REFUSE)
        with pytest.raises(ConnectionResetError):
            old.recv(1)
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)
    taker = socket.socket()
    with taker, pytest.raises(OSError, match="in use"):
        taker.bind((HOST, port))
    proxy.switch(Mode.PASS)
    assert proxy.port == port
    with dial(proxy) as new:
        round_trip(new, b"after")


def test_reset_now_hits_both_ends(proxy: FaultProxy, echo: Echo) -> None:
    with dial(proxy) as one, dial(proxy) as two:
        round_trip(one, b"1")
        round_trip(two, b"2")
        assert proxy.reset_connections() == 2
        for sock in (one, two):
            with pytest.raises(ConnectionResetError):
                sock.recv(1)
    wait_until(lambda: echo.ends == ["reset", "reset"], what="the target sees two resets")
    assert proxy.traffic.resets == 2
    with dial(proxy) as new:
        round_trip(new, b"new connections are not affected")


def test_stall_reads_nothing_answers_nothing_and_then_flows_on(proxy: FaultProxy, echo: Echo) -> None:
    with dial(proxy) as old:
        round_trip(old, b"before")
        before = proxy.traffic.up
        proxy.switch(Mode.STALL)
        with dial(proxy) as new:  # accepted
            for sock in (old, new):
                sock.sendall(b"anybody there?")
                sock.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    sock.recv(1)
            assert proxy.traffic.up == before
            assert echo.arrived == before
            proxy.switch(Mode.PASS)
            for sock in (old, new):
                sock.settimeout(20)
                assert exactly(sock, 14) == b"anybody there?"


@pytest.mark.parametrize("limit", [1, 65536, 1_000_003])
def test_reset_after_reads_not_a_byte_more_and_fires_once(proxy: FaultProxy, echo: Echo, limit: int) -> None:
    proxy.reset_after(limit)
    payload = b"x" * (limit + 500_000)
    with dial(proxy) as sock:
        drain = threading.Thread(target=_swallow, args=(sock,))
        drain.start()
        # a short write fits the send buffer and succeeds; the reset then shows at the reader
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            sock.sendall(payload)
        drain.join()
    assert proxy.traffic.up == limit
    assert proxy.traffic.resets == 1
    assert echo.arrived <= limit
    with dial(proxy) as again:
        round_trip(again, b"y" * 100_000)


def _swallow(sock: socket.socket) -> None:
    try:
        while sock.recv(65536):
            pass
    except ConnectionResetError:
        return


def test_reset_after_nothing_is_refused(proxy: FaultProxy) -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        proxy.reset_after(0)


def test_reset_after_counts_over_all_connections(proxy: FaultProxy) -> None:
    proxy.reset_after(3000)
    with dial(proxy) as one, dial(proxy) as two:
        round_trip(one, b"a" * 1000)
        round_trip(two, b"b" * 1000)
        one.sendall(b"c" * 5000)
        for sock in (one, two):
            with pytest.raises(ConnectionResetError):
                exactly(sock, 100_000)
    assert proxy.traffic.up == 3000


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        (Mode.PORTAL_PAGE, b"HTTP/1.1 200 OK"),
        (Mode.PORTAL_REDIRECT, b"HTTP/1.1 302 Found"),
        (Mode.FAILING, b"HTTP/1.1 500 "),
        (Mode.BUSY, b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1"),
        (Mode.TOO_MANY, b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1"),
    ],
)
def test_portal_answers_everything_itself(proxy: FaultProxy, echo: Echo, mode: Mode, status: bytes) -> None:
    with dial(proxy) as old:
        round_trip(old, b"before")
        proxy.switch(mode)
        with pytest.raises(ConnectionResetError):
            old.recv(1)
    with dial(proxy) as sock:
        sock.sendall(b"PATCH /files/1 HTTP/1.1\r\nContent-Length: 300000\r\n\r\n" + b"z" * 300_000)
        answer = exactly(sock, 1_000_000)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(status)
    assert f"Content-Length: {len(body)}".encode() in head
    assert echo.arrived == len(b"before")
    proxy.switch(Mode.PASS)
    with dial(proxy) as new:
        round_trip(new, b"after")


def test_bytes_a_portal_reads_count_towards_the_reset(proxy: FaultProxy) -> None:
    proxy.reset_after(100)
    proxy.switch(Mode.BUSY)
    with dial(proxy) as sock:
        sock.sendall(b"x" * 5000)
        with contextlib.suppress(ConnectionResetError):
            exactly(sock, 1_000_000)
    proxy.switch(Mode.PASS)
    with dial(proxy) as again:
        round_trip(again, b"y" * 1000)


def test_throttle_holds_bytes_back_until_lifted(proxy: FaultProxy) -> None:
    proxy.throttle(2000)
    with dial(proxy) as sock:
        sock.sendall(b"s" * 500_000)  # 250 s at this rate
        assert exactly(sock, 200) == b"s" * 200
        assert proxy.traffic.down < 500_000
        proxy.throttle(None)
        assert exactly(sock, 499_800) == b"s" * 499_800


def test_target_that_is_not_there_is_a_reset(echo: Echo) -> None:
    with socket.socket() as nobody:
        nobody.bind((HOST, 0))
        with FaultProxy((HOST, nobody.getsockname()[1])) as proxy:
            # as quick as it is, it may hit connect() or the first read
            with pytest.raises(ConnectionResetError), dial(proxy) as sock:
                sock.recv(1)
            assert proxy.mode is Mode.PASS


def test_close_resets_what_is_left_gives_the_port_back_and_ends_its_thread(echo: Echo) -> None:
    proxy = FaultProxy(echo.address)
    with dial(proxy) as sock:
        round_trip(sock, b"hello")
        proxy.close()
        proxy.close()
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
    assert not any(thread.name == "fault-proxy" for thread in threading.enumerate())
    with FaultProxy(echo.address, port=proxy.port) as second:
        assert second.port == proxy.port
