"""Writing a bundle's part: onto a stick that is full, from evidence that changes under it, told to stop."""

import hashlib
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import OKPKey

from domain.bundle import Statement, seal_lines
from domain.errors import BundleDamaged, DiskFull, SpoolUnreadable
from domain.signature import RESCUE_TYP, sign
from host.bundle import PARTIAL, Broken, Part, PartSecrets, check_room, needed, write_part
from tests.support.seals import DEVICE, SESSION, make_chain

PUBLIC = X25519PrivateKey.generate().public_key().public_bytes_raw()


@pytest.fixture
def part(tmp_path: Path) -> Part:
    contents = [bytes([at]) * 2_000_000 for at in range(3)]
    files = tuple(tmp_path / f"{at}.m4s" for at in range(3))
    for path, content in zip(files, contents, strict=True):
        path.write_bytes(content)
    return Part("ab" * 32, 1, 1, "e30.e30.e30", tuple(make_chain(list(contents))), files, PUBLIC, PartSecrets.fresh())


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "stick"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_stick_is_said_before_and_while_writing_and_gone_on_with(
    stick: Path, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.bundle.write_front", lambda token, seals: token.encode())  # any front will do here
    monkeypatch.setattr("host.bundle.check_part", lambda *_: None)
    (stick / "holiday.jpg").write_bytes(bytes(4_000_000))
    with pytest.raises(DiskFull, match="bytes needed"):
        check_room(stick, needed(stick, part))
    with pytest.raises(DiskFull):
        write_part(stick, part, lambda _: None, lambda: False)
    partial = stick / (part.name + PARTIAL)
    began = partial.stat().st_size
    assert began > 1_000_000  # what was written stays
    (stick / "holiday.jpg").unlink()
    assert needed(stick, part) == part.size() - began
    check_room(stick, needed(stick, part))
    told: list[int] = []
    assert write_part(stick, part, told.append, lambda: False).stat().st_size == part.size()
    assert told[0] > began - 200_000  # it went on from there
    assert not partial.exists()


def test_told_to_stop_it_stops_and_leaves_no_finished_name(tmp_path: Path, part: Part) -> None:
    asked = iter([False, True])
    with pytest.raises(Broken):
        write_part(tmp_path, part, lambda _: None, lambda: next(asked, True))
    assert not (tmp_path / part.name).exists()
    assert (tmp_path / (part.name + PARTIAL)).exists()


def test_evidence_that_became_shorter_is_named(tmp_path: Path, part: Part) -> None:
    shorter = part.files[1]
    assert shorter is not None
    shorter.write_bytes(b"short")
    with pytest.raises(SpoolUnreadable, match="shorter"):
        write_part(tmp_path, part, lambda _: None, lambda: False)
    shorter.unlink()
    with pytest.raises(SpoolUnreadable, match=shorter.name):
        write_part(tmp_path, part, lambda _: None, lambda: False)


def test_evidence_that_changed_is_found_by_reading_back(tmp_path: Path, part: Part) -> None:
    changed = part.files[2]
    assert changed is not None
    changed.write_bytes(bytes(2_000_000))
    with pytest.raises(BundleDamaged):
        write_part(tmp_path, part, lambda _: None, lambda: False)
    assert list(tmp_path.glob("*.age*")) == []


def test_a_large_part_takes_no_memory_to_speak_of(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096 * 16
    files = tuple(tmp_path / f"{at}.m4s" for at in range(4))
    for path in files:
        path.write_bytes(content)
    seals = tuple(make_chain([content] * 4))
    lines = seal_lines(seals)
    said = Statement("ab" * 32, 1, 1, SESSION, DEVICE, 1, 4, 4 * len(content), hashlib.sha256(lines).hexdigest(), ())
    token = sign(said.to_dict(), OKPKey.generate_key("Ed25519", private=True), DEVICE, RESCUE_TYP)
    part = Part("ab" * 32, 1, 1, token, seals, files, PUBLIC, PartSecrets.fresh())
    tracemalloc.start()
    try:
        path = write_part(tmp_path, part, lambda _: None, lambda: False)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size == part.size() > 4 * len(content) > 60_000_000
    assert peak < 12_000_000
