"""Waiting for a condition with a deadline, instead of sleeping. Never measures performance."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float = 30.0, what: str = "", poll: float = 0.02) -> T:
    """Poll ``condition`` until it is true and return what it returned.

    Raises ``AssertionError`` after ``timeout`` seconds, telling ``what`` was awaited and the last value. A
    condition that raises ``AssertionError`` is not fulfilled yet; any other error is raised at once.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            last: object = condition()
            if last:
                return last  # type: ignore[return-value]
        except AssertionError as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(_reason(condition, timeout, what, last))
        time.sleep(poll)


def _reason(condition: Callable[[], object], timeout: float, what: str, last: object) -> str:
    name = what or getattr(condition, "__qualname__", repr(condition))
    return f"not within {timeout:g} s: {name} (last: {last!r})"
