"""A message's numbers are numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.wire.companion import CompanionBeat
from domain.wire.interview import Progress

BEAT = {
    "state": "recording",
    "segments": 1,
    "bytes": 10,
    "sent_segments": 0,
    "sent_bytes": 0,
    "at": {"center_ms": 1, "center_est": False},
}


@given(st.booleans() | st.text() | st.sampled_from(["5", "1.0"]))
def test_neither_true_nor_text_is_a_number(value: object) -> None:
    with pytest.raises(ValidationError):
        Progress.model_validate({"free_bytes": value})
    with pytest.raises(ValidationError):
        Progress.model_validate({"bytes_per_second": value})
    with pytest.raises(ValidationError):
        CompanionBeat.model_validate({**BEAT, "free_bytes": value})


@given(st.none() | st.integers(0, 1 << 50))
def test_numbers_and_nothing_are_taken(value: int | None) -> None:
    assert Progress.model_validate({"free_bytes": value}).free_bytes == value
    assert CompanionBeat.model_validate({**BEAT, "free_bytes": value}).free_bytes == value
