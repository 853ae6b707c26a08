"""Which turns of the head are asked for. Owns the rule of a good sequence; the random source is handed in."""

import itertools
import random

from center.faces.settings import FaceSettings
from center.faces.words import Turn

_SIDEWAYS = frozenset({Turn.LEFT, Turn.RIGHT})


def draw_challenge(source: random.Random, settings: FaceSettings) -> tuple[Turn, ...]:
    """``settings.turns`` turns, no two alike in a row, from both axes when there are two or more.

    ``source`` should be ``random.SystemRandom()``: a sequence that can be foretold can be filmed.
    Three turns give 32 sequences, two give 8.
    """
    while True:
        turns = tuple(source.choice(tuple(Turn)) for _ in range(settings.turns))
        if is_good(turns):
            return turns


def is_good(turns: tuple[Turn, ...]) -> bool:
    """Whether ``turns`` may be asked for."""
    repeated = any(one == next_one for one, next_one in itertools.pairwise(turns))
    axes = len({turn in _SIDEWAYS for turn in turns})
    return bool(turns) and not repeated and (axes == 2 or len(turns) == 1)
