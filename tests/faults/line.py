"""The way from the laptop to the center, and everything that can be wrong with it.

The laptop's namespace is this process's own; router and center have theirs. In front of the center, on its side of the
bad line, stands a proxy that resets, stalls and lies.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.support import namespaces
from tests.support.longpath import LongPath
from tests.support.namespaces import CENTER, inside
from zhishi.faultproxy import FaultProxy, Mode


@dataclass(slots=True)
class Line:
    """One line; ``heal`` makes it whole again."""

    router: int
    center: int
    gate: FaultProxy
    _far: ExitStack = field(default_factory=ExitStack)
    _cut: list[str] = field(default_factory=list)
    _throttled: bool = False

    @property
    def url(self) -> str:
        """Where the laptop finds the center."""
        return self.gate.url

    def lead_to(self, port: int) -> None:
        """The center listens at ``port`` of its own loopback now."""
        self.gate.target = ("127.0.0.1", port)

    def cut(self, kind: str) -> None:
        """See ``namespaces.cut``; an outage that lasts already goes on."""
        if not self._cut:
            namespaces.cut(kind, self.router)
            self._cut.append(kind)

    def join(self) -> None:
        """The outage ends."""
        while self._cut:
            namespaces.mend(self._cut.pop(), self.router)

    def throttle(self, bits_per_second: int | None) -> None:
        """See ``namespaces.throttle``."""
        if bits_per_second is not None or self._throttled:
            namespaces.throttle(self.router, bits_per_second)
        self._throttled = bits_per_second is not None

    def lose(self, per_mille: int) -> None:
        """See ``namespaces.lose``."""
        namespaces.lose(self.router, per_mille)

    def lengthen(self, delay_s: float) -> None:
        """So long each way; 0: no delay."""
        self._far.close()
        if delay_s > 0:
            self._far.enter_context(LongPath(self.router, delay_s))

    def heal(self) -> None:
        """Nothing is wrong any more."""
        self.join()
        self.throttle(None)
        self.lose(0)
        self.lengthen(0)
        self.gate.switch(Mode.PASS)


@contextmanager
def open_line() -> Iterator[Line]:
    """The namespaces, joined, and the proxy."""
    with namespaces.topology() as (router, center):
        gate = inside(center, lambda: FaultProxy(("127.0.0.1", 9), host=CENTER))
        with gate:
            line = Line(router, center, gate)
            try:
                yield line
            finally:
                line.heal()
