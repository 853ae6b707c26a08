"""Looking over syncd's shoulder all the time: whatever it says while things go wrong must be true, too.

Owns one thread. What is not true is kept in ``World.broken``; what happens afterwards is not its business.
"""

import sqlite3
import threading
from dataclasses import dataclass

from domain.status import LocalSessionState
from domain.window import Assessment
from domain.wire.syncd import SessionStatus
from tests.faults.world import World

_EVERY_S = 0.2
_SLACK_MS = 2_500  # half a round trip on the worst line, and the time the answer took


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of syncd, and center time when it came."""

    at_ms: int
    session: SessionStatus


class Watching:
    """``with`` watches; ``last`` is the newest answer."""

    def __init__(self, world: World) -> None:
        self.last: Said | None = None
        self._world = world
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="watching", daemon=True)

    def __enter__(self) -> "Watching":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _serve(self) -> None:
        while not self._over.wait(_EVERY_S):
            before_ms = self._world.center_clock.wall_ms()
            status = self._world.ask()
            if status is None:
                continue
            for session in status.sessions:
                if session.session == self._world.session:
                    self.last = Said(self._world.center_clock.wall_ms(), session)
                    self._judge(before_ms, self.last, status.center_offset_ms is not None)

    def _judge(self, before_ms: int, said: Said, time_known: bool) -> None:
        told = Assessment(said.session.assessment)
        confirmed = said.session.state == LocalSessionState.CONFIRMED
        if confirmed or told in (Assessment.CONFIRMED, Assessment.CONFIRMED_LATE):
            self._judge_confirmed(said, told)
        deadline_ms = said.session.deadline_ms
        if told is Assessment.LATE and (deadline_ms is None or said.at_ms + _SLACK_MS < deadline_ms):
            self._broken(f"said late at {said.at_ms}, before the deadline {deadline_ms} (time known: {time_known})")
        on_time = told in (Assessment.ON_TRACK, Assessment.AT_RISK)
        if on_time and time_known and deadline_ms is not None and before_ms - _SLACK_MS > deadline_ms:
            self._broken(f"said {told} at {before_ms}, after the deadline {deadline_ms}")

    def _judge_confirmed(self, said: Said, told: Assessment) -> None:
        try:
            issued = [one for one in self._world.books.receipts(self._world.session) if one.kind == "session"]
        except sqlite3.Error:
            return  # its disk is being exchanged right now: the next look asks again
        if not issued:
            self._broken(f"false confirmed: said {said.session.state}/{told}, and no session receipt was ever issued")
        elif told.value != issued[-1].assessment:
            self._broken(f"said {told}, the receipt says {issued[-1].assessment}")

    def _broken(self, words: str) -> None:
        if words.split(":")[0] not in {known.split(":")[0] for known in self._world.broken}:
            self._world.broken.append(words)
