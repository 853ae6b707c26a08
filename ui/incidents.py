"""The marks on the evidence strip: when the sealed timeline tells of an incident. Reads evidence; decides nothing."""

from pathlib import Path

from domain.errors import EvidenceError
from domain.identity import Track
from domain.notes import is_incident
from host.durable import read_bytes
from host.spool import Spool, seal_path, segment_files
from host.timeline import read_events


class Incidents:
    """Reads each sealed file once. Not safe to share between threads."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._session = ""
        self._read: dict[Path, list[int]] = {}

    def marks(self, session: str) -> list[int]:
        """Moments in center time, in order. Raises StorageError when the spool cannot be read."""
        if session != self._session:
            self._session, self._read = session, {}
        for run in self._spool.runs(session, Track.TIMELINE):
            for _, path in segment_files(self._spool.run_dir(session, Track.TIMELINE, run)):
                if path not in self._read and seal_path(path).exists():
                    self._read[path] = _incidents(path)
        return sorted(moment for moments in self._read.values() for moment in moments)


def _incidents(path: Path) -> list[int]:
    try:
        events = read_events(read_bytes(path))
    except EvidenceError:
        return []  # a damaged file is syncd's to name
    return [event.at.center_ms for event in events if is_incident(event.kind, event.data)]
