"""Sealing while recording, over real footage: truncated, cut back, refused by the disk, chain damaged."""

import shutil
from pathlib import Path

import pytest

from domain.chain import follow
from domain.errors import ChainBroken, DiskFull
from domain.identity import LinkKind, Track
from domain.seal import GapReason, Seal
from host.centertime import CenterTime
from host.durable import write_bytes
from host.identity import new_id
from host.paths import Home
from host.runrecord import RunRecord
from host.spool import SEAL_SUFFIX, Spool, segment_files
from recorder.sealwatch import SealWatch
from recorder.segmentlist import SegmentList
from tests.support.clocks import HandClock
from tests.support.footage import lay_run
from tests.support.recording import make_session

NS = 1_000_000


class Place:
    def __init__(self, root: Path) -> None:
        home = Home(root)
        self.record = make_session(home)
        self.spool = Spool(home.spool)
        self.clock = HandClock()
        self.center_time = CenterTime(home.center_time, self.clock)
        self.watch = self.open()

    def open(self) -> SealWatch:
        made = self.record
        return SealWatch(self.spool, made.session, made.device, Track.SCREEN, self.center_time)

    def run(self, seconds: int = 6) -> tuple[RunRecord, Path]:
        """A run whose media time 0 is now."""
        run = new_id()
        folder = lay_run(self.spool.new_run_dir(self.record.session, Track.SCREEN, run), seconds)
        now = self.center_time.now()
        made = RunRecord(run, Track.SCREEN, now, 2**22 - 1, 0.0, now.boot_ns, ())  # of nobody
        made.save(folder)
        self.watch.begin(made)
        self.clock.pass_ms(seconds * 1000)
        return made, folder

    def seals(self) -> tuple[Seal, ...]:
        found = self.spool.read_seals(self.record.session, Track.SCREEN).seals
        follow(found, self.record.session, self.record.device, Track.SCREEN)
        return found

    def kinds(self) -> list[LinkKind]:
        return [seal.kind for seal in self.seals()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_listed_segments_are_sealed_in_order(place: Place) -> None:
    record, folder = place.run()
    for one in SegmentList(folder).new_lines():
        place.watch.add(record, one.index, one.path)
    assert place.watch.work() == 3
    assert place.kinds() == [LinkKind.INIT, *[LinkKind.SEGMENT] * 2]
    assert place.watch.sums.media_ms == pytest.approx(6000, abs=150)


def test_the_list_is_followed_line_by_line(place: Place) -> None:
    _, folder = place.run()
    whole = (folder / "segments.csv").read_bytes()
    (folder / "segments.csv").write_bytes(whole[: len(whole) - 4])
    following = SegmentList(folder)
    assert [one.index for one in following.new_lines()] == [0]
    assert following.open_segment() == folder / "000001.m4s"
    (folder / "segments.csv").write_bytes(whole)
    assert [one.index for one in following.new_lines()] == [1]
    assert following.open_segment() is None


def test_truncated_segment_is_sealed_up_to_its_last_whole_fragment(place: Place) -> None:
    record, folder = place.run()
    last = segment_files(folder)[-1][1]
    with last.open("r+b") as file:
        file.truncate(last.stat().st_size - 5000)
    place.watch.finish(record, None, GapReason.FFMPEG_DIED)
    assert len(place.kinds()) == 3
    assert 1000 <= place.seals()[-1].duration_ms <= 1700
    assert last.with_name(last.name + ".cut").exists()


def test_what_is_beyond_the_limit_is_set_aside_and_declared(place: Place) -> None:
    record, folder = place.run()
    place.watch.finish(record, 2600, GapReason.CLOCK_STEPPED)
    assert place.watch.sums.media_ms in range(2400, 2621)
    assert (folder / "000000.m4s.cut").exists()  # its tail
    assert (folder / "000001.m4s.cut").exists()  # all of it
    assert [index for index, _ in segment_files(folder)] == [0]
    again, _ = place.run()
    place.watch.finish(again, None, GapReason.FFMPEG_DIED)
    (gap,) = [seal for seal in place.seals() if seal.kind is LinkKind.GAP]
    assert gap.reason is GapReason.CLOCK_STEPPED
    assert gap.duration_ms + place.watch.sums.media_ms == pytest.approx(12_000, abs=100)


def test_a_refusing_disk_loses_no_order(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """While seals cannot be written footage waits; afterwards everything is sealed, oldest first."""
    record, _ = place.run()
    folder = place.spool.track_dir(place.record.session, Track.SCREEN)

    def refuse(*args: object, **kwargs: object) -> None:
        raise DiskFull("test disk")

    with monkeypatch.context() as full:
        full.setattr("host.chainwriter.write_bytes", refuse)
        place.watch.finish(record, None, GapReason.DISK_FULL)
        place.clock.pass_ms(3000)
        later, _ = place.run()
        place.watch.finish(later, None, GapReason.STOPPED)
        assert isinstance(place.watch.error, DiskFull)
        assert not list(folder.rglob(f"*{SEAL_SUFFIX}"))
    place.watch.work()
    assert place.watch.waiting == 0
    expected = [LinkKind.INIT, *[LinkKind.SEGMENT] * 2]
    assert place.kinds() == [*expected, LinkKind.GAP, *expected]
    assert place.seals()[3].reason is GapReason.DISK_FULL


def test_damaged_chain_is_said_and_footage_is_kept(place: Place) -> None:
    record, folder = place.run()
    place.watch.finish(record, None, GapReason.RECORDER_DIED)
    seal = folder / f"000001.m4s{SEAL_SUFFIX}"
    whole = seal.read_bytes()
    seal.write_bytes(whole[:-30])
    place.watch = place.open()
    assert isinstance(place.watch.error, ChainBroken)
    later, new_folder = place.run()
    place.watch.finish(later, None, GapReason.STOPPED)
    assert place.watch.waiting == 1
    assert len(segment_files(new_folder)) == 2
    seal.write_bytes(whole)
    place.watch.work()
    assert place.kinds().count(LinkKind.SEGMENT) == 4


def test_what_an_earlier_recorder_left_is_sealed_before_anything_new(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the disk refuses the older footage nothing newer is sealed: a gap over what lies here would be a lie."""
    left, _ = place.run()
    place.clock.pass_ms(3000)

    def refuse(path: Path, *args: object, **kwargs: object) -> None:
        if left.run in str(path):
            raise DiskFull("test disk")
        write_bytes(path, *args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as full:
        full.setattr("host.chainwriter.write_bytes", refuse)
        place.watch = place.open()
        newer, _ = place.run()
        place.watch.finish(newer, None, GapReason.STOPPED)
        assert isinstance(place.watch.error, DiskFull)
        assert place.kinds() == []
    place.watch.work()
    expected = [LinkKind.INIT, *[LinkKind.SEGMENT] * 2]
    assert place.kinds() == [*expected, LinkKind.GAP, *expected]
    assert place.seals()[3].duration_ms == pytest.approx(3000, abs=100)
    assert place.watch.waiting == 0
    assert place.watch.error is None


def test_a_run_without_a_whole_init_is_left_alone(place: Place) -> None:
    record, folder = place.run()
    (folder / "init.mp4").write_bytes(b"\x00\x00\x00\x18ftyp")
    place.watch.finish(record, None, GapReason.FFMPEG_DIED)
    assert place.watch.waiting == 0
    assert place.kinds() == []
    assert len(segment_files(folder)) == 2


def test_no_footage_at_all_is_declared(place: Place) -> None:
    since = place.center_time.now()
    record, folder = place.run()
    shutil.rmtree(folder)
    place.watch.declare_until(place.center_time.now(), GapReason.DEVICE_LOST, since)
    (gap,) = place.seals()
    assert (gap.kind, gap.reason, gap.duration_ms, gap.run) == (
        LinkKind.GAP, GapReason.NO_FOOTAGE, 6000, record.run)  # fmt: skip
