"""Hearing of a change of the local network, and of waking from sleep, within two seconds.

Owns one thread that looks at the addresses of this machine once a second. A far outage shows nothing here: the
prober of ``syncd.sites`` finds those.
"""

import threading
from collections.abc import Callable

from domain.errors import ZhishiError
from host.clock import Clock
from host.machine import network_addresses

_SLEPT_S = 5.0  # a look that comes this late means that the machine slept


class NetworkWatch:
    """``changed`` is called from its thread."""

    def __init__(
        self,
        clock: Clock,
        every_s: float,
        changed: Callable[[], None],
        failed: Callable[[str, Exception], None],
        addresses: Callable[[], frozenset[tuple[str, str]]] = network_addresses,
    ) -> None:
        self._clock = clock
        self._every_s = every_s
        self._changed = changed
        self._failed = failed
        self._addresses = addresses
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="network", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _serve(self) -> None:
        known = self._addresses()
        looked = self._clock.boot_ns()
        while not self._stop.wait(self._every_s):
            now = self._clock.boot_ns()
            slept = (now - looked) / 1e9 > self._every_s + _SLEPT_S
            looked = now
            try:
                found = self._addresses()
                if found != known or slept:
                    known = found
                    self._changed()
            except (ZhishiError, OSError) as why:
                self._failed("network", why)
