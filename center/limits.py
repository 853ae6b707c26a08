"""Who is told to come back later: the door for request bodies, and addresses that guess.

Counts live in this process; with several workers each keeps its own.
"""

import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from center.failures import RETRY_AFTER, Refused
from domain.errors import CenterBusy

_ADDRESSES = 10_000
_HOLDERS = 100_000


class Door:
    """Bounds how many request bodies are taken at once. Who is inside is never thrown out."""

    def __init__(self, places: int, random_source: random.Random) -> None:
        self._places = places
        self._random = random_source
        self.inside = 0

    @contextmanager
    def enter(self, *, evidence: bool = True) -> Iterator[None]:
        """Raises Refused (503 with a jittered Retry-After, so that not all come back in one second).

        What is no evidence is let in only while half of the places are free.
        """
        if self.inside >= (self._places if evidence else self._places // 2):
            wait = str(self._random.randint(2, 10))
            raise Refused(CenterBusy("all places for uploads are taken"), 503, {RETRY_AFTER: wait})
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


class Pace:
    """How many requests one holder of a token may make in a minute; beyond it, come back later."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._minute = 0
        self._asked: dict[str, int] = {}

    def count(self, holder: str, now_ms: int) -> None:
        """One more; raises Refused (429 with Retry-After)."""
        minute = now_ms // 60_000
        if minute != self._minute:
            self._minute = minute
            self._asked.clear()
        elif len(self._asked) >= _HOLDERS:
            self._asked.clear()  # somebody makes up tokens: forget the counts rather than grow
        asked = self._asked.get(holder, 0) + 1
        self._asked[holder] = asked
        if asked > self._most:
            wait = str(60 - now_ms % 60_000 // 1000)
            raise Refused(CenterBusy("too many requests in one minute"), 429, {RETRY_AFTER: wait})


class Failures:
    """Counts failed attempts (or ``what`` else is told to ``note``) by address in a sliding stretch of time.

    Only failures count: a whole exam site behind one address enrols in the same minute.
    """

    def __init__(self, most: int, within_s: int, what: str = "failed attempts") -> None:
        self._most = most
        self._within_ms = within_s * 1000
        self._what = what
        self._failed: dict[str, deque[int]] = {}

    def check(self, address: str, now_ms: int) -> None:
        """Raises Refused (429 with Retry-After) when ``address`` failed too often."""
        times = self._recent(address, now_ms)
        if len(times) >= self._most:
            wait = max(1, (times[0] + self._within_ms - now_ms) // 1000 + 1)
            raise Refused(CenterBusy(f"too many {self._what} from this address"), 429, {RETRY_AFTER: str(wait)})

    def note(self, address: str, now_ms: int) -> None:
        """One more failure of ``address``."""
        if len(self._failed) >= _ADDRESSES:
            for stale in [name for name in self._failed if not self._recent(name, now_ms)]:
                del self._failed[stale]
            if len(self._failed) >= _ADDRESSES:
                del self._failed[next(iter(self._failed))]
        self._failed.setdefault(address, deque()).append(now_ms)

    def _recent(self, address: str, now_ms: int) -> deque[int]:
        times = self._failed.get(address, deque())
        while times and times[0] <= now_ms - self._within_ms:
            times.popleft()
        return times


class LoginFailures:
    """Failed logins: few for one candidate from one address, more for one candidate from anywhere, and many for one
    address, because a whole exam site may sit behind it. Others who guess cannot lock a candidate out: with support's
    leave to log in by hand only this address counts.
    """

    def __init__(self, most: int, anywhere: int, address: int, within_s: int) -> None:
        self._pair = Failures(most, within_s)
        self._anywhere = Failures(anywhere, within_s)
        self._address = Failures(address, within_s)

    def check(self, whose: str, address: str, now_ms: int, *, with_leave: bool) -> None:
        """Raises Refused (429 with Retry-After)."""
        self._pair.check(f"{whose}\n{address}", now_ms)
        if not with_leave:
            self._anywhere.check(whose, now_ms)
        self._address.check(address, now_ms)

    def note(self, whose: str, address: str, now_ms: int) -> None:
        """One more failure."""
        self._pair.note(f"{whose}\n{address}", now_ms)
        self._anywhere.note(whose, now_ms)
        self._address.note(address, now_ms)


def address_of(request: Request) -> str:
    """Whose attempts are counted."""
    return request.client.host if request.client else "?"
