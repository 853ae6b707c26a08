"""How much a rehearsal may send: anybody can begin one, so none may fill the disk. Real interviews are not counted.

Counts live in this process and begin with what the database knows, so a restart forgets nothing.
"""

from collections.abc import Awaitable, Callable

from domain.errors import TooLarge

_SESSIONS = 10_000


class Allowance:
    """``begun`` answers the bytes a session began to send, None for a real interview."""

    def __init__(self, most: int, begun: Callable[[str], Awaitable[int | None]]) -> None:
        self._most = most
        self._begun = begun
        self._taken: dict[str, int | None] = {}

    async def take(self, session: str, size: int) -> None:
        """``size`` bytes more of ``session``; raises TooLarge when that is too much for a rehearsal."""
        if session not in self._taken:
            if len(self._taken) >= _SESSIONS:
                self._taken.clear()
            self._taken[session] = await self._begun(session)
        taken = self._taken[session]
        if taken is None:
            return
        if taken + size > self._most:
            raise TooLarge(f"a rehearsal may send {self._most} bytes")
        self._taken[session] = taken + size
