"""Where a machine cannot be kept awake: says so whenever it is asked to."""

from domain.errors import SleepNotPrevented


class NoInhibitor:
    """Never holds."""

    held = False

    def __init__(self, system: str) -> None:
        self._system = system

    def take(self) -> None:
        """Raises SleepNotPrevented."""
        raise SleepNotPrevented(f"no way is known on {self._system}")

    def release(self) -> None:
        """Nothing was held."""
