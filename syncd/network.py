"""Hearing of a change of the local network, and of waking from sleep, within two seconds.

Owns one thread: told by the system where it tells, looking every second elsewhere. What a change means is decided by
``judge``, which is pure. A far outage shows nothing here: the prober of ``syncd.sites`` finds those.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import ZhishiError
from host.clock import Clock
from host.logs import facts
from host.routes import WayEvents, Ways, read_ways

_SLEPT_S = 1.0  # the boot clock ran on while the monotonic one stood: the machine slept
_LATE_S = 10.0  # where both run through a sleep (Windows), a look that comes this late means the same
_FEW = 5
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """``gained``: a way out appeared. ``lost``: addresses that are gone: what was connected from them is dead.

    ``broken``: everything connected so far is to be mistrusted (another way out, or the machine slept).
    """

    gained: bool
    lost: frozenset[str]
    broken: bool


def judge(before: Ways, after: Ways, slept: bool) -> Change | None:
    """What became of the network between two looks; None: nothing that matters."""
    addresses = {address for _, address in after.addresses}
    lost = frozenset(address for _, address in before.addresses if address not in addresses)
    gained = bool(after.addresses - before.addresses or after.routes - before.routes)
    outs_before, outs_after = _ways_out(before), _ways_out(after)
    broken = slept or bool(outs_before - outs_after)
    if not (gained or lost or broken):
        return None
    return Change(gained or slept, lost, broken)


def _ways_out(ways: Ways) -> frozenset[tuple[str, str, str]]:
    """Default routes (a tunnel's has no gateway), and others over a gateway: what goes far."""
    return frozenset(route for route in ways.routes if route[2].strip("0") or not route[1].strip("0/"))


class NetworkWatch:
    """``changed`` is called from its thread."""

    def __init__(
        self,
        clock: Clock,
        every_s: float,
        changed: Callable[[Change], None],
        failed: Callable[[str, Exception], None],
        ways: Callable[[], Ways] = read_ways,
        awake_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._clock = clock
        self._every_s = every_s
        self._changed = changed
        self._failed = failed
        self._ways = ways
        self._awake_ns = awake_ns
        self._events = WayEvents()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="network", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._events.wake()
        self._thread.join()
        self._events.close()

    def _serve(self) -> None:
        known = self._ways()
        looked = self._clocks()
        while True:
            told = self._events.wait(self._every_s)
            if self._stopping.is_set():
                return
            before, looked = looked, self._clocks()
            slept = _slept(before, looked, self._every_s)
            if not (told or slept or not self._events.told):
                continue
            try:
                found = self._ways()
                change = judge(known, found, slept)
                if change is not None:
                    log.info(
                        "the local network changed",
                        extra=facts(
                            gained=change.gained,
                            lost=sorted(change.lost)[:_FEW],
                            broken=change.broken,
                            slept=slept,
                            addresses=len(found.addresses),
                        ),
                    )
                    known = found
                    self._changed(change)
            except (ZhishiError, OSError) as why:
                self._failed("network", why)

    def _clocks(self) -> tuple[int, int]:
        return self._clock.boot_ns(), self._awake_ns()


def _slept(before: tuple[int, int], after: tuple[int, int], every_s: float) -> bool:
    boot_s, awake_s = (after[0] - before[0]) / 1e9, (after[1] - before[1]) / 1e9
    return boot_s - awake_s > _SLEPT_S or boot_s > every_s + _LATE_S
