"""The recorder died, and nobody is logged in: syncd ends its orphan, seals what is whole, declares the rest, sends."""

import subprocess
import sys
from pathlib import Path

from domain.identity import LinkKind, Track
from domain.manifest import Ended, EndedBy
from domain.seal import GapReason
from host.centertime import CenterTime
from host.clock import SystemClock
from host.identity import new_id
from host.locks import sealing_lock
from host.machine import create_time, process_alive
from host.runrecord import RunRecord
from host.spool import Spool
from tests.support.footage import lay_run
from tests.support.syncing import Laptop
from tests.support.waiting import wait_until
from zhishi.stage import dying_with_parent

LINKS = 3  # init and two segments


def _orphan() -> subprocess.Popen[bytes]:
    """A process that outlives its recorder, as ffmpeg does after kill -9 of its parent (measured)."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    return subprocess.Popen(dying_with_parent(command), stdin=subprocess.DEVNULL)


def _half_a_run(laptop: Laptop, pid: int, created: float) -> Path:
    """Real segments nobody sealed, the last one torn in the middle of a fragment. The caller holds the lock."""
    spool = Spool(laptop.home.spool)
    run = new_id()
    folder = spool.new_run_dir(laptop.session, Track.CAMERA, run)
    start = CenterTime(laptop.home.center_time, SystemClock()).now()
    RunRecord(run, Track.CAMERA, start, pid, created, start.boot_ns, ("ffmpeg",)).save(folder)
    lay_run(folder, 6)
    newest = max(folder.glob("*.m4s"))
    newest.write_bytes(newest.read_bytes()[:-500])
    return folder


def test_what_a_dead_recorder_left_is_sealed_and_sent_at_once(laptop: Laptop) -> None:
    orphan = _orphan()
    with sealing_lock(Spool(laptop.home.spool), laptop.session, Track.CAMERA) as lock:
        wait_until(lock.take)
        created = create_time(orphan.pid)
        assert created is not None
        _half_a_run(laptop, orphan.pid, created)
    live = laptop.verified(LINKS)
    assert live.tracks["camera"].segments == LINKS - 1
    assert live.state == "open"
    assert not process_alive(orphan.pid, created)
    orphan.wait(10)


def test_a_living_recorder_keeps_its_files(laptop: Laptop) -> None:
    spool = Spool(laptop.home.spool)
    with sealing_lock(spool, laptop.session, Track.CAMERA) as lock:
        wait_until(lock.take)
        folder = _half_a_run(laptop, 2**22 - 1, 0.0)
        assert laptop.daemon is not None
        case = laptop.daemon._cases.get(laptop.session)
        assert case is not None
        with case.turn:
            laptop.daemon._keeper.step(case)
        assert not list(folder.glob("*.seal.json"))
    laptop.verified(LINKS)


def test_the_missing_end_is_declared_when_the_session_closes(laptop: Laptop) -> None:
    with sealing_lock(Spool(laptop.home.spool), laptop.session, Track.CAMERA) as lock:
        wait_until(lock.take)
        _half_a_run(laptop, 2**22 - 1, 0.0)
    laptop.verified(LINKS)
    started = SystemClock().boot_ns()
    wait_until(lambda: SystemClock().boot_ns() - started > 8_000_000_000, what="more time than the run has footage")
    assert laptop.daemon is not None
    laptop.daemon.close(laptop.session)
    done = laptop.confirmed()
    assert done.tracks["camera"].gaps == 1
    scan = Spool(laptop.home.spool).read_seals(laptop.session, Track.CAMERA)
    assert scan.seals[-1].kind is LinkKind.GAP
    assert scan.seals[-1].reason is GapReason.STOPPED


def test_a_file_that_cannot_be_read_at_the_end_is_waited_for_before_the_session_is_closed(laptop: Laptop) -> None:
    """Held by a scanner, on a stick that was pulled out: once the manifest is written it would never be sent."""
    with sealing_lock(Spool(laptop.home.spool), laptop.session, Track.CAMERA) as lock:
        wait_until(lock.take)
        folder = _half_a_run(laptop, 2**22 - 1, 0.0)
        path = folder / "000000.m4s"
        away = path.with_name("elsewhere")
        path.rename(away)
        path.symlink_to("/dev/disk-that-is-gone")
        assert laptop.daemon is not None
        now = CenterTime(laptop.home.center_time, SystemClock()).now()
        Spool(laptop.home.spool).save_ended(laptop.session, Ended(EndedBy.ORDER, now.center_ms, now.center_est))
    wait_until(lambda: str(path) in laptop.trouble("spool_unreadable"), 20, "the file is named")
    assert laptop.here().state == "ended"
    away.replace(path)
    assert laptop.confirmed().tracks["camera"].segments == LINKS - 1
