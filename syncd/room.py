"""How fast evidence may be sent while an interview runs: pure.

Evidence fills the line's queue, and then questions, heartbeats and calls for help wait behind it (seconds, on home
routers). The time the center takes to answer small questions tells when that is so: when it grows, less is sent; when
it is short again, more. After the end nothing else needs the line, and all of it is the evidence's.
"""

from dataclasses import dataclass, replace

LEAST = 48_000  # bytes per second: evidence always flows
_TIMES, _MORE_S = 3.0, 0.25  # an answer is slow when it takes three times the best and a quarter of a second more
_LESS, _GROWTH = 0.7, 1.08
_LOOSE = 3.0  # a cap of so many times what is sent binds nobody: it goes
_AGING = 1.02  # the best is slowly forgotten: lines change


@dataclass(frozen=True, slots=True)
class Room:
    """``cap`` in bytes per second (None: none); ``best_s`` the shortest answer lately."""

    cap: float | None = None
    best_s: float | None = None

    def heard(self, answer_s: float, rate: float) -> "Room":
        """A small question was answered after ``answer_s`` while ``rate`` bytes per second were being sent."""
        best = answer_s if self.best_s is None else min(self.best_s * _AGING, answer_s)
        cap = self.cap
        if rate > LEAST and answer_s > max(_TIMES * best, best + _MORE_S):
            cap = max(LEAST, _LESS * min(rate, cap or rate))
        elif cap is not None:
            cap *= _GROWTH
            if rate > 0 and cap > _LOOSE * rate:
                cap = None
        return replace(self, cap=cap, best_s=best)

    def alone(self) -> "Room":
        """No interview runs here, or the line is another one: nothing to leave room for, nothing known."""
        return Room()
