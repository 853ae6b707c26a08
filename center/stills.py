"""The last picture of a login that failed, for support who log in by hand: in memory only, while that login runs.

Owns how many and for how long. With several workers each keeps its own; a picture that is elsewhere is not shown.
"""

from dataclasses import dataclass

MOST = 64


@dataclass(frozen=True, slots=True)
class Still:
    """One picture (JPEG); nobody is shown it after ``until_ms``."""

    picture: bytes
    at_ms: int
    until_ms: int


class Stills:
    """By session; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[str, Still] = {}

    def keep(self, session: str, picture: bytes, now_ms: int, until_ms: int) -> None:
        """In the place of the one before."""
        self._kept.pop(session, None)
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[session] = Still(picture, now_ms, until_ms)

    def of(self, session: str, now_ms: int) -> Still | None:
        """The picture of a login that still runs."""
        found = self._kept.get(session)
        if found is not None and now_ms > found.until_ms:
            del self._kept[session]
            return None
        return found

    def forget(self, session: str) -> None:
        """The login is over."""
        self._kept.pop(session, None)
