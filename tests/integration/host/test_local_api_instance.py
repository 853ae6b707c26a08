"""The loopback API lets in only this start's token on 127.0.0.1; one instance per home, found by its run file."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.errors import AlreadyRunning, BadInput, DiskFull, NotRunning
from domain.identity import Track
from domain.wire.recorder import StopOrder
from host.centertime import CenterTime
from host.clock import SystemClock
from host.durable import write_bytes
from host.instance import SingleInstance, find
from host.localapi import LocalClient, LocalServer, answer, read_body
from host.locks import sealing_lock
from host.paths import Home
from host.spool import Spool
from tests.support.clocks import HandClock
from tests.support.seals import SESSION
from tests.support.waiting import wait_until


async def _echo(request: Request) -> Response:
    return answer(await read_body(request, StopOrder))


async def _full(request: Request) -> Response:
    raise DiskFull("/spool")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


@pytest.fixture
def server(home: Home) -> Iterator[LocalServer]:
    with SingleInstance(home, "thing") as instance:
        server = LocalServer([Route("/echo", _echo, methods=["POST"]), Route("/full", _full)], instance)
        thread = threading.Thread(target=lambda: asyncio.run(server.run()))
        thread.start()
        wait_until(lambda: find(home, "thing"), what="run file")
        yield server
        server.stop()
        thread.join(10)
    assert not thread.is_alive()


def test_a_client_of_the_same_user_is_answered(home: Home, server: LocalServer) -> None:
    client = LocalClient(home, "thing")
    assert client.post("/echo", StopOrder(end=True), StopOrder).end
    with pytest.raises(DiskFull, match="/spool"):
        client.get("/full", StopOrder)
    with pytest.raises(NotRunning):
        LocalClient(home, "other").get("/full", StopOrder)
    assert (home.run / "thing.json").stat().st_mode & 0o077 == 0


def test_foreign_requests_are_turned_away(home: Home, server: LocalServer) -> None:
    url = f"http://127.0.0.1:{server.port}/echo"
    running = find(home, "thing")
    assert running is not None
    good = {"Authorization": f"Bearer {running.token}"}
    assert requests.post(url, timeout=5).status_code == 401
    assert requests.post(url, headers={"Authorization": "Bearer x"}, timeout=5).status_code == 401
    assert requests.post(url, headers=good | {"Host": "evil.example"}, timeout=5).status_code == 421
    assert requests.post(url, headers=good, data=b"{", timeout=5).json()["code"] == BadInput.code
    assert requests.post(url, headers=good, data=b'{"end": "maybe"}', timeout=5).json()["detail"].startswith("end:")
    assert requests.post(url, headers=good, data=b" " * (1 << 21), timeout=5).status_code == 400


def test_a_second_instance_is_refused_and_kill_minus_nine_leaves_no_lock(home: Home) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom host.instance import SingleInstance\n"
        "from host.paths import Home\n"
        "with SingleInstance(Home(Path(sys.argv[1])), 'thing') as held:\n"
        "    held.announce(1)\n    time.sleep(60)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    child = subprocess.Popen([sys.executable, "-c", code, str(home.root)], env=environ)
    try:
        running = wait_until(lambda: find(home, "thing"), what="first instance")
        assert running is not None
        assert running.pid == child.pid
        with pytest.raises(AlreadyRunning, match=str(child.pid)), SingleInstance(home, "thing"):
            pass
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert find(home, "thing") is None
    with SingleInstance(home, "thing") as mine:
        mine.announce(2)
        assert find(home, "thing") is not None


def test_the_right_to_seal_is_one_per_family(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    camera, screen = (sealing_lock(spool, SESSION, track) for track in (Track.CAMERA, Track.SCREEN))
    timeline = sealing_lock(spool, SESSION, Track.TIMELINE)
    assert camera.take()
    assert not screen.take()
    assert timeline.take()
    camera.release()
    assert screen.take()


def test_center_time_is_exact_in_its_boot_and_an_estimate_after(tmp_path: Path) -> None:
    clock = HandClock()
    path = tmp_path / "center-time.json"
    writer, reader = CenterTime(path, clock), CenterTime(path, clock)
    assert reader.now().center_est
    assert reader.offset_ms() is None
    writer.learn(clock.wall_ms() + 90_000, 20, clock.boot_ns())
    assert reader.now().center_ms == clock.wall_ms() + 90_000
    assert reader.clock_wrong()
    clock.step_wall(-3_600_000)
    assert reader.now().center_ms == clock.wall_ms() + 3_690_000
    writer.learn(clock.wall_ms() + 5, 500, clock.boot_ns())  # slower and later: the quicker one stands
    assert reader.now().center_ms == clock.wall_ms() + 3_690_000
    clock.pass_ms(61_000)
    writer.learn(clock.wall_ms() + 5, 500, clock.boot_ns())
    assert reader.now().center_ms == clock.wall_ms() + 5
    assert not reader.clock_wrong()
    clock.reboot("boot-b")
    after = reader.now()
    assert after.center_est
    assert after.center_ms == clock.wall_ms() + 5
    for broken in (b"{", b"[]", b'{"boot_id": 5}'):
        write_bytes(path, broken)
        assert CenterTime(path, clock).now().center_est
    assert SystemClock().wall_ms() > 1_700_000_000_000
