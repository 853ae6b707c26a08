"""Until when a session keeps the machine awake."""

import pytest

from domain.status import LocalSessionState
from syncd.wakefulness import LONGEST_MS, needed

END = 1_700_000_000_000
WAITING = (LocalSessionState.OPEN, LocalSessionState.ENDED, LocalSessionState.CLOSED)


@pytest.mark.parametrize("state", WAITING)
def test_until_its_part_has_arrived(state: LocalSessionState) -> None:
    assert needed(state, END, END - 1)
    assert needed(state, END, END + 60 * 60_000), "late is no reason to give up"


@pytest.mark.parametrize("state", [one for one in LocalSessionState if one not in WAITING])
def test_no_longer_once_it_has(state: LocalSessionState) -> None:
    assert not needed(state, END, END - 1)


@pytest.mark.parametrize("state", WAITING)
def test_a_center_that_never_answers_keeps_nothing_awake_for_ever(state: LocalSessionState) -> None:
    assert needed(state, END, END + LONGEST_MS - 1)
    assert not needed(state, END, END + LONGEST_MS)
