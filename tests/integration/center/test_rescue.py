"""A rescue bundle at the center: judged link by link as uploads are, beside uploads of the same links."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.age import CHUNK
from domain.identity import Track
from domain.manifest import EndedBy
from domain.wire.center import API
from tests.integration.center.conftest import Running, Serve
from tests.support.center import Device
from tests.support.rescuing import bring, post, sealed_part
from tests.support.waiting import wait_until

LARGE = os.urandom(9 << 20)  # more than is held in memory
SMALL = os.urandom(300_000)


def test_large_and_small_links_a_gap_and_the_manifest_end_in_a_receipt(running: Running, device: Device) -> None:
    seals = device.chain([SMALL, LARGE, None, b"last"])
    manifest = device.manifest({Track.CAMERA: seals}, by=EndedBy.ORDER)
    part = sealed_part(device, seals, SMALL + LARGE + b"last", [manifest])
    answer = bring(running.url, part)
    assert (answer.taken, answer.refused, answer.missing) == (4, 0, 0)
    assert answer.device_receipt is not None
    assert answer.session_receipt is not None
    assert {link["state"] for link in device.seals()} == {"verified"}
    assert device.submit(manifest).json()["device_receipt"] == answer.device_receipt
    again = bring(running.url, part)
    assert (again.taken, again.known, again.session_receipt) == (0, 4, answer.session_receipt)


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_an_upload_that_was_begun_is_finished_by_the_bundle(running: Running, device: Device, content: bytes) -> None:
    seals = device.chain([content])
    path = device.create(seals[0]).headers["Location"]
    assert device.patch(path, 0, content[:100_000]).status_code in (204, 400)
    assert int(device.head(path).headers["Upload-Offset"]) == 100_000
    answer = bring(running.url, sealed_part(device, seals, content))
    assert (answer.taken, answer.refused) == (1, 0)
    assert device.seals()[0]["upload"] == path  # the same upload, not a second one
    assert device.seals()[0]["state"] == "verified"


def test_wrong_bytes_that_lie_here_already_do_not_spoil_what_is_carried(running: Running, device: Device) -> None:
    seals = device.chain([SMALL])
    path = device.create(seals[0]).headers["Location"]
    device.patch(path, 0, bytes(100_000))  # a line that spoils bytes
    answer = bring(running.url, sealed_part(device, seals, SMALL))
    assert (answer.taken, answer.refused) == (1, 0)
    assert device.seals()[0]["state"] == "verified"


def test_wrong_bytes_in_a_large_upload_are_set_apart_and_again_brings_the_right_ones(
    running: Running, device: Device
) -> None:
    seals = device.chain([LARGE])
    path = device.create(seals[0]).headers["Location"]
    device.patch(path, 0, bytes(100_000))
    part = sealed_part(device, seals, LARGE)
    first = bring(running.url, part)
    assert [one.code for one in first.refusals] == ["hash_mismatch"]
    assert bring(running.url, part).taken == 1


def test_content_that_is_not_what_was_sealed_is_refused_and_nothing_of_it_stays(
    running: Running, device: Device
) -> None:
    seals = device.chain([SMALL, b"good"])
    answer = bring(running.url, sealed_part(device, seals, bytes(len(SMALL)) + b"good"))
    assert (answer.taken, answer.refused) == (1, 1)
    assert (answer.refusals[0].code, answer.refusals[0].seq) == ("hash_mismatch", 0)
    assert [link["seq"] for link in device.seals()] == [1]


def test_another_content_for_a_taken_identity_is_a_conflict_and_both_are_kept(running: Running, device: Device) -> None:
    first, second = device.chain([b"first"]), device.chain([b"other"])
    assert bring(running.url, sealed_part(device, first, b"first")).taken == 1
    answer = bring(running.url, sealed_part(device, second, b"other"))
    assert [one.code for one in answer.refusals] == ["identity_conflict"]
    assert device.seals()[0]["sha256"] == first[0].sha256


def test_a_link_of_another_session_is_refused(running: Running, device: Device) -> None:
    other = running.device()
    seals = [device.chain([b"mine"])[0], other.chain([b"theirs"])[0]]
    answer = bring(running.url, sealed_part(device, seals, b"minetheirs"))
    assert (answer.taken, [one.code for one in answer.refusals]) == (1, ["bad_input"])
    assert other.seals() == []
    other.close()


def test_a_damaged_stretch_of_a_large_link_leaves_it_to_be_gone_on_from(running: Running, device: Device) -> None:
    seals = device.chain([LARGE])
    part = bytearray(sealed_part(device, seals, LARGE))
    part[len(part) // 2] ^= 1
    assert [one.code for one in bring(running.url, bytes(part)).refusals] == ["bundle_damaged"]
    link = device.seals()[0]
    assert link["state"] == "open"
    assert len(LARGE) // 2 - 2 * CHUNK <= link["offset"] <= len(LARGE) // 2
    rest = device.patch(link["upload"], link["offset"], LARGE[link["offset"] :])
    assert rest.status_code == 204  # the laptop, online again, sends only the rest
    assert device.seals()[0]["state"] == "verified"


def test_a_manifest_that_does_not_fit_is_named_and_the_links_are_kept(running: Running, device: Device) -> None:
    seals = device.chain([b"a", b"b"])
    later = device.manifest({Track.CAMERA: seals}, revision=3, supersedes="0" * 64)
    answer = bring(running.url, sealed_part(device, seals, b"ab", [later, "no.jws.atall"]))
    assert (answer.taken, answer.missing, len(answer.problems)) == (2, None, 2)
    assert "identity_conflict" in answer.problems[0]
    assert "signature_invalid" in answer.problems[1]


def test_a_withdrawn_device_brings_nothing(running: Running, device: Device) -> None:
    from center.store import projects

    def withdraw(db: object) -> None:
        row = projects.device(db, device.id)  # type: ignore[arg-type]
        assert row is not None
        row.withdrawn_ms = 1
        projects.keep(db, row)  # type: ignore[arg-type]

    running.center.database.write(withdraw)
    answer = post(running.url, sealed_part(device, device.chain([b"a"]), b"a"))
    assert answer.json()["code"] == "token_refused"


def test_who_sends_rubbish_again_and_again_has_to_wait(serve: Serve) -> None:
    with serve(code_failures=3) as running:
        for _ in range(3):
            assert post(running.url, b"rubbish").status_code == 409
        refused = post(running.url, b"rubbish")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0


def test_a_line_that_breaks_leaves_what_came_and_frees_its_place(serve: Serve) -> None:
    with serve(body_idle_s=0.5) as running:
        device = running.device()
        contents = [os.urandom(400_000) for _ in range(8)]
        seals = device.chain(list(contents))
        part = sealed_part(device, seals, b"".join(contents))
        host, _, port = running.url.removeprefix("http://").partition(":")
        for hang_up in (True, False):
            with socket.create_connection((host, int(port))) as line:
                head = f"POST {API}/rescue HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(part)}\r\n\r\n"
                line.sendall(head.encode() + part[: len(part) * 2 // 3])
                if hang_up:
                    wait_until(lambda: running.center.door.inside == 1 and device.seals(), what="taken in")
                else:
                    line.settimeout(30)
                    assert b" 503 " in line.recv(1000)  # told to come again
            wait_until(lambda: running.center.door.inside == 0, what="its place is free")
        kept = len(device.seals())
        assert 0 < kept < 8
        answer = bring(running.url, part)
        assert (answer.known, answer.taken) == (kept, 8 - kept)
        device.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_center_says_so_keeps_what_came_and_takes_the_rest_later(serve: Serve, small_disk: Path) -> None:
    filler = small_disk / "filler"
    with serve(data=small_disk / "center") as running:
        device = running.device()
        contents = [os.urandom(1_000_000) for _ in range(6)]
        part = sealed_part(device, device.chain(list(contents)), b"".join(contents))
        filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - 3_500_000))
        full = post(running.url, part)
        assert full.status_code == 507
        assert full.json()["retryable"]
        kept = len([link for link in device.seals() if link["state"] == "verified"])
        assert 0 < kept < 6
        filler.unlink()
        answer = bring(running.url, part)
        assert (answer.known, answer.taken, answer.refused) == (kept, 6 - kept, 0)
        device.close()
