"""What is noted of this machine: real displays, real processes, clocks moved by hand; sealed on the timeline in plain
words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from domain.wire.login import Granted
from domain.wire.recorder import DeviceEntry
from host.awake import NoInhibitor
from host.centertime import CenterTime
from host.localapi import LocalClient
from host.paths import Home
from host.spool import Spool
from host.timeline import Event
from tests.support.clocks import HandClock
from tests.support.desktop import desktop
from tests.support.notes import noted, program, sealed
from tests.support.recording import make_session
from tests.support.waiting import wait_until
from tests.support.x11 import opened
from ui.facts import RULES
from ui.incidents import Incidents
from ui.interview import Interview
from ui.launcher import Launch, Launcher
from ui.recording import Recording
from ui.watch import Watch
from zhishi.stage import VirtualDesktop


@pytest.fixture(scope="module")
def stage() -> Iterator[VirtualDesktop]:
    with desktop() as made:
        yield made


@dataclass
class Room:
    """A machine that belongs to a session, looked at."""

    home: Home
    clock: HandClock
    interview: Interview
    recording: Recording
    watch: Watch

    def look(self) -> None:
        """Now, not in ten seconds."""
        self.watch.again()

    def wait(self, kind: str, **data: Any) -> Event:
        """Wait until ``kind`` was noted with these fields, looking all the while."""

        def found() -> Event | None:
            self.look()
            match = [e for e in noted(self.home) if e.kind == kind and data.items() <= dict(e.data).items()]
            return match[-1] if match else None

        event = wait_until(found, 30, f"{kind} {data}", poll=0.2)
        assert event is not None
        return event

    def finish(self) -> dict[str, list[Event]]:
        """End the session; what is sealed, by kind."""
        self.interview.chronicle.end()
        found: dict[str, list[Event]] = {}
        for event in sealed(self.home):
            found.setdefault(event.kind, []).append(event)
        return found


@pytest.fixture
def room(tmp_path: Path, stage: VirtualDesktop) -> Iterator[Room]:
    home, clock = Home(tmp_path), HandClock()
    record = make_session(home)
    interview = Interview(home, CenterTime(home.center_time, clock))
    granted = Granted(act="x", session=record.session, code="c", code_expires_ms=1)
    interview.store.put(granted=granted, enrolled=True, ticked=RULES, checks_done_ms=1)
    interview.chronicle.tend(record.session)
    recording = Recording(LocalClient(home, "recorder", 1.0), Launcher(home, Launch((), {}, {}), clock))
    watch = Watch(interview, recording, stage.display, NoInhibitor("a test"), lambda: None)
    watch.start()
    yield Room(home, clock, interview, recording, watch)
    watch.stop()
    interview.chronicle.close()


def _zh(event: Event) -> str:
    return str(event.data["zh"])


def test_a_second_display_is_noted_and_its_leaving_too(room: Room, stage: VirtualDesktop) -> None:
    wait_until(lambda: room.watch.readings.displays == 1, 20, "one display")
    with opened(stage.display) as display, display.second_display():
        room.wait("displays_seen", count=2)
        assert room.watch.readings.displays == 2
    room.wait("displays_seen", count=1)
    told = room.finish()["displays_seen"]
    assert [_zh(event) for event in told] == ["使用 2 块显示器", "使用一块显示器"]
    assert told[0].data["en"] == "2 displays are in use"


@pytest.mark.parametrize(
    ("name", "title"), [("obs", "OBS Studio"), ("anydesk", "AnyDesk"), ("manycam", "ManyCam"), ("x11vnc", "VNC")]
)
def test_a_listed_program_that_runs_is_noted_by_its_name(room: Room, tmp_path: Path, name: str, title: str) -> None:
    wait_until(lambda: room.watch.readings.foreign is not None, 20, "a first look")
    with program(tmp_path, name):
        room.wait("programs_seen", running=[title])
    room.wait("programs_seen", running=[])
    assert [_zh(event) for event in room.finish()["programs_seen"]] == [f"正在运行：{title}", "清单中的程序均已退出"]


def test_a_virtual_camera_in_the_list_is_noted(room: Room) -> None:
    real = DeviceEntry(
        id="v4l2:camera:/dev/video0", kind="camera", source="v4l2", name="Integrated Camera", usable=True
    )
    virtual = real.model_copy(update={"id": "v4l2:camera:/dev/video9", "name": "OBS Virtual Camera"})
    room.recording.devices = [real]
    room.look()
    room.recording.devices = [real, virtual]
    room.wait("virtual_cameras_seen", cameras=["OBS Virtual Camera"])
    (event,) = room.finish()["virtual_cameras_seen"]
    assert _zh(event) == "设备列表中有虚拟摄像头：OBS Virtual Camera"


def test_a_clock_that_is_set_and_sleep_are_told_apart(room: Room) -> None:
    wait_until(lambda: room.watch.readings.displays_read, 20, "a first look")
    room.clock.step_wall(3_600_000)
    room.wait("clock_moved", by_ms=3_600_000)
    room.clock.pass_ms(90_000)  # the boot clock and the wall clock go on, this process has not run
    room.wait("slept")
    room.clock.step_wall(-3_600_000)
    room.wait("clock_moved", by_ms=-3_600_000)
    told = room.finish()
    assert [_zh(event) for event in told["clock_moved"]] == ["电脑时钟拨快了 3600 秒", "电脑时钟拨慢了 3600 秒"]
    assert [_zh(event) for event in told["slept"]] == ["电脑休眠了 90 秒"]
    assert "program_paused" not in told


def test_small_steps_are_not_noted(room: Room) -> None:
    wait_until(lambda: room.watch.readings.displays_read, 20, "a first look")
    room.clock.step_wall(1_500)
    room.look()
    room.clock.step_wall(86_400_000)
    room.wait("clock_moved")
    assert len(room.finish()["clock_moved"]) == 1


def test_the_strip_s_marks_are_the_sealed_incidents(room: Room) -> None:
    wait_until(lambda: room.watch.readings.displays_read, 20, "a first look")
    session = room.interview.facts.session
    assert session is not None
    incidents = Incidents(Spool(room.home.spool))
    room.interview.happened("focus_lost", {"stage": "answering"})
    assert incidents.marks(session) == [], "what is not sealed is no evidence yet"
    room.interview.chronicle.seal()
    first = incidents.marks(session)
    assert len(first) == 1
    room.clock.pass_ms(5_000)
    room.interview.happened("focus_back", {"stage": "answering"})
    room.interview.happened("a4_shown")
    room.clock.pass_ms(5_000)
    room.interview.happened("screenshot_key", {"stage": "answering"})
    sealed_now = room.finish()
    lost, key = sealed_now["focus_lost"][0].at.center_ms, sealed_now["screenshot_key"][0].at.center_ms
    marks = incidents.marks(session)
    assert {lost, key} <= set(marks)
    assert sealed_now["focus_back"][0].at.center_ms not in marks
    assert sealed_now["a4_shown"][0].at.center_ms not in marks
    assert marks == sorted(marks)
