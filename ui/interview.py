"""The interview in hand: facts, clock, stage and chronicle in one place, for every part of the flow.

Owns nothing but their togetherness: a thing that happened is noted on the timeline, kept as a fact and queued for the
center in one call. Decides no stage (``domain.stage`` does) and speaks to nobody.
"""

from typing import Any, Literal

from domain.notes import words
from domain.stage import Situation, Stage, current
from domain.wire.interview import Stamp
from host.centertime import CenterTime
from host.identity import new_id
from host.paths import Home
from host.spool import Spool
from ui.facts import Facts, FactStore, Outgoing
from ui.timeline import Chronicle


class Interview:
    """Safe to share between threads."""

    def __init__(self, home: Home, center_time: CenterTime) -> None:
        self.home = home
        self.time = center_time
        self.spool = Spool(home.spool)
        self.store = FactStore(home.state / "interview.json")
        self.chronicle = Chronicle(home, self.spool, center_time)

    @property
    def facts(self) -> Facts:
        """As they are now."""
        return self.store.now

    @property
    def situation(self) -> Situation:
        """What the stage follows from."""
        return self.store.now.situation()

    def now_ms(self) -> int:
        """Center time."""
        return self.time.now().center_ms

    def stage(self) -> Stage:
        """Where this person is."""
        return current(self.situation, self.now_ms())

    def happened(
        self,
        kind: str,
        data: dict[str, Any] | None = None,
        *,
        tell: Literal["read", "pledge", "help", "end", "event"] | None = "event",
        fields: dict[str, Any] | None = None,
        message_id: str | None = None,
        **changes: Any,
    ) -> None:
        """Note ``kind`` on the timeline, change facts, and queue a message to the center (None: none).

        Before this machine is a device of a session nothing is queued: the timeline carries it. Raises StorageError
        when the facts cannot be written; the note then stands all the same.
        """
        said = words(kind, data or {})
        if said is not None:
            data = {**(data or {}), "zh": said.zh, "en": said.en}  # the timeline explains itself, also years later
        event = self.chronicle.note(kind, data)
        message = None
        if tell is not None and self.facts.session is not None:
            stamp = Stamp(center_ms=max(0, event.at.center_ms), center_est=event.at.center_est)
            more = {"kind": kind, "data": data or {}} if tell == "event" else dict(fields or {})
            if tell == "end":
                more |= {"boot_id": event.at.boot_id, "boot_ns": str(event.at.boot_ns)}
            message = Outgoing(id=message_id or new_id(), kind=tell, at=stamp, fields=more)
        self.store.put(tell=message, **changes)
