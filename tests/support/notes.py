"""Reading the notes of an interview off the disk, sealed or not yet, and the real programs that are noted."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.chain import follow
from domain.identity import Track
from host.paths import Home
from host.spool import Spool, segment_files
from host.timeline import Event, read_events


def noted(home: Home) -> list[Event]:
    """Every note of the only session so far, in order, whole lines only."""
    spool = Spool(home.spool)
    found = []
    for session in spool.sessions():
        for run in spool.runs(session, Track.TIMELINE):
            for _, path in segment_files(spool.run_dir(session, Track.TIMELINE, run)):
                raw = path.read_bytes()
                found += read_events(raw[: raw.rfind(b"\n") + 1])
    return sorted(found, key=lambda event: event.at.center_ms)


def sealed(home: Home) -> list[Event]:
    """The notes of the only session that are sealed; its chain is followed first."""
    spool = Spool(home.spool)
    (session,) = spool.sessions()
    scan = spool.read_seals(session, Track.TIMELINE)
    follow(scan.seals, session, spool.session(session).device, Track.TIMELINE)
    found = []
    for file in scan.files:
        assert file.evidence is not None
        found += read_events(file.evidence.read_bytes())
    return found


@contextmanager
def program(folder: Path, name: str) -> Iterator[None]:
    """A process that goes by ``name`` runs meanwhile; it only sleeps."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    made = shutil.copy(sleep, folder / name)
    with subprocess.Popen([made, "600"]) as process:
        try:
            yield
        finally:
            process.kill()
