"""What every measurement is handed: where to put files, how much to do, which random numbers, whom to tell."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Outcome


@dataclass(frozen=True, slots=True)
class Setting:
    """``folder`` is empty and removed afterwards; ``quick`` asks for fewer rounds; ``say`` tells progress."""

    folder: Path
    quick: bool
    seed: int
    environ: Mapping[str, str]
    say: Callable[[str], None]

    def random(self, purpose: str) -> random.Random:
        """A generator of its own for ``purpose``, the same for the same seed."""
        return random.Random(f"{self.seed}/{purpose}")

    def rounds(self, full: int, quick: int) -> int:
        """How many."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Bench:
    """One id: what it measures and how."""

    id: str
    title: str
    run: Callable[[Setting], Outcome]
