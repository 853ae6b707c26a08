"""Keeping the machine awake from login to the receipt.

syncd is the one place for it: it lives through the whole of a session, whatever becomes of window and recorder. Decides
when; how is ``host.awake``'s. What could not be had is a trouble in the status and tried again.
"""

import threading
from collections.abc import Callable, Iterable

from domain.errors import ZhishiError
from domain.status import LocalSessionState
from host.awake import Inhibitor
from syncd.cases import Case

SUBJECT = "sleep"
LONGEST_MS = 12 * 3_600_000
_LOOK_S = 5.0
_AGAIN_LOOKS = 12  # refused: asked again once a minute
_ARRIVED = (LocalSessionState.SUBMITTED, LocalSessionState.CONFIRMED)


def needed(state: LocalSessionState, end_ms: int, now_ms: int) -> bool:
    """This machine's part has not arrived yet; ``end_ms`` is when the session ended or was to end.

    Twelve hours after that a center that never answered keeps no laptop awake any more: sending goes on whenever the
    machine is.
    """
    return state not in _ARRIVED and now_ms < end_ms + LONGEST_MS


class Wakefulness:
    """``wake`` it when a session moved; ``told`` hears the error, or None when all is well."""

    def __init__(
        self,
        hold: Inhibitor | None,
        cases: Callable[[], Iterable[Case]],
        now_ms: Callable[[], int],
        told: Callable[[ZhishiError | None], None],
    ) -> None:
        self._hold = hold
        self._cases = cases
        self._now_ms = now_ms
        self._told = told
        self._wake = threading.Event()
        self._stopping = False
        self._refused = 0  # looks until it is asked for again
        self.needed = False
        self._thread = threading.Thread(target=self._serve, name="awake", daemon=True)

    @property
    def held(self) -> bool | None:
        """The machine is kept awake; None: there is no need."""
        return self._hold.held if self._hold is not None and self.needed else None

    def start(self) -> None:
        """Begin; without a hold there is nothing to do."""
        if self._hold is not None:
            self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """Let go."""
        self._stopping = True
        self._wake.set()
        if self._hold is not None and self._thread.is_alive():
            self._thread.join()
            self._hold.release()

    def look(self, hold: Inhibitor) -> None:
        """Take or release, as the sessions want it now."""
        now_ms = self._now_ms()
        self.needed = any(needed(case.state, _end_ms(case), now_ms) for case in self._cases())
        if not self.needed:
            hold.release()
            self._refused = 0
            self._told(None)
        elif not hold.held:
            self._ask(hold)

    def _ask(self, hold: Inhibitor) -> None:
        if self._refused > 0:
            self._refused -= 1
            return
        try:
            hold.take()
        except ZhishiError as why:
            self._refused = _AGAIN_LOOKS
            self._told(why)
        else:
            self._told(None)

    def _serve(self) -> None:
        while self._hold is not None and not self._stopping:
            self._wake.clear()
            self.look(self._hold)
            self._wake.wait(_LOOK_S)


def _end_ms(case: Case) -> int:
    facts = case.facts
    if facts.ended_ms is not None:
        return facts.ended_ms
    scheduled = facts.scheduled_end_ms + facts.extra_ms
    return scheduled if case.ended is None else min(case.ended.center_ms, scheduled)
