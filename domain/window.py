"""The window: the minutes after a session's end in which everything must be confirmed.

Pure. All times are center time in milliseconds since the epoch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

WINDOW_MS = 60 * 60 * 1000
AT_RISK_SHARE = 0.75  # a forecast beyond this share of the time left is a risk worth naming


class Assessment(StrEnum):
    """The window's verdict now."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"
    CONFIRMED = "confirmed"
    CONFIRMED_LATE = "confirmed_late"
    CLOSED_WITH_LOSS = "closed_with_loss"


TRANSITIONS: dict[Assessment, frozenset[Assessment]] = {
    Assessment.ON_TRACK: frozenset(
        {Assessment.AT_RISK, Assessment.LATE, Assessment.CONFIRMED, Assessment.CLOSED_WITH_LOSS}
    ),
    Assessment.AT_RISK: frozenset(
        {Assessment.ON_TRACK, Assessment.LATE, Assessment.CONFIRMED, Assessment.CLOSED_WITH_LOSS}
    ),
    # An extended window, or a receipt issued in time and learnt of late, leads back from late.
    Assessment.LATE: frozenset(
        {
            Assessment.ON_TRACK,
            Assessment.AT_RISK,
            Assessment.CONFIRMED,
            Assessment.CONFIRMED_LATE,
            Assessment.CLOSED_WITH_LOSS,
        }
    ),
    Assessment.CONFIRMED: frozenset(),
    Assessment.CONFIRMED_LATE: frozenset(),
    Assessment.CLOSED_WITH_LOSS: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """When everything will be there: milliseconds from now, and the rate (bytes per second) it rests on."""

    finish_in_ms: int | None  # None: nothing moves, so nobody can tell
    bytes_per_second: float


def forecast(remaining_bytes: int, rates: Sequence[float], overhead_ms: int = 2000) -> Forecast:
    """Time to send ``remaining_bytes`` at a pessimistic rate: the lower quartile of ``rates``, newest last.

    ``rates`` are bytes per second over equal stretches of time in which there was work to do; stalled stretches count
    as 0. ``overhead_ms`` is what manifest, verification and receipt take.
    """
    if remaining_bytes <= 0:
        return Forecast(overhead_ms, _lower_quartile(rates))
    rate = _lower_quartile(rates)
    if rate < 1 and rates:
        rate = sum(rates) / len(rates)  # a link that stalls every now and then still moves
    if rate < 1:  # under a byte a second nothing moves
        return Forecast(None, 0.0)
    return Forecast(int(remaining_bytes / rate * 1000) + overhead_ms, rate)


def _lower_quartile(rates: Sequence[float]) -> float:
    if not rates:
        return 0.0
    return sorted(rates)[(len(rates) - 1) // 4]


def assess(
    now_ms: int,
    deadline_ms: int | None,
    confirmed_ms: int | None,
    finish_in_ms: int | None,
    *,
    idle: bool = False,
    closed_ms: int | None = None,
) -> Assessment:
    """The verdict at ``now_ms``.

    ``deadline_ms`` is None while the session has not ended; ``confirmed_ms`` is the session receipt's issue time. The
    issue time counts, not when a device learns of it. ``idle`` says that there is nothing to send yet. ``closed_ms``:
    two of the staff closed it with declared loss; from then on nothing makes it confirmed.
    """
    if closed_ms is not None:
        return Assessment.CLOSED_WITH_LOSS
    if confirmed_ms is not None:
        late = deadline_ms is not None and confirmed_ms > deadline_ms
        return Assessment.CONFIRMED_LATE if late else Assessment.CONFIRMED
    if deadline_ms is None:
        return Assessment.ON_TRACK
    left = deadline_ms - now_ms
    if left < 0:
        return Assessment.LATE
    if idle:
        return Assessment.ON_TRACK
    if finish_in_ms is None or finish_in_ms > left * AT_RISK_SHARE:
        return Assessment.AT_RISK
    return Assessment.ON_TRACK
