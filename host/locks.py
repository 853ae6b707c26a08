"""OS locks: they fall when their holder dies, however it dies.

One lock per (session, device) is the right to seal video tracks; the timeline has one of its own (contract "Who may
seal").
"""

from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from domain.identity import Track
from host.durable import PRIVATE_FILE, private_folder, translate
from host.spool import Spool


class OsLock:
    """One lock file; ``take`` never waits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path, timeout=0, mode=PRIVATE_FILE, thread_local=False)

    @property
    def held(self) -> bool:
        """This object holds it."""
        return self._lock.is_locked

    def take(self) -> bool:
        """Take it now; False when another process or object holds it. Raises StorageError."""
        private_folder(self.path.parent)
        with translate(self.path):
            try:
                self._lock.acquire()
            except Timeout:  # an OSError too, so it is met before the translation
                return False
        return True

    def release(self) -> None:
        """Let it go; nothing happens when it is not held."""
        if self._lock.is_locked:
            self._lock.release(force=True)

    def __enter__(self) -> "OsLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def sealing_lock(spool: Spool, session: str, track: Track) -> OsLock:
    """The right to seal ``track`` of this machine's device in ``session``: one lock for video, one for the timeline."""
    family = "timeline" if track is Track.TIMELINE else "video"
    return OsLock(spool.session_dir(session) / f"{family}.lock")
