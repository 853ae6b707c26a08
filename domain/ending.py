"""When a session is over although nobody on the laptop said so. Pure; one rule for recorder and syncd."""

from domain.manifest import Ended, EndedBy
from domain.wire.center import SessionFacts

GRACE_MS = 120_000  # a window that lives ends its session itself, well within this


def end_due(facts: SessionFacts, now_ms: int, now_est: bool, grace_ms: int = GRACE_MS) -> Ended | None:
    """The end, when the center has said it or the schedule (with ``grace_ms``) is past by center time ``now_ms``."""
    if facts.ended_ms is not None:
        return Ended(EndedBy.CENTER, facts.ended_ms, False)
    end_ms = facts.scheduled_end_ms + facts.extra_ms
    return Ended(EndedBy.SCHEDULE, end_ms, now_est) if now_ms >= end_ms + grace_ms else None
