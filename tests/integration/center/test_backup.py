"""A backup of a running center: whole, made again it copies what is new, and it serves like the original."""

from pathlib import Path

import pytest

from center.backup import MARK, back_up
from domain.errors import BadInput, StorageError
from host.durable import read_json
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, Laptop, add_sample
from tests.support.center import Device, add_session


def send(device: Device, contents: list[bytes | None]) -> None:
    for seal, content in zip(device.chain(contents), contents, strict=True):
        assert device.create(seal, content or b"").status_code == 201


def test_what_is_restored_is_the_center_with_its_evidence_and_keys(
    serve: Serve, running: Running, device: Device, tmp_path: Path
) -> None:
    add_sample(running.center, tmp_path / "project")
    send(device, [b"a" * 1000, b"b" * 2000])
    copy = tmp_path / "copy"
    first = back_up(running.config, copy, 1)
    again = back_up(running.config, copy, 2)
    assert (again.copied, again.known) == (1, first.copied - 1), "only the database is copied again"
    assert (copy.stat().st_mode & 0o777, read_json(copy / MARK)["at_ms"]) == (0o700, 2)
    assert read_json(running.config.data / MARK)["at_ms"] == 2
    sealed = device.seals()
    with serve(copy) as restored:
        new = Device(restored.url, add_session(restored.center.database, restored.clock).code)
        assert new.keys == device.keys
        new.close()
        laptop = Laptop(restored.url).log_in_by_hand(restored.center)
        assert laptop.get().json()["state"]["session"]["project"] == CODE
        laptop.close()
        device.http.base_url = restored.url  # the same device with the same token
        assert device.seals() == sealed


def test_what_comes_meanwhile_comes_with_the_next_one(running: Running, device: Device, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(running.config, copy, 1)
    send(device, [b"c" * 500])
    assert back_up(running.config, copy, 2).copied > 1
    held = {path.name for path in (copy / "evidence").rglob("*") if path.is_file()}
    assert held == {path.name for path in running.config.evidence.rglob("*") if path.is_file()}


def test_a_wrong_place_is_refused_and_nothing_is_overwritten(running: Running, tmp_path: Path) -> None:
    for place in (running.config.data / "copy", running.config.data, tmp_path):
        with pytest.raises(BadInput, match="not inside the data folder"):
            back_up(running.config, place, 1)
    (other := tmp_path / "other").mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(BadInput, match="neither empty nor an earlier backup"):
        back_up(running.config, other, 1)
    assert [path.name for path in other.iterdir()] == ["thesis.txt"]
    assert not (running.config.data / MARK).exists()


def test_one_that_was_cut_off_says_that_it_is_not_whole(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    add_sample(running.center, tmp_path / "project")
    monkeypatch.setattr("center.backup.sync_file", refuse)
    with pytest.raises(StorageError):
        back_up(running.config, copy, 1)
    assert read_json(copy / MARK)["at_ms"] is None
    assert not (running.config.data / MARK).exists()


def refuse(path: Path) -> None:
    raise StorageError(f"{path}: no room")
