"""A spool laid out by hand: real files, really sealed by ``host.chainwriter``, without a recorder."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from domain.identity import LinkKind, Track
from domain.seal import Seal
from host.centertime import CenterTime
from host.chainwriter import ChainWriter
from host.clock import SystemClock
from host.identity import new_id
from host.paths import Home
from host.runrecord import RunRecord
from host.spool import Spool

SEGMENT_MS = 5000
_NO_PROCESS = (2**22 + 1, -1.0)  # a pid no system gives, created at no time


def lay_chain(home: Home, session: str, device: str, files: Iterable[Path], track: Track = Track.CAMERA) -> list[Seal]:
    """Copy ``files`` into one run of ``track`` as its segments and seal them; syncd does not run meanwhile."""
    spool, center_time = Spool(home.spool), CenterTime(home.center_time, SystemClock())
    run = new_id()
    folder = spool.new_run_dir(session, track, run)
    started = center_time.now()
    pid, created = _NO_PROCESS
    RunRecord(run, track, started, pid, created, started.boot_ns, ()).save(folder)
    chain = ChainWriter(spool, session, device, track)
    seals = []
    for index, file in enumerate(files):
        path = folder / f"{index:06d}.m4s"
        shutil.copyfile(file, path)
        start = started.later(index * SEGMENT_MS)
        seals.append(chain.seal_file(LinkKind.SEGMENT, run, index, path, start=start, duration_ms=SEGMENT_MS))
    return seals
