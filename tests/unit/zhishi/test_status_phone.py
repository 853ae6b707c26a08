"""``zhishi status`` tells the phone's state."""

import pytest
from rich.console import Console

from domain.companion import BindingState
from domain.wire.syncd import SessionStatus, SyncStatus
from zhishi.statusview import PHONES, render


def told(phone: str, left: int) -> str:
    session = SessionStatus(
        session="s",
        device="d",
        project="P",
        number="1",
        state="submitted",
        assessment="on_track",
        tracks={},
        remaining_bytes=0,
        phone=phone,
        phones_left=left,
    )
    sync = SyncStatus(
        center="c",
        online=True,
        center_offset_ms=0,
        clock_wrong=False,
        active_uploads=0,
        queued_uploads=0,
        next_due_in_ms=None,
        sessions=[session],
    )
    console = Console(width=160, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as captured:
        console.print(render(sync, None, None))
    return captured.get()


@pytest.mark.parametrize("state", BindingState)
def test_every_state_of_a_phone_has_words(state: BindingState) -> None:
    assert PHONES[state][0] in told(state, 1)
    assert "等待手机佐证视频" in told(state, 1)
    assert "等待手机佐证视频" not in told(state, 0)


def test_without_a_phone_nothing_is_said_of_one() -> None:
    assert "手机" not in told("", 0)
