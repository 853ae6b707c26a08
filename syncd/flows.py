"""How many uploads run side by side: pure hill climbing on the measured rate.

On long, lossy paths one TCP flow starves while eight do not (measured, see ``transfer.md``); on a good line more flows
gain nothing and cost memory. So: grow while growing pays, step back when it does not, look again now and then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

GAIN = 1.10  # growing must bring this much more
_REST = 15  # stretches before growing is tried again


@dataclass(frozen=True, slots=True)
class Flows:
    """``count`` flows now; ``before`` the count and rate they are compared with; ``rest`` stretches to stay put."""

    count: int
    least: int
    most: int
    before: tuple[int, float] | None = None
    rest: int = 0

    def measured(self, rate: float) -> "Flows":
        """After a stretch with enough work for every flow, at ``rate`` bytes per second."""
        if self.rest > 0:
            return replace(self, rest=self.rest - 1)
        if self.before is None:
            return self._grow(rate)
        count, old = self.before
        if self.count > count:
            if rate >= old * GAIN:
                return self._grow(rate)
            return replace(self, count=count, before=None, rest=_REST)
        return self._grow(rate)

    def _grow(self, rate: float) -> "Flows":
        count = min(self.most, max(self.count + 1, self.count * 3 // 2))
        if count == self.count:
            return replace(self, before=None, rest=_REST)
        return replace(self, count=count, before=(self.count, rate))

    def idle(self) -> "Flows":
        """Nothing to do: what was measured no longer counts."""
        return replace(self, before=None, rest=0)


class Meter:
    """Bytes per second over equal stretches of time in which there was work; newest last.

    Not locked: the worst a race does is to move a few bytes into the next stretch.
    """

    KEPT = 30

    def __init__(self) -> None:
        self._bytes = 0
        self._rates: list[float] = []

    def add(self, count: int) -> None:
        """``count`` bytes were handed to the network."""
        self._bytes += count

    def stretch(self, seconds: float) -> float:
        """A stretch of ``seconds`` with work ends: its rate, which is kept."""
        taken, self._bytes = self._bytes, 0
        rate = taken / seconds if seconds > 0 else 0.0
        self._rates = [*self._rates[-self.KEPT + 1 :], rate]
        return rate

    def drop(self) -> None:
        """The stretch had no work: it says nothing about the line."""
        self._bytes = 0

    @property
    def newest(self) -> float:
        """Bytes per second in the newest stretch; 0 before there was one."""
        return self._rates[-1] if self._rates else 0.0

    @property
    def rates(self) -> Sequence[float]:
        """For ``domain.window.forecast``."""
        return tuple(self._rates)
