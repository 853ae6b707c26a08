"""Killed and stopped programs: what was recorded stays, nothing is made up, every hole is declared."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.identity import LinkKind, Track
from domain.seal import GapReason
from tests.support.desktop import desktop
from tests.support.recording import Rig, around, footage_ms, rig
from tests.support.waiting import wait_until
from zhishi.stage import VirtualDesktop, talking_head_clip

VIDEO = (Track.CAMERA, Track.SCREEN)
QUALITY = {"camera_segment_s": 2, "screen_segment_s": 2}
TAIL_NS = 1_000_000_000


@pytest.fixture(scope="module")
def stage() -> Iterator[VirtualDesktop]:
    with desktop() as made:
        yield made


@pytest.fixture
def recording(stage: VirtualDesktop) -> Iterator[Rig]:
    with rig(stage.environ, files=[str(talking_head_clip())], monitors=True, quality=QUALITY) as made:
        made.record_now(microphone=f"pulse:microphone:{stage.source}")
        yield made


def boot_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def record_for(recording: Rig, seconds: float) -> None:
    """Let real footage of so many seconds come; recording is what takes time here."""
    until = boot_ns() + int(seconds * 1e9)
    wait_until(lambda: boot_ns() > until, seconds + 10)


def new_run(recording: Rig, track: Track, old: str | None) -> None:
    """A later run than ``old`` gives footage."""

    def fresh() -> bool:
        capture = recording.capture(track)
        return capture.run not in (None, old) and capture.health == "healthy"

    wait_until(fresh, 30)


def gaps(recording: Rig, track: Track) -> list[GapReason]:
    return [seal.reason for seal in recording.seals(track) if seal.kind is LinkKind.GAP and seal.reason]


def test_ffmpeg_killed_at_random_instants(recording: Rig) -> None:
    kills: dict[Track, list[int]] = {track: [] for track in VIDEO}
    for _ in range(2):
        for track in VIDEO:
            record_for(recording, random.uniform(0.5, 2.5))
            capture = recording.capture(track)
            assert capture.pid is not None
            kills[track].append(boot_ns())  # before it, so that what comes next is later for certain
            os.kill(capture.pid, signal.SIGKILL)
            new_run(recording, track, capture.run)
    record_for(recording, 1)
    recording.stop()
    for track in VIDEO:
        summary = recording.check_chain(track)
        assert summary.gaps == len(kills[track])
        assert set(gaps(recording, track)) == {GapReason.FFMPEG_DIED}
        for moment in kills[track]:
            before, after = around(recording.seals(track), moment)
            print(track, "tail", (moment - before) / 1e6, "first", (after - moment) / 1e6)
            assert moment - before <= TAIL_NS
            assert after - moment <= 5_000_000_000


def test_recorder_killed_goes_on_by_itself_when_started_again(recording: Rig) -> None:
    kills = []
    for _ in range(2):
        record_for(recording, random.uniform(0.5, 3))
        kills.append(boot_ns())
        recording.kill()
        recording.start()
        recording.wait_healthy()
    record_for(recording, 1)
    recording.stop()
    for track in VIDEO:
        recording.check_chain(track)
        assert set(gaps(recording, track)) == {GapReason.RECORDER_DIED}
        for moment in kills:
            before, after = around(recording.seals(track), moment)
            print(track, "tail", (moment - before) / 1e6, "first", (after - moment) / 1e6)
            assert moment - before <= TAIL_NS
            assert after - moment <= 5_000_000_000


@pytest.mark.parametrize("seconds", [3.5])
def test_stopped_ffmpeg_becomes_a_gap_not_copies(recording: Rig, seconds: float) -> None:
    record_for(recording, 2)
    captures = recording.status().captures
    stopped = boot_ns()
    for capture in captures:
        assert capture.pid is not None
        os.kill(capture.pid, signal.SIGSTOP)
    record_for(recording, seconds)
    for capture in captures:
        assert capture.pid is not None
        try:
            os.kill(capture.pid, signal.SIGCONT)
        except ProcessLookupError:
            continue  # ended already, as it should be
    going_on = boot_ns()
    for capture in captures:
        new_run(recording, Track(capture.track), capture.run)
    record_for(recording, 1)
    recording.stop()
    for track in VIDEO:
        summary = recording.check_chain(track)
        assert summary.gaps == 1
        made_up = footage_ms(recording.seals(track), stopped, going_on)
        print(track, "claimed while stopped", made_up, gaps(recording, track))
        assert made_up < 1000
        assert stopped - around(recording.seals(track), stopped)[0] <= 2 * TAIL_NS


@pytest.mark.parametrize("seconds", [4, pytest.param(30, marks=pytest.mark.drill)])
def test_suspended_machine_becomes_a_gap(recording: Rig, seconds: float) -> None:
    """SIGSTOP of recorder and ffmpeg together is what a sleeping machine looks like from inside."""
    record_for(recording, 2)
    captures = recording.status().captures
    assert recording.child is not None
    pids = [recording.child.pid, *(capture.pid for capture in captures if capture.pid)]
    stopped = boot_ns()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    record_for(recording, seconds)
    going_on = boot_ns()
    for pid in reversed(pids):
        os.kill(pid, signal.SIGCONT)
    for capture in captures:
        new_run(recording, Track(capture.track), capture.run)
    record_for(recording, 1)
    recording.stop()
    for track in VIDEO:
        recording.check_chain(track)
        made_up = footage_ms(recording.seals(track), stopped, going_on)
        print(track, "claimed while stopped", made_up, gaps(recording, track))
        assert made_up < 1000
        assert GapReason.SUSPENDED in gaps(recording, track) or GapReason.STALLED in gaps(recording, track)


def test_only_the_recorder_stopped_loses_nothing(recording: Rig) -> None:
    record_for(recording, 1)
    captures = recording.status().captures
    assert recording.child is not None
    os.kill(recording.child.pid, signal.SIGSTOP)
    record_for(recording, 4)
    os.kill(recording.child.pid, signal.SIGCONT)
    record_for(recording, 2)
    assert [capture.run for capture in recording.status().captures] == [capture.run for capture in captures]
    recording.stop()
    for track in VIDEO:
        assert recording.check_chain(track).gaps == 0


def test_orphaned_ffmpeg_is_ended_not_adopted(stage: VirtualDesktop) -> None:
    """Without the leash ffmpeg outlives a killed recorder; the next recorder ends it and seals what it wrote."""
    clip = [str(talking_head_clip())]
    with rig(stage.environ, files=clip, monitors=True, quality=QUALITY, leash=False) as recording:
        recording.record_now(microphone=f"pulse:microphone:{stage.source}")
        record_for(recording, 1)
        orphans = [capture.pid for capture in recording.status().captures]
        recording.kill()
        record_for(recording, 1.5)
        for pid in orphans:
            assert pid is not None
            os.kill(pid, 0)  # still there: nobody ended it
        recording.start()
        recording.wait_healthy()
        for pid in orphans:
            assert not Path(f"/proc/{pid}").exists()
        record_for(recording, 1)
        recording.stop()
        for track in VIDEO:
            recording.check_chain(track)


@pytest.mark.parametrize("step_ms", [3_600_000, -3_600_000])
def test_wall_clock_step_ends_the_run(stage: VirtualDesktop, tmp_path: Path, step_ms: int) -> None:
    step = tmp_path / "step"
    with rig(
        stage.environ, files=[str(talking_head_clip())], monitors=True, quality=QUALITY, wall_step_file=str(step)
    ) as recording:
        recording.record_now(microphone=f"pulse:microphone:{stage.source}")
        record_for(recording, 1)
        captures = recording.status().captures
        step.with_suffix(".new").write_text(str(step_ms))
        step.with_suffix(".new").replace(step)
        for capture in captures:
            new_run(recording, Track(capture.track), capture.run)
        record_for(recording, 1)
        recording.stop()
        for track in VIDEO:
            summary = recording.check_chain(track)
            assert gaps(recording, track) == [GapReason.CLOCK_STEPPED]
            assert summary.gap_ms < 5000
