"""How many uploads run side by side: pure hill climbing on the measured rate.

On long, lossy paths one TCP flow starves while eight do not (measured, see ``transfer.md``); on a good line more flows
gain nothing and cost memory. So: grow while growing pays, step back when it does not, look again now and then.

An upload whose bytes are all handed over only waits for its answer (a round trip, the center's flush): meanwhile it
takes no flow, else the line would lie idle between every two files (a sixth of it with four flows at 100 ms, measured).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

GAIN = 0.5  # growing must bring so much of what it would if every flow brought as much as those before
_REST = 15  # stretches before growing is tried again
# Bytes per second from which what a kernel holds unsent (``syncd.transport``) is on the line within half a second: only
# then does "handed over" mean "nearly there".
QUICK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Flows:
    """``count`` flows now; ``before`` the count and rate they are compared with; ``rest`` stretches to stay put."""

    count: int
    least: int
    most: int
    before: tuple[int, float] | None = None
    rest: int = 0

    def free(self, handed: int, answers: int, rate: float) -> int:
        """How many more uploads may begin (none when negative): ``handed`` are under way, ``answers`` of them only wait
        for their answer, and the line took ``rate`` bytes per second of late.
        """
        waiting = min(answers, self.count) if rate >= QUICK else 0
        return min(self.count + waiting, self.most) - handed

    def measured(self, rate: float) -> "Flows":
        """After a stretch with enough work for every flow, at ``rate`` bytes per second."""
        if self.rest > 0:
            return replace(self, rest=self.rest - 1)
        if self.before is None:
            return self._grow(rate)
        count, old = self.before
        if self.count > count:
            if rate >= old * (1 + GAIN * (self.count / count - 1)):
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
    LATELY = 5

    def __init__(self) -> None:
        self._bytes = 0
        self._held = 0
        self._rates: list[float] = []

    def add(self, count: int) -> None:
        """``count`` bytes were handed to the network."""
        self._bytes += count

    def stretch(self, seconds: float, held: int = 0) -> float:
        """A stretch of ``seconds`` with work ends: its rate, which is kept.

        ``held`` of the bytes handed over the network has not taken yet: every flow that begins fills a buffer of its
        own, which is no gain.
        """
        taken, self._bytes = self._bytes + self._held - held, 0
        self._held = held
        rate = max(0, taken) / seconds if seconds > 0 else 0.0
        self._rates = [*self._rates[-self.KEPT + 1 :], rate]
        return rate

    def drop(self) -> None:
        """The stretch had no work: it says nothing about the line."""
        self._bytes = self._held = 0

    @property
    def newest(self) -> float:
        """Bytes per second in the newest stretch; 0 before there was one."""
        return self._rates[-1] if self._rates else 0.0

    @property
    def lately(self) -> float:
        """The best of the newest few stretches: what the line can take."""
        return max(self._rates[-self.LATELY :], default=0.0)

    @property
    def rates(self) -> Sequence[float]:
        """For ``domain.window.forecast``."""
        return tuple(self._rates)
