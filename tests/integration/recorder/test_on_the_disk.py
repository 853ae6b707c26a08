"""What a power cut may not take: while a run records, everything its footage needs is brought to the disk."""

from pathlib import Path

import pytest

from domain.identity import Track
from host.centertime import CenterTime
from host.durable import sync_file
from host.identity import new_id
from host.spool import INIT_NAME, LIST_NAME
from recorder.capture import Capture, Plan
from recorder.config import RecorderConfig
from tests.support.clocks import HandClock
from tests.support.footage import lay_run


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files brought to the disk, as it really happens."""
    names: list[str] = []

    def noted(path: Path) -> None:
        sync_file(path)
        names.append(path.name)

    monkeypatch.setattr("recorder.capture.sync_file", noted)
    return names


def capture_over(folder: Path) -> Capture:
    plan = Plan(Track.SCREEN, lambda _: [], 5, (), lambda *_: None, lambda *_: None)
    config = RecorderConfig(ffmpeg=Path("/nonexistent"))
    return Capture(plan, new_id(), folder, config, CenterTime(folder / "time.json", HandClock()), keep=True)


def test_without_init_nothing_of_a_run_can_be_played_so_it_goes_to_the_disk_first(
    tmp_path: Path, synced: list[str]
) -> None:
    folder = lay_run(tmp_path, 6)
    capture = capture_over(folder)
    capture._sync_and_confirm([], lambda _: None)
    newest = sorted(path.name for path in folder.glob("*.m4s"))[-1]
    assert synced.index(INIT_NAME) < synced.index(newest)
    synced.clear()
    capture._sync_and_confirm([], lambda _: None)
    assert synced == [newest], "once is enough"


def test_a_segment_that_was_closed_keeps_its_end(tmp_path: Path, synced: list[str]) -> None:
    """Between two looks a segment ends and the next begins: its last half second was never brought to the disk."""
    folder = lay_run(tmp_path, 6)
    first, second = sorted(folder.glob("*.m4s"))[:2]
    later = second.read_bytes()
    for path in sorted(folder.glob("*.m4s"))[1:]:
        path.unlink()
    (folder / LIST_NAME).unlink(missing_ok=True)
    capture = capture_over(folder)
    capture._sync_and_confirm([], lambda _: None)
    synced.clear()
    second.write_bytes(later)
    capture._sync_and_confirm([], lambda _: None)
    assert {first.name, second.name} <= set(synced)
