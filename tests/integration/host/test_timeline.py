"""The timeline track: sealed like footage, salvaged after a kill, closed by syncd's rule; nothing after the end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from domain.chain import follow
from domain.errors import AlreadyRunning, BadInput
from domain.identity import Track
from domain.manifest import Ended, EndedBy
from host.centertime import CenterTime
from host.identity import new_id
from host.paths import Home
from host.spool import SessionRecord, Spool
from host.timeline import SEGMENT_MS, Event, EventLog, read_events, salvage_timeline
from tests.support.clocks import HandClock
from tests.support.recording import make_session
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]


def _place(tmp_path: Path) -> tuple[Spool, SessionRecord, CenterTime, HandClock]:
    home, clock = Home(tmp_path), HandClock()
    record = make_session(home)
    return Spool(home.spool), record, CenterTime(home.center_time, clock), clock


def _event(time: CenterTime, kind: str) -> Event:
    return Event(new_id(), time.now(), kind, {"text": "换行\n与 🙂"})


def _kinds(spool: Spool, record: SessionRecord) -> list[str]:
    scan = spool.read_seals(record.session, Track.TIMELINE)
    follow(scan.seals, record.session, record.device, Track.TIMELINE)
    found = []
    for file in scan.files:
        assert file.evidence is not None
        found += [event.kind for event in read_events(file.evidence.read_bytes())]
    return found


def test_events_are_sealed_by_age_and_at_the_end(tmp_path: Path) -> None:
    spool, record, time, clock = _place(tmp_path)
    log = EventLog(spool, record, time)
    log.open()
    log.write(_event(time, "one"))
    clock.pass_ms(2_000)
    log.write(_event(time, "two"))
    log.tick()
    assert _kinds(spool, record) == []
    clock.pass_ms(SEGMENT_MS)
    log.tick()
    assert _kinds(spool, record) == ["one", "two"]
    assert spool.read_seals(record.session, Track.TIMELINE).seals[0].duration_ms == 2_000
    log.write(_event(time, "three"))
    log.close()
    assert _kinds(spool, record) == ["one", "two", "three"]


def test_only_one_writer(tmp_path: Path) -> None:
    spool, record, time, _ = _place(tmp_path)
    first, second = EventLog(spool, record, time), EventLog(spool, record, time)
    first.open()
    with pytest.raises(AlreadyRunning):
        second.open()
    first.close()
    second.open()
    second.close()


def test_after_the_end_nothing_is_sealed(tmp_path: Path) -> None:
    spool, record, time, _ = _place(tmp_path)
    log = EventLog(spool, record, time)
    log.open()
    log.write(_event(time, "before"))
    spool.save_ended(record.session, Ended(EndedBy.ORDER, 1, False))
    assert log.seal() is None
    log.close()
    with pytest.raises(BadInput):
        EventLog(spool, record, time).open()
    assert _kinds(spool, record) == []
    salvage_timeline(spool, record.session, record.device, time)  # syncd's, with the lock in hand, before the manifest
    assert _kinds(spool, record) == ["before"]


WRITER = """
import json, os, sys
from pathlib import Path
from host.centertime import CenterTime
from host.clock import SystemClock
from host.identity import new_id
from host.paths import Home
from host.spool import Spool
from host.timeline import Event, EventLog
home = Home(Path(sys.argv[1])); spool = Spool(home.spool); time = CenterTime(home.center_time, SystemClock())
log = EventLog(spool, spool.session(spool.sessions()[0]), time); log.open()
n = 0
while True:
    log.write(Event(new_id(), time.now(), "tick", {"n": n})); n += 1
    if n % 7 == 0: log.seal()
    print(n, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_wrote(tmp_path: Path) -> None:
    home = Home(tmp_path)
    record = make_session(home)
    spool = Spool(home.spool)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ}
    ) as child:
        assert child.stdout is not None
        written = 0
        while written < 25:
            written = int(child.stdout.readline())
        child.kill()
        rest = child.stdout.read().split()
        written = int(rest[-1]) if rest else written
    time = CenterTime(home.center_time, HandClock())
    run = spool.runs(record.session, Track.TIMELINE)[0]
    folder = spool.run_dir(record.session, Track.TIMELINE, run)
    torn = sorted(folder.glob("*.jsonl"))[-1]
    with torn.open("ab") as file:
        file.write(b'{"v":1,"id":"half of a li')
    log = EventLog(spool, record, time)
    wait_until(lambda: _opens(log), 10, "the dead writer's lock falls")
    log.close()
    kinds = _kinds(spool, record)
    assert len(kinds) >= written
    assert not [line for line in kinds if line != "tick"]


def _opens(log: EventLog) -> bool:
    try:
        log.open()
    except AlreadyRunning:
        return False
    return True


def test_a_torn_line_is_kept_beside_the_segment(tmp_path: Path) -> None:
    spool, record, time, _ = _place(tmp_path)
    folder = spool.new_run_dir(record.session, Track.TIMELINE, new_id())
    whole = _event(time, "whole").line()
    (folder / "000000.jsonl").write_bytes(whole + b'{"half')
    salvage_timeline(spool, record.session, record.device, time)
    assert _kinds(spool, record) == ["whole"]
    assert (folder / "000000.jsonl.cut").read_bytes() == b'{"half'
    assert json.loads((folder / "000000.jsonl").read_bytes())["kind"] == "whole"
    assert salvage_timeline(spool, record.session, record.device, time) == []
