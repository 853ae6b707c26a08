"""Face work off the event loop. Owns one thread and its bounded queue; decides nothing about faces."""

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import TypeVar

from center.faces.checker import FaceChecker
from center.faces.observation import Observation, PhotoReport, Template
from domain.errors import CenterBusy, ServiceError

T = TypeVar("T")

_RETRY_S = 2.0


class FaceDesk:
    """One picture at a time; who would have to wait behind more than ``waiting`` others is told to come back.

    Belongs to one event loop. A request given up while it waits leaves the queue.
    """

    def __init__(self, checker: FaceChecker, waiting: int = 32) -> None:
        self.settings = checker.settings
        self._checker = checker
        self._waiting = waiting
        self._inside = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faces")

    async def observe(self, frame: bytes, template: Template) -> Observation:
        """As FaceChecker.observe; raises CenterBusy too."""
        return await self._run(lambda: self._checker.observe(frame, template))

    async def check_photo(self, photo: bytes) -> PhotoReport:
        """As FaceChecker.check_photo; raises CenterBusy too."""
        return await self._run(lambda: self._checker.check_photo(photo))

    def look_at(self, photo: bytes) -> PhotoReport:
        """As FaceChecker.check_photo, from another thread: whoever looks at many photos waits for each, so logins go
        between. Raises ServiceError once the desk is closed.
        """
        try:
            return self._thread.submit(self._checker.check_photo, photo).result()
        except (RuntimeError, CancelledError) as why:
            raise ServiceError("the center stops") from why

    async def register(self, photo: bytes) -> Template:
        """As FaceChecker.register; raises CenterBusy too."""
        return await self._run(lambda: self._checker.register(photo))

    def close(self) -> None:
        """Waits for the picture in work; what still waits is given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._inside > self._waiting:
            raise CenterBusy("too many pictures wait to be looked at", _RETRY_S)
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._inside -= 1
