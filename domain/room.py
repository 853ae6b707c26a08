"""How much disk an interview takes, and whether it will last. Pure; sizes in bytes, times in milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass

BYTES_PER_S = 135_000  # camera, screen and sound at their ceilings
BEFORE_AND_AFTER_S = 45 * 60  # recording begins at entering, up to 15 minutes before the start; late starts
USUAL_ANSWER_S = 60 * 60  # when no schedule is known


@dataclass(frozen=True, slots=True)
class Room:
    """``kept`` lies here as evidence, ``leaving`` of it may be deleted already; ``needed`` is still to be recorded."""

    free: int
    kept: int
    leaving: int
    needed: int

    @property
    def enough(self) -> bool:
        """What is still to be recorded fits. What may be deleted is not counted on: it goes only once it is gone."""
        return self.free >= self.needed


def still_needed(ends_ms: Iterable[int], now_ms: int) -> int:
    """What sessions that may still be recorded and end at ``ends_ms`` will take, one after the other.

    One that ends tomorrow takes no more than a whole interview.
    """
    most = (USUAL_ANSWER_S + BEFORE_AND_AFTER_S) * 1000
    return sum(min(most, max(0, end - now_ms)) * BYTES_PER_S // 1000 for end in ends_ms)
