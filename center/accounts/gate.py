"""The door of every staff route: who is it, may they, and is it their own page that asks."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Cookie, Header

from center.accounts import signing
from center.accounts.roles import Right
from center.accounts.signing import Staff
from center.store.database import Database
from domain.errors import SignedOut
from domain.wire.staff import COOKIE, CSRF_HEADER

Token = Annotated[str | None, Cookie(alias=COOKIE)]
Csrf = Annotated[str, Header(alias=CSRF_HEADER)]


class Gate:
    """Asks the database for every request: a closed account or an ended sign-in counts at once."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    async def signed_in(self, token: str | None, right: Right | None) -> Staff:
        """Raises SignedOut, NotAllowed."""
        now = self._now_ms()
        if not token:
            raise SignedOut
        found = await self._database.aread(lambda db: signing.who(db, token, now))
        if right is not None:
            found.may(right)
        if found.stale:
            await self._database.awrite(lambda db: signing.seen(db, found, now))
        return found

    async def acting(self, token: str | None, csrf: str, right: Right | None) -> Staff:
        """For what changes something. Raises SignedOut, NotAllowed."""
        found = await self.signed_in(token, right)
        signing.check_csrf(token or "", csrf)
        return found
