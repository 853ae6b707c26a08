"""Hearing of new seals at once (watchdog) and scanning for truth every now and then.

Owns the scanning thread. The system's notices are a hint for speed: what they miss, the next scan finds; when a scan
finds what no notice told of, scans come every second until notices are heard again.
"""

import queue
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from watchdog.events import DirCreatedEvent, FileMovedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from domain.errors import ZhishiError
from host.durable import private_folder
from host.spool import SEAL_SUFFIX
from syncd.scanner import Scanner

_AGAIN_S = 1.0  # a folder made a moment ago may have been filled before it was watched


class Watch(FileSystemEventHandler):
    """``found(new)`` is told after links were queued; ``changed`` when another file of a session was written."""

    def __init__(
        self,
        root: Path,
        scanner: Scanner,
        every_s: float,
        found: Callable[[int], None],
        changed: Callable[[], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._root = root / "sessions"
        self._scanner = scanner
        self._every_s = every_s
        self._found = found
        self._changed = changed
        self._failed = failed
        self._paths: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        self._stopping = False
        self._soon = 0.0
        self._heard = True
        self._observer = Observer()
        self._thread = threading.Thread(target=self._serve, name="scan", daemon=True)

    def start(self) -> None:
        """Begin with a whole scan."""
        private_folder(self._root)
        # A folder made while its parent is being walked is announced twice; watchdog replaces the one watch by its
        # equal and warns. Where warnings are errors that would end its reader.
        warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
        # Only renames (a seal appears by one) and new folders: ffmpeg's many writes must not wake this process.
        self._observer.schedule(self, str(self._root), recursive=True, event_filter=[FileMovedEvent, DirCreatedEvent])
        self._observer.start()
        self._thread.start()

    def scan_now(self) -> None:
        """Scan everything soon."""
        self._soon = 0.0
        self._paths.put(None)

    def stop(self) -> None:
        """End both threads."""
        self._stopping = True
        self._paths.put(None)
        self._thread.join()
        self._observer.stop()
        self._observer.join()

    def on_moved(self, event: FileSystemEvent) -> None:
        """Called by watchdog."""
        path = Path(str(event.dest_path))
        self._heard = True
        if path.name.endswith(SEAL_SUFFIX):
            self._paths.put(path)
        else:
            self._changed()

    def on_created(self, event: FileSystemEvent) -> None:
        """Called by watchdog for new folders."""
        self._soon = min(self._soon, time.monotonic() + _AGAIN_S)

    def _serve(self) -> None:
        while not self._stopping:
            try:
                path = self._paths.get(timeout=max(0.0, min(self._soon - time.monotonic(), _AGAIN_S)))
            except queue.Empty:
                path = None
            try:
                new = 0
                if path is not None:
                    new += self._scanner.take(path)
                elif time.monotonic() >= self._soon:
                    self._soon = time.monotonic() + self._every_s
                    heard, self._heard = self._heard, False
                    new += self._scanner.scan()
                    if new and not heard and not self._heard:
                        self._soon = time.monotonic() + _AGAIN_S
            except ZhishiError as why:
                self._failed("scan", why)
                continue
            except Exception as why:  # noqa: BLE001 -- the scanner's one; recorded and shown
                self._failed("scan", why)
                continue
            if new:
                self._found(new)
