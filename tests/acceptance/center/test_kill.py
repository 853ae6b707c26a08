"""kill -9 of the center at random instants: what it acknowledged is there, and nothing else is believed."""

import base64
import hashlib
import os
import random
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from domain.identity import Track
from domain.seal import Seal
from domain.wire.tus import STATE_HEADER
from tests.support.center import Device, center_config, new_session
from tests.support.servers import AsgiProcess
from tests.support.waiting import wait_until

BIG = random.Random(7).randbytes(24 << 20)
KILLS = 4


@pytest.fixture
def center(tmp_path: Path) -> AsgiProcess:
    return AsgiProcess("tests.support.center:center_app", {"data": str(tmp_path / "center")})


def kill_within(process: AsgiProcess, seconds: float) -> threading.Thread:
    """Kill the center at some instant of the next ``seconds``."""

    def wait_and_kill() -> None:
        time.sleep(random.uniform(0, seconds))
        process.kill()

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    return thread


def evidence_file(tmp_path: Path, device: Device) -> Path:
    (file,) = (tmp_path / "center" / "evidence" / device.session).rglob("init.mp4")
    return file


def test_killed_in_the_middle_of_patches(center: AsgiProcess, tmp_path: Path) -> None:
    """In pieces of 1 MiB: every 204 is a promise. After each kill the offset is at least the last promise, the
    bytes up to it are ours, and the file holds nothing beyond it."""
    with center:
        device = Device(center.url, new_session(center_config(tmp_path / "center")).code)
        path = device.create(device.chain([BIG])[0]).headers["Location"]
        promised = 0
        for _ in range(KILLS):
            killer = kill_within(center, 0.5)
            try:
                while promised < len(BIG):
                    answer = device.patch(path, promised, BIG[promised : promised + (1 << 20)])
                    assert answer.status_code == 204
                    promised = int(answer.headers["Upload-Offset"])
            except httpx.TransportError:
                pass
            killer.join()
            center.start()
            head = device.head(path)
            held = int(head.headers["Upload-Offset"])
            assert held >= promised
            assert evidence_file(tmp_path, device).read_bytes() == BIG[:held]
            promised = held
        done = device.patch(path, promised, BIG[promised:])
        assert done.headers[STATE_HEADER] == "verified"
        assert evidence_file(tmp_path, device).read_bytes() == BIG
        device.close()


@pytest.mark.parametrize("checksum", [False, True])
def test_killed_in_one_long_patch(center: AsgiProcess, tmp_path: Path, checksum: bool) -> None:
    """Under a checksum nothing that was not checked survives; without one everything durable does."""
    with center:
        device = Device(center.url, new_session(center_config(tmp_path / "center")).code)
        path = device.create(device.chain([BIG])[0], BIG[:100]).headers["Location"]
        extra = {}
        if checksum:
            digest = base64.b64encode(hashlib.sha256(BIG[100:]).digest()).decode()
            extra = {"Upload-Checksum": f"sha256 {digest}"}
        for _ in range(3):
            offset = int(device.head(path).headers["Upload-Offset"])
            if checksum:
                assert offset in (100, len(BIG))
            if offset == len(BIG):
                break
            killer = kill_within(center, 0.25)
            with suppress(httpx.TransportError):
                device.patch(path, offset, BIG[offset:], extra if offset == 100 else None)
            killer.join()
            center.start()
            held = int(device.head(path).headers["Upload-Offset"])
            assert evidence_file(tmp_path, device).read_bytes() == BIG[:held]
        offset = int(device.head(path).headers["Upload-Offset"])
        device.patch(path, offset, BIG[offset:])
        assert device.head(path).headers[STATE_HEADER] == "verified"
        device.close()


def test_killed_while_small_segments_and_a_manifest_arrive(center: AsgiProcess, tmp_path: Path) -> None:
    """Every link said to be verified stays verified, whatever the instant; sent again it is a no-op; in the end
    there is one receipt, the same however often it is asked for."""
    contents: list[bytes | None] = [os.urandom(30_000) if seq % 7 != 6 else None for seq in range(120)]
    with center:
        device = Device(center.url, new_session(center_config(tmp_path / "center")).code)
        track = device.chain(contents)
        verified: set[int] = set()

        def send(seal: Seal) -> None:
            answer = device.create(seal, contents[seal.seq])
            if answer.headers.get("Location") and answer.headers[STATE_HEADER] == "open":
                offset = int(answer.headers["Upload-Offset"])
                answer = device.patch(answer.headers["Location"], offset, (contents[seal.seq] or b"")[offset:])
            assert answer.headers.get(STATE_HEADER) == "verified", answer.text
            verified.add(seal.seq)

        device.end()
        manifest = device.manifest({Track.CAMERA: track})
        device.submit(manifest)
        for _ in range(KILLS):
            killer = kill_within(center, 0.35)
            try:
                for seal in track:
                    if seal.seq not in verified:
                        send(seal)
            except httpx.TransportError:
                pass
            killer.join()
            center.start()
            held = {link["seq"] for link in device.seals() if link["state"] == "verified"}
            assert verified <= held
            with sqlite3.connect(tmp_path / "center" / "center.db") as raw:
                assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            raw.close()
        for seal in track:
            send(seal)
        receipt = device.submit(manifest).json()["session_receipt"]
        assert receipt is not None
        center.kill()
        center.start()
        assert device.get("").json()["session_receipt"] == receipt
        device.close()


def test_killed_between_the_last_byte_and_the_verdict(center: AsgiProcess, tmp_path: Path) -> None:
    """All bytes are there but no verdict: the next start gives it, right or wrong, without being asked."""
    right, wrong = b"right" * 100_000, b"wrong" * 100_000
    with center:
        device = Device(center.url, new_session(center_config(tmp_path / "center")).code)
        seals = [device.chain([right], run=f"01936f5e-0000-7000-8000-0000000000e{n}")[0] for n in range(2)]
        paths = [device.create(seal, right[:1000]).headers["Location"] for seal in seals]
        center.kill()
        for seal, content in zip(seals, (right, wrong), strict=True):
            folder = tmp_path / "center" / "evidence" / device.session / device.id / "camera" / seal.run
            (folder / "init.mp4").write_bytes(content)
        center.start()
        wait_until(
            lambda: [link["state"] for link in device.seals()] == ["verified", "quarantined"],
            what="both have their verdict",
        )
        assert device.head(paths[0]).headers[STATE_HEADER] == "verified"
        assert device.head(paths[1]).status_code == 410
        assert device.create(seals[1], right).headers[STATE_HEADER] == "verified"
        device.close()
