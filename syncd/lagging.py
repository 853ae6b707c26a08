"""Which upload lags far behind the others on the same line: pure.

On a lossy line one connection of several may be starved by the others for as long as they run (34 s for a megabyte that
took the others 3, measured with BBR at 3 % loss), and at the end of the queue everything waits for it. A new connection
gets its share within a few round trips. Never says anything while the whole line stands still: that is an outage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from syncd.flows import QUICK

FAR = 4  # times less than its share of the line
STRETCHES = 2  # in a row, while there is other work to do meanwhile


@dataclass(frozen=True, slots=True)
class Lagging:
    """What is remembered from stretch to stretch: how far each upload was, and for how many stretches it has lagged."""

    reached: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    lagged: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    def stretch(
        self, seconds: float, line: float, reached: Mapping[int, int], last: bool
    ) -> "tuple[Lagging, frozenset[int]]":
        """After a stretch of ``seconds``: what to remember, and the uploads that should go on over another connection.

        ``line`` is what the line can take (bytes per second; on a slow one shares are too small to tell lagging from
        chance), ``reached`` how many bytes have arrived of each upload that has bytes to send. Only those that had some
        for the whole stretch count. At most one at a time; when they are the ``last`` and everything waits for them,
        each that lags, at once. One that goes on elsewhere is left alone for the stretch after.
        """
        moved = {one: at - self.reached[one] for one, at in reached.items() if one in self.reached}
        if line < QUICK or not any(bytes_ > 0 for bytes_ in moved.values()):
            return Lagging(reached), frozenset()
        least = line * seconds / len(reached) / FAR
        lagged = {one: self.lagged.get(one, 0) + 1 for one, bytes_ in moved.items() if bytes_ < least}
        long = sorted((one for one, times in lagged.items() if last or times >= STRETCHES), key=lambda one: moved[one])
        anew = frozenset(long if last else long[:1])
        return Lagging(_without(reached, anew), _without(lagged, anew)), anew


def _without(counts: Mapping[int, int], some: frozenset[int]) -> dict[int, int]:
    return {one: count for one, count in counts.items() if one not in some}
