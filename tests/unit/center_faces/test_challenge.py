"""Challenges: always good, all of them possible, the same for the same random source."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.faces.challenge import draw_challenge, is_good
from center.faces.settings import FaceSettings
from center.faces.words import Turn


@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_every_challenge_is_good(source: random.Random, turns: int) -> None:
    drawn = draw_challenge(source, FaceSettings(turns=turns))
    assert len(drawn) == turns
    assert is_good(drawn)


def test_three_turns_have_32_sequences() -> None:
    source, settings = random.Random(7), FaceSettings()
    assert len({draw_challenge(source, settings) for _ in range(2000)}) == 32


def test_repeated_or_one_sided_sequences_are_not_good() -> None:
    assert not is_good((Turn.LEFT, Turn.LEFT, Turn.UP))
    assert not is_good((Turn.LEFT, Turn.RIGHT, Turn.LEFT))
    assert not is_good(())


@pytest.mark.parametrize(
    "wrong",
    [
        {"accept": 0.3},
        {"retry": 0.1},
        {"agree": 6},
        {"look_frames": 4},
        {"turns": 0},
        {"center_share": 1.0},
        {"wrong_share": 0.5},
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="contradict"):
        FaceSettings(**wrong)  # type: ignore[arg-type]
