"""Bad connections and bad days: half-open lines, two senders at once, idle bodies, a full house, a full disk."""

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from domain.seal import Seal
from domain.wire.tus import OFFSET_TYPE, STATE_HEADER, UPLOADS_PATH, encode_metadata, seal_metadata
from tests.integration.center.conftest import Running, Serve
from tests.support.center import Device, center_config, new_session
from tests.support.waiting import wait_until

DATA = os.urandom(6_000_000)


class RawLine:
    """One connection on which a request is begun and then left alone, as a laptop that changed its network does."""

    def __init__(self, running: Running, device: Device, method: str, path: str, headers: dict[str, str]) -> None:
        host, _, port = running.url.removeprefix("http://").partition(":")
        self.socket = socket.create_connection((host, int(port)))
        self.socket.settimeout(30)
        head = "".join(f"{name}: {value}\r\n" for name, value in device.headers(headers).items())
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{head}\r\n".encode())

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def status(self) -> int:
        """Status of the answer; 0 when the line was closed without one."""
        try:
            answer = self.socket.recv(65536)
        except ConnectionError:
            return 0
        found = re.match(rb"HTTP/1\.1 (\d+)", answer)
        return int(found.group(1)) if found else 0

    def close(self) -> None:
        self.socket.close()


def begin_patch(running: Running, device: Device, path: str, length: int, offset: int = 0) -> RawLine:
    headers = {"Upload-Offset": str(offset), "Content-Type": OFFSET_TYPE, "Content-Length": str(length)}
    return RawLine(running, device, "PATCH", path, headers)


def begin_create(running: Running, device: Device, seal: Seal, length: int) -> RawLine:
    headers = {
        "Upload-Length": str(seal.size),
        "Upload-Metadata": encode_metadata(seal_metadata(seal)),
        "Content-Type": OFFSET_TYPE,
        "Content-Length": str(length),
    }
    return RawLine(running, device, "POST", UPLOADS_PATH, headers)


def evidence(running: Running, device: Device) -> bytes:
    (file,) = (running.config.evidence / device.session).rglob("init.mp4")
    return file.read_bytes()


def size_on_disk(running: Running, device: Device) -> int:
    return sum(file.stat().st_size for file in (running.config.evidence / device.session).rglob("init.mp4"))


def test_a_new_request_takes_over_from_a_half_open_one(running: Running, device: Device) -> None:
    path = device.create(device.chain([DATA])[0]).headers["Location"]
    dead = begin_patch(running, device, path, len(DATA))
    dead.send(DATA[:3_000_000])
    wait_until(lambda: size_on_disk(running, device) >= 2_000_000, what="the first bytes are written")
    head = device.head(path)
    offset = int(head.headers["Upload-Offset"])
    assert 2_000_000 <= offset <= 3_000_000
    assert dead.status() == 423
    with suppress(ConnectionError):  # closed already, or not yet
        dead.send(DATA[3_000_000:3_000_100])  # whatever still comes on the old line is nobody's any more
    rest = device.patch(path, offset, DATA[offset:])
    assert (rest.status_code, rest.headers[STATE_HEADER]) == (204, "verified")
    assert evidence(running, device) == DATA
    dead.close()


def test_a_new_create_takes_over_from_a_half_open_create(running: Running, device: Device) -> None:
    data = DATA[:1_500_000]
    seal = device.chain([data])[0]
    dead = begin_create(running, device, seal, len(data))
    dead.send(data[:900_000])
    wait_until(lambda: running.center.door.inside == 1, what="the first request is inside")
    again = device.create(seal, data)
    assert dead.status() == 423
    offset = int(again.headers["Upload-Offset"])
    if again.headers[STATE_HEADER] == "open":
        again = device.patch(again.headers["Location"], offset, data[offset:])
    assert again.headers[STATE_HEADER] == "verified"
    assert evidence(running, device) == data
    dead.close()


