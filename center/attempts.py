"""Who tried too often: tries at secrets, counted in the database.

There all workers of one center count together, and a restart forgets nobody. Of whoever tried only a SHA-256 is kept,
and no longer than it counts. What protects a process and no secret (the door, the pace) is ``center.limits``'s.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from center.failures import RETRY_AFTER, Refused
from center.store import attempts
from center.store.database import Database
from domain.errors import CenterBusy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` tries within ``within_ms``; ``name`` keeps those of different kinds apart."""

    name: str
    most: int
    within_ms: int
    what: str = "failed attempts"

    def key(self, who: str) -> str:
        """As the database knows ``who``."""
        return hashlib.sha256(f"{self.name}\n{who}".encode()).hexdigest()

    def wait_s(self, db: Session, who: str, now_ms: int) -> int:
        """0 when ``who`` may try, else the seconds until then."""
        count, oldest = attempts.since(db, self.key(who), now_ms - self.within_ms)
        return 0 if count < self.most else max(1, (oldest + self.within_ms - now_ms) // 1000 + 1)

    def refuse(self, wait_s: int) -> None:
        """Raises Refused (429 with Retry-After) unless there is nothing to wait for."""
        if wait_s:
            raise Refused(CenterBusy(f"too many {self.what} from this address"), 429, {RETRY_AFTER: str(wait_s)})


class Attempts:
    """Counts failed attempts (or what else is told to ``note``) in a sliding stretch of time.

    Only failures count: a whole exam site behind one address enrols in the same minute.
    """

    def __init__(self, database: Database, limit: Limit) -> None:
        self._database = database
        self._limit = limit

    async def check(self, who: str, now_ms: int) -> None:
        """Raises Refused (429 with Retry-After) when ``who`` failed too often."""
        self._limit.refuse(await self._database.aread(lambda db: self._limit.wait_s(db, who, now_ms)))

    async def note(self, who: str, now_ms: int) -> None:
        """One more failure of ``who``."""
        await self._database.awrite(lambda db: attempts.add(db, self._limit.key(who), now_ms))


class LoginAttempts:
    """Failed logins: few for one person from one address, more for one person from anywhere, and many for one address,
    because a whole exam site may sit behind it. Others who guess cannot lock a person out: with support's leave to log
    in by hand only this address counts.
    """

    def __init__(self, database: Database, name: str, most: int, anywhere: int, address: int, within_s: int) -> None:
        within_ms = within_s * 1000
        self._database = database
        self._pair = Limit(f"{name} pair", most, within_ms)
        self._anywhere = Limit(f"{name} anywhere", anywhere, within_ms)
        self._address = Attempts(database, Limit(f"{name} address", address, within_ms))

    async def trying(
        self,
        whose: str,
        address: str,
        now_ms: int,
        failure: type[Exception],
        work: Callable[[], Awaitable[T]],
        *,
        with_leave: bool = False,
    ) -> T:
        """Do ``work``, one try at a person's secret; it counts when ``failure`` comes of it.

        It is counted before it is tried, so that many at once are no more than many in a row. (Not for the address:
        a site that logs in at the same second would be sent away.) Raises Refused (429 with Retry-After) and what
        ``work`` raises.
        """
        await self._address.check(address, now_ms)
        asked = [(self._pair, f"{whose}\n{address}"), (self._anywhere, whose)]
        taken = await self._take(asked, 1 if with_leave else 2, now_ms)
        try:
            done = await work()
        except failure:
            await self._address.note(address, now_ms)
            raise
        except BaseException:
            await self._give_back(taken)
            raise
        await self._give_back(taken)
        return done

    async def _take(self, asked: list[tuple[Limit, str]], checked: int, now_ms: int) -> list[int]:
        """Count them all where the first ``checked`` allow it; raises Refused."""

        def take(db: Session) -> tuple[list[int], list[int]]:
            waits = [limit.wait_s(db, who, now_ms) for limit, who in asked[:checked]]
            ids = [] if any(waits) else [attempts.add(db, limit.key(who), now_ms) for limit, who in asked]
            return waits, ids

        waits, ids = await self._database.awrite(take)
        for (limit, _), wait in zip(asked, waits, strict=False):
            limit.refuse(wait)
        return ids

    async def _give_back(self, ids: list[int]) -> None:
        await self._database.awrite(lambda db: attempts.remove(db, ids))
