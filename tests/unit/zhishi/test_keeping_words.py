"""What ``zhishi status`` says of local copies and of the disk."""

import pytest
from rich.console import Console

from domain.wire.syncd import DiskForecast, SessionStatus, SyncStatus
from tests.support.seals import DEVICE, SESSION
from zhishi.statusview import render


def shown(session: dict[str, object] | None = None, disk: DiskForecast | None = None) -> str:
    told = {
        "session": SESSION, "device": DEVICE, "project": "p", "number": "1", "state": "confirmed",
        "assessment": "confirmed", "tracks": {}, "remaining_bytes": 0, **(session or {}),
    }  # fmt: skip
    sync = SyncStatus(
        center="http://c", online=True, center_offset_ms=0, clock_wrong=False, active_uploads=0, queued_uploads=0,
        next_due_in_ms=None, disk=disk, sessions=[SessionStatus.model_validate(told)],
    )  # fmt: skip
    console = Console(width=200)
    with console.capture() as said:
        console.print(render(sync, None, None))
    return said.get()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"keep_until": "confirmed", "kept_bytes": 5 << 20}, "上传成功之前不得删除"),
        ({"keep_until": "published", "kept_bytes": 5 << 20}, "成绩公布之前不得删除"),
        ({"keep_until": None, "kept_bytes": 5 << 20}, "即将自动删除"),
        ({"deleted_ms": 1}, "已按规定删除"),
    ],
)
def test_how_long_copies_stay(told: dict[str, object], words: str) -> None:
    page = shown(told)
    assert words in page
    assert ("5.0 MB" in page) == ("kept_bytes" in told)


def test_nothing_kept_and_nothing_deleted_says_nothing() -> None:
    assert "副本" not in shown()


def test_the_disk_says_what_is_free_kept_and_needed() -> None:
    page = shown(disk=DiskForecast(free=3 << 30, kept=1 << 30, leaving=0, needed=2 << 30, enough=True))
    assert "可用 free 3.0 GB, 保留 kept 1.0 GB, 尚需 still needed 2.0 GB" in page
    assert "尚需" not in shown(disk=DiskForecast(free=1, kept=0, leaving=0, needed=0, enough=True))