def test_two_patches_at_once_end_in_the_right_bytes(running: Running, device: Device) -> None:
    """Several senders of one upload, each told 423 or 409 when another was faster: wait a little, ask, go on."""
    path = device.create(device.chain([DATA])[0]).headers["Location"]
    statuses: list[int] = []

    def step(wait: random.Random) -> bool:
        head = device.head(path)
        if head.headers.get(STATE_HEADER) == "verified":
            return True
        if head.status_code == 200:
            offset = int(head.headers["Upload-Offset"])
            answer = device.patch(path, offset, DATA[offset : offset + 2_000_000])
            statuses.append(answer.status_code)
            if answer.status_code == 204:
                return False
        time.sleep(wait.uniform(0, 0.2))  # the jitter that every client keeps after being turned away
        return False

    threads = [threading.Thread(target=wait_until, args=(partial(step, random.Random(seed)),)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {204, 409, 423}
    assert device.head(path).headers[STATE_HEADER] == "verified"
    assert evidence(running, device) == DATA


@pytest.mark.parametrize(("begun", "length"), [(1_000_000, 1_900_000), (3_000_000, len(DATA))])
def test_a_lost_line_keeps_what_came(running: Running, device: Device, begun: int, length: int) -> None:
    seal = device.chain([DATA[:length]])[0]
    line = begin_create(running, device, seal, length)
    line.send(DATA[:begun])
    line.socket.shutdown(socket.SHUT_WR)
    line.close()
    wait_until(lambda: running.center.door.inside == 0 and device.seals(), what="the line was given up")
    known = device.create(seal)
    offset = int(known.headers["Upload-Offset"])
    assert 0 < offset <= begun
    rest = device.patch(known.headers["Location"], offset, DATA[offset:length])
    assert rest.headers[STATE_HEADER] == "verified"


def test_an_idle_body_is_given_up_and_its_bytes_kept(serve: Serve) -> None:
    with serve(body_idle_s=0.3) as running:
        device = running.device()
        path = device.create(device.chain([DATA])[0]).headers["Location"]
        line = begin_patch(running, device, path, len(DATA))
        line.send(DATA[:2_500_000])
        assert line.status() == 408
        assert line.socket.recv(65536) == b""  # closed: the unread rest cannot be taken for the next request
        assert device.head(path).headers["Upload-Offset"] == "2500000"
        line.close()
        device.close()


def test_a_full_house_says_so_at_the_door_and_throws_nobody_out(serve: Serve) -> None:
    with serve(max_bodies=1) as running:
        device, other = running.device(), running.device()
        path = device.create(device.chain([DATA])[0]).headers["Location"]
        line = begin_patch(running, device, path, len(DATA))
        line.send(DATA[:100_000])
        wait_until(lambda: running.center.door.inside == 1, what="the first sender is inside")
        away = other.create(other.chain([b"x"])[0], b"x")
        assert (away.status_code, away.json()["code"], away.json()["retryable"]) == (503, "center_busy", True)
        assert 2 <= int(away.headers["Retry-After"]) <= 10
        line.send(DATA[100_000:])
        assert line.status() == 204
        assert other.create(other.chain([b"x"])[0], b"x").headers[STATE_HEADER] == "verified"
        line.close()
        device.close()
        other.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB of its own, to be filled."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(serve: Serve, small_disk: Path) -> None:
    """Evidence on a disk that runs full in the middle of a body, with the database on the same disk."""
    filler = small_disk / "filler"
    with serve(data=small_disk / "center") as running:
        device = running.device()
        kept = device.create(device.chain([b"before"])[0], b"before")
        assert kept.headers[STATE_HEADER] == "verified"
        seal = device.chain([DATA], run="01936f5e-0000-7000-8000-0000000000d1")[0]
        path = device.create(seal).headers["Location"]
        free = shutil.disk_usage(small_disk).free
        filler.write_bytes(bytes(free - 3_000_000))
        full = device.patch(path, 0, DATA)
        assert full.status_code == 507
        assert (full.json()["code"], full.json()["retryable"]) == ("center", True)
        assert int(full.headers["Retry-After"]) > 0
        acknowledged = int(full.headers["Upload-Offset"])
        assert 0 < acknowledged < len(DATA)
        refused = device.create(device.chain([DATA], run="01936f5e-0000-7000-8000-0000000000d2")[0], DATA[:2_000_000])
        assert refused.status_code == 507
        assert device.head(kept.headers["Location"]).headers[STATE_HEADER] == "verified"
        assert int(device.head(path).headers["Upload-Offset"]) == acknowledged
        filler.unlink()
        rest = device.patch(path, acknowledged, DATA[acknowledged:])
        assert (rest.status_code, rest.headers[STATE_HEADER]) == (204, "verified")
        device.close()


def test_room_is_asked_for_before_a_new_upload(serve: Serve) -> None:
    with serve(min_free_bytes=1 << 60) as running:
        device = running.device()
        for body in (None, b"x"):
            answer = device.create(device.chain([b"x"])[0], body)
            assert (answer.status_code, answer.json()["code"]) == (507, "center")
        assert device.seals() == []
        device.close()


def test_run_serves_says_where_and_stops_on_a_signal(tmp_path: Path) -> None:
    """``center.main.run`` as ``zhishi center`` calls it; a second one on the same port is told so."""
    program = (
        "import sys; from pathlib import Path; from center.main import run; from tests.support.center import"
        " center_config as c; run(c(sys.argv[1]), '127.0.0.1', int(sys.argv[2]), lambda url: print(url, flush=True))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "center")]
    process = subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        device = Device(url, new_session(center_config(tmp_path / "center")).code)
        assert device.create(device.chain([DATA])[0], DATA).headers[STATE_HEADER] == "verified"
        device.close()
        second = subprocess.run([*command, url.rpartition(":")[2]], capture_output=True, text=True, check=False)
        assert second.returncode != 0
        assert "bad_input" in second.stderr
        process.terminate()
        assert process.wait(20) in (0, -15)
    finally:
        process.kill()
        process.communicate()
