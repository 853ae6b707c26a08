"""How often a capture may be restarted, and how soon. Pure.

The first restart is immediate: a single crash costs a fraction of a second. Repeated failures wait longer each time.
When the budget is spent the capture counts as failed, and is still tried, slowly: recording never gives up.
"""

from collections import deque
from dataclasses import dataclass

WINDOW_S = 60.0
ALLOWED = 6
DELAYS_S = (0.0, 0.5, 1.0, 2.0, 4.0, 4.0)


@dataclass(frozen=True, slots=True)
class Restart:
    """Wait ``delay_s``, then try again; ``spent`` says that the budget is used up."""

    delay_s: float
    spent: bool


class RestartBudget:
    """Failures of one capture within the last minute; times in seconds of any steady clock."""

    def __init__(self, slow_s: float) -> None:
        self._slow_s = slow_s
        self._failures: deque[float] = deque(maxlen=ALLOWED + 1)

    def failed(self, now_s: float) -> Restart:
        """The capture ended unasked at ``now_s``."""
        self._failures.append(now_s)
        while self._failures and now_s - self._failures[0] > WINDOW_S:
            self._failures.popleft()
        count = len(self._failures)
        if count > ALLOWED:
            return Restart(self._slow_s, spent=True)
        return Restart(DELAYS_S[count - 1], spent=False)

    @property
    def failures(self) -> int:
        """Failures counted now."""
        return len(self._failures)
