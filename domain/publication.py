"""Publishing results (成绩公布): one administrator proposes, another confirms, then the appeal delay runs. Pure.

Only when the delay is over may anybody delete a copy: until then a candidate may appeal, and one administrator alone
can withdraw. Times are center time in milliseconds. ::

    proposed ──confirmed by another──▶ published ──appeal delay over──▶ final
        └───────────withdrawn◀────────────┘
"""

from enum import StrEnum

DAY_MS = 24 * 3_600_000
APPEAL_MS = 7 * DAY_MS  # where a project says nothing


class PublicationState(StrEnum):
    """Where a publication stands."""

    PROPOSED = "proposed"  # waits for the second administrator
    PUBLISHED = "published"  # the results are out; appeals may come, nothing may be deleted
    FINAL = "final"  # the appeal delay is over: copies may be deleted
    WITHDRAWN = "withdrawn"


PUBLICATION_MOVES: dict[PublicationState, frozenset[PublicationState]] = {
    PublicationState.PROPOSED: frozenset({PublicationState.PUBLISHED, PublicationState.WITHDRAWN}),
    PublicationState.PUBLISHED: frozenset({PublicationState.FINAL, PublicationState.WITHDRAWN}),
    PublicationState.FINAL: frozenset(),
    PublicationState.WITHDRAWN: frozenset(),
}


def leave_from_ms(confirmed_ms: int, appeal_ms: int) -> int:
    """From when on copies may be deleted."""
    return confirmed_ms + max(0, appeal_ms)


def has_leave(leave_ms: int | None, now_ms: int) -> bool:
    """Whether copies may be deleted now."""
    return leave_ms is not None and now_ms >= leave_ms


def publication_state(leave_ms: int | None, withdrawn_ms: int | None, now_ms: int) -> PublicationState:
    """Where it stands; ``leave_ms`` None: not confirmed yet."""
    if withdrawn_ms is not None:
        return PublicationState.WITHDRAWN
    if leave_ms is None:
        return PublicationState.PROPOSED
    return PublicationState.FINAL if has_leave(leave_ms, now_ms) else PublicationState.PUBLISHED
