"""A window that died for good: the recorder ends the session itself, by the center's word or the schedule."""

import dataclasses
from collections.abc import Iterator

import pytest

from domain.ending import GRACE_MS
from domain.identity import Track
from domain.manifest import EndedBy
from domain.wire.center import SessionFacts
from host.centertime import CenterTime
from host.clock import SystemClock
from tests.support.desktop import desktop
from tests.support.recording import Rig, rig
from tests.support.waiting import wait_until
from zhishi.stage import VirtualDesktop, talking_head_clip


@pytest.fixture(scope="module")
def stage() -> Iterator[VirtualDesktop]:
    with desktop() as made:
        yield made


@pytest.fixture
def recording(stage: VirtualDesktop) -> Iterator[Rig]:
    with rig(stage.environ, files=[str(talking_head_clip())], monitors=True) as made:
        made.record_now(microphone=f"pulse:microphone:{stage.source}")
        yield made


def learn(recording: Rig, **facts: object) -> None:
    """The laptop hears something new of its session, as syncd writes it down."""
    record = recording.spool.session(recording.record.session)
    told = SessionFacts.model_validate(record.facts.model_dump() | facts)
    recording.spool.save_session(dataclasses.replace(record, facts=told))


def test_the_center_says_that_the_session_is_over(recording: Rig) -> None:
    now_ms = SystemClock().wall_ms()
    learn(recording, ended_ms=now_ms)
    ended = wait_until(lambda: recording.spool.ended(recording.record.session), what="ended.json")
    assert ended is not None
    assert (ended.by, ended.center_ms) == (EndedBy.CENTER, now_ms)
    wait_until(lambda: recording.status().mode == "idle", what="idle")
    assert recording.check_chain(Track.CAMERA).segments > 0


def test_the_schedule_ends_it_by_center_time_and_never_by_an_estimate(recording: Rig) -> None:
    end_ms = SystemClock().wall_ms() - GRACE_MS - 1000
    learn(recording, scheduled_end_ms=end_ms)
    before = recording.status().captures[0].segments
    wait_until(lambda: recording.status().captures[0].segments > before, 30, "recording goes on by an estimate")
    assert recording.spool.ended(recording.record.session) is None
    clock = SystemClock()
    CenterTime(recording.home.center_time, clock).learn(clock.wall_ms(), 1, clock.boot_ns())
    ended = wait_until(lambda: recording.spool.ended(recording.record.session), what="ended.json")
    assert ended is not None
    assert (ended.by, ended.center_ms, ended.center_est) == (EndedBy.SCHEDULE, end_ms, False)
