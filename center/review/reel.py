"""A session's footage as reviewers are given it: lanes by center time, and the upload behind every link.

Owns that thousands of seals are read once, not for every request: verified links never change, so what was read stands
as long as their number does. Names nobody.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from sqlmodel import Session

from center.store import reviews
from center.tables import Upload
from domain.footage import Lane, lanes
from domain.seal import Seal, parse_seal

_KEPT = 16


@dataclass(frozen=True, slots=True)
class Reel:
    """``uploads`` by the seal of the link. Read only."""

    lanes: tuple[Lane, ...]
    uploads: dict[Seal, Upload]

    def lane(self, track: str) -> Lane | None:
        """The lane of a track."""
        return next((lane for lane in self.lanes if lane.track.value == track), None)


class Reels:
    """The last few sessions that somebody looked at. Safe to share between threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: OrderedDict[str, tuple[tuple[int, int, int], Reel]] = OrderedDict()

    def of(self, db: Session, session: str) -> Reel:
        """The reel of a session, as it stands now."""
        standing = reviews.standing(db, session)
        with self._guard:
            held = self._held.get(session)
            if held is not None and held[0] == standing:
                self._held.move_to_end(session)
                return held[1]
        rows = reviews.verified(db, session)
        uploads = {parse_seal(row.seal.encode()): row for row in rows}
        for row in rows:
            db.expunge(row)
        reel = Reel(lanes(uploads), uploads)
        with self._guard:
            self._held[session] = (standing, reel)
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return reel
