"""What to do after a failed attempt: a pure policy, and tenacity to carry it out.

| what came back | step | wait |
|---|---|---|
| no path, stalled line, captive portal, not the center | send again (HEAD first) | back-off |
| 401, 403 | a new token | none at first, then back-off |
| 404, 410 | create again | none at first, then back-off |
| 409 with another offset | HEAD, adopt the offset | none at first, then back-off |
| 423 | HEAD, never restart | 1 to 3 s |
| 429, 503 | send again | Retry-After and up to half as much again |
| 460, quarantined | create again | back-off |
| 5xx | send again | back-off |
| the local file cannot be read now | send again | 2 s and back-off |
| 409 identity_conflict, 413, other 4xx, damaged file | blocked until a person acts | – |

Back-off has full jitter (uniform between nothing and the cap of the attempt): many laptops that failed together never
come back together.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import tenacity

from domain.errors import (
    CaptivePortal,
    CenterBusy,
    CenterSilent,
    CenterUnknown,
    CenterUnreachable,
    HashMismatch,
    OffsetConflict,
    ProxyFailed,
    StorageError,
    TokenRefused,
    UploadGone,
    UploadLocked,
    ZhishiError,
)

FIRST_S = 0.5
MOST_S = 60.0
BUSY_S = 5.0  # 503 without Retry-After
HERE_S = 2.0  # shorter waits are sat out by the worker; longer ones go into the queue with a due time
NETWORK: tuple[type[ZhishiError], ...] = (CenterUnreachable, CenterSilent, CaptivePortal, ProxyFailed, CenterUnknown)
NETWORK_CODES = tuple(kind.code for kind in NETWORK)
T = TypeVar("T")


class Step(StrEnum):
    """What the next attempt begins with."""

    SEND = "send"  # HEAD when the upload exists, else create
    RENEW = "renew"  # a new token first
    CREATE = "create"  # forget the old upload
    BLOCK = "block"  # no next attempt by itself


@dataclass(frozen=True, slots=True)
class Decision:
    """``step`` after ``least_s`` seconds plus a random share of ``spread_s``.

    ``whole_center``: the center asked for it, so nothing else is sent there meanwhile.
    """

    step: Step
    least_s: float = 0.0
    spread_s: float = 0.0
    whole_center: bool = False

    def wait_s(self, share: float) -> float:
        """Seconds to wait, for a random ``share`` in [0, 1]."""
        return self.least_s + share * self.spread_s


def backoff_cap_s(failures: int) -> float:
    """The longest wait after ``failures`` failures in a row (1 is the first)."""
    return min(MOST_S, FIRST_S * 2.0 ** min(max(failures, 1) - 1, 16))


def decide(error: ZhishiError, failures: int) -> Decision:
    """What to do after ``error``, the ``failures``-th failure in a row (1 is the first)."""
    cap = backoff_cap_s(failures)
    at_once_first = 0.0 if failures <= 1 else cap
    if isinstance(error, CenterBusy):
        least = BUSY_S if error.retry_after_s is None else error.retry_after_s
        return Decision(Step.SEND, least, max(1.0, least / 2), whole_center=True)
    if isinstance(error, UploadLocked):
        return Decision(Step.SEND, 1.0, max(2.0, cap if failures > 5 else 0.0))
    if isinstance(error, TokenRefused):
        return Decision(Step.RENEW, 0.0, at_once_first)
    if isinstance(error, UploadGone):
        return Decision(Step.CREATE, 0.0, at_once_first)
    if isinstance(error, OffsetConflict):
        return Decision(Step.SEND, 0.0, at_once_first)
    if isinstance(error, HashMismatch):
        return Decision(Step.CREATE, 0.0, cap)
    if isinstance(error, NETWORK):
        return Decision(Step.SEND, 0.0, cap)
    if isinstance(error, StorageError):
        return Decision(Step.SEND, HERE_S, cap)
    if not error.retryable:
        return Decision(Step.BLOCK)
    return Decision(Step.SEND, 0.0, cap)


class Course:
    """One upload's way through the policy while a worker holds it.

    After ``run`` raised: ``decision``, ``wait_s`` and ``failures`` tell what the queue is to remember.
    """

    def __init__(self, failures: int, chance: random.Random, stop: threading.Event) -> None:
        self.failures = failures
        self.decision = Decision(Step.SEND)
        self.wait_s = 0.0
        self._chance = chance
        self._stop = stop

    def progressed(self) -> None:
        """Bytes were acknowledged: failures before no longer count."""
        self.failures = 0

    def run(self, attempt: Callable[[Step], T]) -> T:
        """Call ``attempt(step)`` until it returns, or until the policy says block or wait longer than ``HERE_S``.

        Raises the last error then.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._consider),
            stop=lambda _state: self.decision.step is Step.BLOCK or self.wait_s > HERE_S or self._stop.is_set(),
            wait=lambda _state: self.wait_s,
            sleep=lambda seconds: (self._stop.wait(seconds), None)[1],
            reraise=True,
        )
        return retrying(lambda: attempt(self.decision.step))

    def _consider(self, error: BaseException) -> bool:
        if not isinstance(error, ZhishiError):
            return False
        self.failures += 1
        self.decision = decide(error, self.failures)
        self.wait_s = self.decision.wait_s(self._chance.random())
        return not isinstance(error, NETWORK)
