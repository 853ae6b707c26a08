"""The chronicle of one interview: everything worth noting, durably, from the first page on.

Owns where a note goes: before this machine is a device of a session into a waiting file, afterwards into the session's
sealed timeline (``host.timeline``), which it holds open until the end. Wording is plain and accuses nobody.
"""

import threading
from typing import Any

from domain.errors import AlreadyRunning, BadInput, EvidenceError, StorageError, ZhishiError
from host.centertime import CenterTime
from host.durable import read_bytes, sync_fd, translate
from host.identity import new_id
from host.paths import Home
from host.spool import Spool
from host.timeline import Event, EventLog, read_events


class Chronicle:
    """Safe to share between threads. ``error`` is what keeps notes from the disk now; they wait in memory meanwhile."""

    def __init__(self, home: Home, spool: Spool, center_time: CenterTime) -> None:
        self._waiting_file = home.state / "timeline-waiting.jsonl"
        self._spool = spool
        self._time = center_time
        self._lock = threading.Lock()
        self._log: EventLog | None = None
        self._pending: list[Event] = []
        self._ended = False
        self.error: ZhishiError | None = None

    def note(self, kind: str, data: dict[str, Any] | None = None) -> Event:
        """Something happened now."""
        event = Event(new_id(), self._time.now(), kind, data or {})
        with self._lock:
            if not self._ended:
                self._pending.append(event)
                self._write_pending()
        return event

    def tend(self, session: str | None) -> None:
        """Once a second: open the session's timeline when there is one, seal what is a minute old."""
        with self._lock:
            if session is None or self._ended:
                self._write_pending()
                return
            try:
                if self._log is None:
                    self._open(session)
                if self._log is not None:
                    self._write_pending()
                    self._log.tick()
            except (StorageError, EvidenceError) as why:
                self.error = why

    def seal(self) -> None:
        """Send what there is soon: seal the open segment now."""
        with self._lock:
            if self._log is not None:
                try:
                    self._log.seal()
                except (StorageError, EvidenceError) as why:  # it stays on the disk; syncd finishes it after the end
                    self.error = why

    def end(self) -> None:
        """The session is over here: seal, and let syncd have the timeline for its manifest. Later notes stay out."""
        with self._lock:
            self._write_pending()
            self._ended = True
            self._close()

    def close(self) -> None:
        """The program ends."""
        with self._lock:
            self._write_pending()
            self._close()

    def begin_anew(self) -> None:
        """Another interview begins."""
        with self._lock:
            self._close()
            self._ended = False
            self._pending.clear()

    def _close(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            try:
                log.close()
            except (StorageError, EvidenceError) as why:  # the lines are on the disk; syncd seals them
                self.error = why

    def _open(self, session: str) -> None:
        log = EventLog(self._spool, self._spool.session(session), self._time)
        try:
            log.open()
        except AlreadyRunning:
            return  # syncd is finishing what the last window left; next second
        except BadInput:
            self._ended = True  # the session has ended here
            return
        if self._waiting_file.exists():
            for event in read_events(_whole(read_bytes(self._waiting_file))):
                log.write(event)
            with translate(self._waiting_file):
                self._waiting_file.unlink()
        self._log = log

    def _write_pending(self) -> None:
        try:
            while self._pending:
                event = self._pending[0]
                if self._log is not None:
                    self._log.write(event)
                else:
                    self._append_waiting(event)
                del self._pending[0]
            self.error = None
        except (StorageError, EvidenceError) as why:
            self.error = why

    def _append_waiting(self, event: Event) -> None:
        with translate(self._waiting_file), self._waiting_file.open("ab") as file:
            file.write(event.line())
            file.flush()
            sync_fd(file.fileno())


def _whole(raw: bytes) -> bytes:
    """``raw`` up to its last line end."""
    return raw[: raw.rfind(b"\n") + 1]
