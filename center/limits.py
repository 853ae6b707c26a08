"""Who is told to come back later: the door for request bodies, and the pace of requests.

Counts live in this process, because they protect this process: with several workers each has a door and a pace of its
own. Tries at secrets are counted together, in the database: ``center.attempts``.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from center.failures import RETRY_AFTER, Refused
from domain.errors import CenterBusy

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


def address_of(request: Request) -> str:
    """Whose attempts are counted."""
    return request.client.host if request.client else "?"
