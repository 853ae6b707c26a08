"""Reading fragments of real ffmpeg output, sealing them, and salvaging what a dead recorder left behind."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from domain.chain import TrackSummary, follow
from domain.errors import ChainBroken, DiskFull, SegmentTruncated, StorageError
from domain.identity import LinkKind, Track
from domain.seal import GapReason
from domain.wire.center import SessionFacts
from host.centertime import CenterTime
from host.chainwriter import ChainWriter
from host.clock import Moment, SystemClock
from host.durable import hash_file, sync_folder, write_bytes
from host.fragments import inspect, read_init
from host.identity import new_id
from host.machine import create_time, process_alive
from host.runrecord import RunRecord
from host.salvage import Salvaged, salvage_track
from host.sealing import CUT_SUFFIX, TrackSealer
from host.spool import SEAL_SUFFIX, SessionRecord, Spool, segment_files
from tests.support.clocks import HandClock
from tests.support.footage import lay_run


class Scene:
    """A spool with one session on hand-moved clocks."""

    def __init__(self, root: Path) -> None:
        self.clock = HandClock()
        self.center_time = CenterTime(root / "center-time.json", self.clock)
        self.center_time.learn(self.clock.wall_ms() + 1000, 10, self.clock.boot_ns())
        self.spool = Spool(root / "spool")
        self.session, self.device = new_id(), new_id()
        facts = SessionFacts(
            session=self.session, project="P", title="T", batch="1", number="1", practice=True,
            scheduled_end_ms=0, window_ms=1,
        )  # fmt: skip
        self.spool.save_session(SessionRecord(self.session, self.device, "http://127.0.0.1:1", facts))

    def new_run(self, *, seconds: int = 6, pid: int = 2**22 + 1, created: float = 0.0, zero: bool = True) -> RunRecord:
        started = self.center_time.now()
        record = RunRecord(
            new_id(), Track.CAMERA, started, pid, created, started.boot_ns if zero else None, ("ffmpeg",)
        )
        record.save(lay_run(self.spool.new_run_dir(self.session, Track.CAMERA, record.run), seconds))
        return record

    def files(self, record: RunRecord) -> list[Path]:
        return [path for _, path in segment_files(self.spool.run_dir(self.session, Track.CAMERA, record.run))]

    def salvage(self, until: Moment | None = None) -> Salvaged:
        return salvage_track(self.spool, self.session, self.device, Track.CAMERA, self.center_time, until=until)

    def summary(self) -> TrackSummary:
        scan = self.spool.read_seals(self.session, Track.CAMERA)
        assert not scan.damaged
        for file in scan.files:
            if file.evidence:
                assert hash_file(file.evidence) == (file.seal.sha256, file.seal.size)
        return follow(scan.seals, self.session, self.device, Track.CAMERA)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_fragments_tell_times_frames_and_whole_bytes(tmp_path: Path) -> None:
    run = lay_run(tmp_path)
    init = read_init(run / "init.mp4")
    assert sorted(info.handler for info in init.tracks.values()) == ["soun", "vide"]
    end = 0
    frames = 0
    for _, path in segment_files(run):
        facts = inspect(path, init)
        assert facts.whole
        assert abs(facts.start_ms - end) <= 1
        end = facts.end_ms
        frames += facts.frames
        assert len(facts.fragment_ends) >= 4
    assert abs(end - 6000) <= 100
    assert frames == 60


@pytest.mark.parametrize("cut", [1, 7, 8, 100, 5000])
def test_a_segment_cut_anywhere_keeps_its_whole_fragments(tmp_path: Path, cut: int) -> None:
    run = lay_run(tmp_path)
    init = read_init(run / "init.mp4")
    path = run / "000001.m4s"
    full = inspect(path, init)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) - cut])
    facts = inspect(path, init)
    assert not facts.whole
    assert facts.whole_bytes in [end[0] for end in full.fragment_ends]
    assert facts.whole_bytes <= len(raw) - cut
    path.write_bytes(raw[:100])
    assert inspect(path, init).whole_bytes == 0


def test_a_headless_or_foreign_init_is_named(tmp_path: Path) -> None:
    run = lay_run(tmp_path)
    raw = (run / "init.mp4").read_bytes()
    for broken in (b"", raw[: len(raw) // 2], b"not a movie at all"):
        (run / "init.mp4").write_bytes(broken)
        with pytest.raises(SegmentTruncated, match=r"init\.mp4"):
            read_init(run / "init.mp4")


def test_salvage_seals_everything_whole_and_keeps_what_it_cuts(scene: Scene) -> None:
    record = scene.new_run()
    last = scene.files(record)[-1]
    raw = last.read_bytes()
    last.write_bytes(raw[:-700])
    done = scene.salvage()
    assert [seal.kind for seal in done.links] == [LinkKind.INIT, *[LinkKind.SEGMENT] * len(scene.files(record))]
    assert last.read_bytes() + last.with_name(last.name + CUT_SUFFIX).read_bytes() == raw[:-700]
    summary = scene.summary()
    assert 5000 <= summary.duration_ms <= 5600
    assert scene.salvage().links == []
    assert scene.summary() == summary


def test_the_stretch_between_two_runs_is_a_gap_of_the_true_length(scene: Scene) -> None:
    scene.new_run()
    scene.clock.pass_ms(6000 + 4200)
    scene.new_run()
    scene.clock.pass_ms(6000 + 2500)
    done = scene.salvage(until=scene.center_time.now())
    gaps = [seal for seal in done.links if seal.kind is LinkKind.GAP]
    assert [gap.reason for gap in gaps] == [GapReason.RECORDER_DIED, GapReason.STOPPED]
    assert abs(gaps[0].duration_ms - 4200) <= 100
    assert abs(gaps[1].duration_ms - 2500) <= 100
    summary = scene.summary()
    assert abs(summary.duration_ms + summary.gap_ms - 18700) <= 5


def test_a_reboot_in_between_is_told_and_its_times_are_estimates(scene: Scene) -> None:
    scene.new_run()
    scene.clock.pass_ms(6000 + 30_000)
    scene.clock.reboot("boot-b")
    done = scene.salvage(until=scene.center_time.now())
    gap = done.links[-1]
    assert gap.reason is GapReason.STOPPED
    assert abs(gap.duration_ms - 30_000) <= 100
    assert gap.boot_id == "boot-a"
    assert not gap.center_est
    second = scene.new_run()
    assert second.started.center_est
    assert scene.salvage().links[0].center_est


def test_a_run_whose_media_zero_was_never_written_is_dated_by_its_last_write(scene: Scene) -> None:
    record = scene.new_run(zero=False)
    newest = scene.files(record)[-1]
    at = (scene.clock.wall_ms() + 1500 + 6000) / 1000
    os.utime(newest, (at, at))
    first = scene.salvage().links[1]
    assert abs(first.wall_ms - (record.started.wall_ms + 1500)) <= 100


def test_an_orphan_that_still_writes_is_ended_before_anything_is_sealed(scene: Scene) -> None:
    orphan = subprocess.Popen(["sleep", "600"])
    try:
        created = create_time(orphan.pid)
        assert created is not None
        scene.new_run(pid=orphan.pid, created=created)
        stranger = scene.new_run(pid=orphan.pid, created=created - 1000)
        assert stranger.pid == orphan.pid
        done = scene.salvage()
        assert done.ended_orphans == 1
        assert not process_alive(orphan.pid, created)
    finally:
        orphan.kill()
        orphan.wait()


def test_a_track_that_never_gave_a_picture_is_one_gap(scene: Scene) -> None:
    record = scene.new_run()
    for path in scene.files(record):
        path.unlink()
    scene.clock.pass_ms(9000)
    done = scene.salvage(until=scene.center_time.now())
    assert [(seal.kind, seal.reason, seal.duration_ms) for seal in done.links] == [
        (LinkKind.GAP, GapReason.NO_FOOTAGE, 9000)
    ]
    scene.summary()


def test_a_damaged_init_is_named_and_the_other_runs_are_saved(scene: Scene) -> None:
    broken = scene.new_run()
    init = scene.spool.run_dir(scene.session, Track.CAMERA, broken.run) / "init.mp4"
    init.write_bytes(init.read_bytes()[:50])
    scene.clock.pass_ms(8000)
    scene.new_run()
    done = scene.salvage()
    assert [path for path, _ in done.damaged] == [init]
    assert scene.summary().segments == len(scene.files(broken))
    assert scene.files(broken)


def test_a_disk_that_refuses_leaves_the_rest_for_later(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealing what came after would declare a gap over footage that lies here."""
    first = scene.new_run()
    scene.clock.pass_ms(8000)
    scene.new_run()
    scene.clock.pass_ms(6000)
    refused = scene.files(first)[1].name

    def refuse(path: Path, *args: object, **kwargs: object) -> None:
        if path.parent.name == first.run and path.name.startswith(refused):
            raise DiskFull("test disk")
        write_bytes(path, *args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as full:
        full.setattr("host.chainwriter.write_bytes", refuse)
        with pytest.raises(DiskFull):
            scene.salvage(until=scene.center_time.now())
    assert scene.summary().gaps == 0
    scene.salvage(until=scene.center_time.now())
    summary = scene.summary()
    assert (summary.segments, summary.gaps) == (4, 1)
    assert abs(summary.gap_ms - 2000) <= 100


def test_runs_are_salvaged_in_the_order_they_were_recorded_in(scene: Scene) -> None:
    """Names of runs sort by the wall clock, which somebody may have set back in between."""
    names = sorted(new_id() for _ in range(2))
    later = scene.new_run()
    scene.clock.pass_ms(8000)
    scene.clock.step_wall(-86_400_000)
    earlier_name = scene.new_run()
    for record, name in ((later, names[1]), (earlier_name, names[0])):
        folder = scene.spool.run_dir(scene.session, Track.CAMERA, record.run)
        replace(record, run=name).save(folder)
        folder.rename(folder.with_name(name))
    done = scene.salvage()
    gaps = [seal for seal in done.links if seal.kind is LinkKind.GAP]
    assert [seal.run for seal in done.links if seal.kind is LinkKind.INIT] == [names[1], names[0]]
    assert [abs(gap.duration_ms - 2000) <= 100 for gap in gaps] == [True]


@pytest.mark.parametrize("boots", [("boot-a", "boot-a"), ("boot-a", "boot-b")])
def test_footage_sealed_late_makes_no_gap_over_what_came_after_it(scene: Scene, boots: tuple[str, str]) -> None:
    """A file that could not be read for a while takes its place late; what is covered stays covered."""
    first = scene.new_run()
    hidden = scene.files(first)[1]
    hidden.rename(hidden.with_suffix(".kept"))
    scene.clock.pass_ms(8000)
    if boots[1] != boots[0]:
        scene.clock.reboot(boots[1])
    scene.new_run()
    scene.salvage()
    hidden.with_suffix(".kept").rename(hidden)
    scene.clock.pass_ms(6000 + 2500)
    done = scene.salvage(until=scene.center_time.now())
    assert [seal.kind for seal in done.links] == [LinkKind.SEGMENT, LinkKind.GAP]
    assert abs(done.links[-1].duration_ms - 2500) <= 100


def test_a_name_that_reached_the_disk_is_a_link_even_if_the_flush_failed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's flush comes after the seal has its name: whoever goes on must not take its number again."""
    record = scene.new_run()
    chain = ChainWriter(scene.spool, scene.session, scene.device, Track.CAMERA)
    sealer = TrackSealer(chain, scene.center_time)
    first, second = scene.files(record)

    def refuse(folder: Path) -> None:
        sync_folder(folder)
        if (folder / f"{first.name}{SEAL_SUFFIX}").exists():
            raise StorageError("test disk")

    with monkeypatch.context() as failing:
        failing.setattr("host.durable.sync_folder", refuse)
        with pytest.raises(StorageError):
            sealer.seal_segment(record, 0, first, GapReason.RECORDER_DIED)
    for index, path in ((0, first), (1, second)):
        sealer.seal_segment(record, index, path, GapReason.RECORDER_DIED)
    assert scene.summary().segments == 2


def test_salvage_keeps_to_the_limit_that_the_recorder_wrote_down(scene: Scene) -> None:
    record = scene.new_run()
    sealer = TrackSealer(ChainWriter(scene.spool, scene.session, scene.device, Track.CAMERA), scene.center_time)
    first, second = scene.files(record)
    ends = inspect(first, sealer.init_facts(record)).fragment_ends
    record.with_limit(ends[1][1]).save(sealer.run_dir(record))
    filling = second.read_bytes()
    links = scene.salvage().links
    assert [seal.kind for seal in links] == [LinkKind.INIT, LinkKind.SEGMENT]
    assert links[-1].size == ends[1][0]
    assert links[-1].duration_ms == ends[1][1]
    assert second.with_name(second.name + CUT_SUFFIX).read_bytes() == filling
    assert scene.salvage().links == []
    scene.clock.pass_ms(6000)
    scene.new_run()
    assert scene.salvage().links[0].kind is LinkKind.GAP
    scene.summary()


def test_nothing_is_appended_to_a_chain_with_a_damaged_seal(scene: Scene) -> None:
    scene.new_run()
    links = scene.salvage().links
    scan = scene.spool.read_seals(scene.session, Track.CAMERA)
    middle = scan.files[1].path
    raw = middle.read_bytes()
    for broken in (raw[:-20], b"", raw.replace(b'"v":1', b'"v":2')):
        middle.write_bytes(broken)
        damaged = scene.spool.read_seals(scene.session, Track.CAMERA).damaged
        assert [path for path, _ in damaged] == [middle]
        with pytest.raises(ChainBroken, match=middle.name):
            ChainWriter(scene.spool, scene.session, scene.device, Track.CAMERA)
    middle.unlink()
    with pytest.raises(ChainBroken, match="does not follow link 0"):
        ChainWriter(scene.spool, scene.session, scene.device, Track.CAMERA)
    middle.write_bytes(raw)
    assert ChainWriter(scene.spool, scene.session, scene.device, Track.CAMERA).links == len(links)


def test_the_system_clock_is_the_boot_clock() -> None:
    clock = SystemClock()
    first = clock.boot_ns()
    assert clock.boot_ns() >= first
    assert clock.boot_id() == SystemClock().boot_id()
    assert abs(clock.boot_ns() / 1e9 - float(Path("/proc/uptime").read_text().split()[0])) < 5
