"""``zhishi center --lan``: https that a client with the authority trusts, and nobody else; the page that gives it."""

import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from domain.errors import CenterUnknown
from host.paths import Home
from host.trust import trusted_file
from tests.support.center import center_config, new_session
from tests.support.syncing import Laptop
from tests.support.waiting import wait_until
from ui.centerclient import CenterClient

HOST = "127.0.0.2"  # an address of its own that every Linux machine has


class Room:
    """A center that serves a room."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.data = folder / "center"
        self.ready = folder / "ready"
        self.log = folder / "log"
        command = [sys.executable, "-m", "zhishi", "center", "--data", str(self.data), "--port", "0"]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--ready-file", str(self.ready), *options],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )

    def address(self) -> str:
        wait_until(lambda: self.ready.exists() or self.process.poll() is not None, 60, "the center to be ready")
        assert self.process.poll() is None, self.log.read_text()
        return self.ready.read_text()

    def told(self) -> str:
        wait_until(lambda: "zhishi ui --center" in self.log.read_text(), 20, "what is told")
        return self.log.read_text()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path, "--lan", "--host", HOST)
    yield made
    made.stop()


def test_a_room_with_its_own_authority(room: Room) -> None:
    address = room.address()
    assert address.startswith(f"https://{HOST}:")
    told = room.told()
    page = re.search(rf"http://{HOST}:\d+/", told)
    assert page is not None
    shown = httpx.get(page[0])
    fingerprint = re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", told)
    assert fingerprint is not None
    assert re.sub(r"<br>| ", ":", shown.text).find(fingerprint[0]) > 0
    certificate = httpx.get(f"{page[0]}zhishi-ca.crt")
    assert certificate.headers["content-type"] == "application/x-x509-ca-cert"
    assert certificate.content == (room.data / "tls" / "ca.pem").read_bytes()
    assert httpx.get(f"{page[0]}ca.private.pem").status_code == 404
    trusting = ssl.create_default_context(cadata=certificate.text)
    assert httpx.get(f"{address}/healthz", verify=trusting).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{address}/healthz")
    laptop = CenterClient(address, ca=room.data / "tls" / "ca.pem")  # zhishi ui --ca
    assert laptop.time().center_ms > 0
    with pytest.raises(CenterUnknown):
        CenterClient(address).time()
    assert room.stop() in (0, -signal.SIGTERM)


def test_evidence_goes_to_a_center_whose_authority_was_added_and_to_no_other(room: Room, tmp_path: Path) -> None:
    address = room.address()
    code = new_session(center_config(room.data)).code
    authority = trusted_file(Home(tmp_path / "trust").prepare(), room.data / "tls" / "ca.pem", system="")
    with Laptop(tmp_path / "stranger") as stranger, pytest.raises(CenterUnknown):
        stranger.enrol(address, code)
    with Laptop(tmp_path / "home", ca_bundle=authority) as laptop:
        laptop.enrol(address, code)
        camera = laptop.recorder()
        camera.segment()
        laptop.verified(2)
        camera.end()
        laptop.confirmed()


def test_a_plain_center_says_that_phones_cannot_use_it(tmp_path: Path) -> None:
    plain = Room(tmp_path)
    assert plain.address().startswith("http://127.0.0.1:")
    wait_until(lambda: "/companion" in plain.log.read_text(), 20, "what is told of phones")
    assert "只有本机能打开" in plain.log.read_text()
    plain.stop()


def test_a_certificate_needs_its_key(tmp_path: Path) -> None:
    half = Room(tmp_path, "--cert", str(tmp_path / "cert.pem"))
    assert half.process.wait(60) == 1
    assert "--cert" in half.log.read_text()
