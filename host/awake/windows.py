"""Windows: SetThreadExecutionState, held by a thread that lives as long as the hold.

The state belongs to the calling thread and falls with it, so it is never set from a thread of a pool.
"""

import sys
import threading

from domain.errors import SleepNotPrevented

_CONTINUOUS = 0x80000000
_SYSTEM_REQUIRED = 0x00000001
_DISPLAY_REQUIRED = 0x00000002


class ExecutionState:
    """Blocks idle sleep and the display's; a closed lid or the power button sleeps all the same."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def held(self) -> bool:
        """The thread that holds it lives."""
        return self._thread is not None and self._thread.is_alive()

    def take(self) -> None:
        """Raises SleepNotPrevented when the system refuses."""
        if self.held:
            return
        self._over = threading.Event()
        answered = threading.Event()
        refused: list[bool] = []
        self._thread = threading.Thread(
            target=self._hold, args=(self._over, answered, refused), name="awake", daemon=True
        )
        self._thread.start()
        answered.wait()
        if refused:
            raise SleepNotPrevented("SetThreadExecutionState")

    def release(self) -> None:
        """End the thread."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    @staticmethod
    def _hold(over: threading.Event, answered: threading.Event, refused: list[bool]) -> None:
        done = _set(_CONTINUOUS | _SYSTEM_REQUIRED | _DISPLAY_REQUIRED)
        if not done:
            refused.append(True)
        answered.set()
        if done:
            over.wait()
            _set(_CONTINUOUS)


def _set(state: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.SetThreadExecutionState(state))
    return False
