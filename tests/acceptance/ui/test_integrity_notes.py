"""What happens beside the answers is sealed on the timeline in plain words and marked on the evidence strip.

Real things: the keyboard's focus and keys go to a real window on a real X display, a display is added, a listed program
runs, the microphone is pulled, the program is stopped.
"""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from domain.notes import is_incident
from host.clock import SystemClock
from host.timeline import Event
from tests.support.chromewindow import chrome_window
from tests.support.desktop import desktop
from tests.support.interviewing import Candidate, candidate, final_receipt, office
from tests.support.notes import noted, program, sealed
from tests.support.waiting import wait_until
from tests.support.x11 import PRINT_SCREEN, opened
from zhishi.stage import VirtualDesktop

ANSWER_MS = 10 * 60_000
_STOPPED_S = 16.0  # longer than a look's pause and what counts as late


@pytest.mark.drill
@pytest.mark.timeout(600)
def test_notes_of_a_real_interview_are_sealed_and_marked(tmp_path: Path) -> None:
    with (
        desktop() as stage,
        opened(stage.display) as display,
        office(tmp_path) as center,
        candidate(center.url, stage.environ) as person,
    ):
        others = set(display.windows())
        plugged = _plug_microphone(stage)
        center.hold(start_in_s=60, answer_minutes=10, showing_seconds=120)
        person.start()
        person.check_devices()
        person.log_in(center)
        person.read_all()
        person.enter()
        person.must("choose", microphone="pulse:microphone:plugged.monitor")
        person.must("confirm")
        with chrome_window(stage.environ, display, person.http.address, person.http.cookie) as shown:
            person.wait(lambda state: state["page"].get("phase") == "a4", 120, "both sides of the sheet are asked for")
            assert person.page["questions"] == []
            assert person.page["ends_at_ms"] is None, "the answer time has not begun"
            display.focus(shown.window)
            wait_until(lambda: shown.page.evaluate("document.hasFocus()"), 20, "the window has the focus")
            shown.page.get_by_role("button", name="正反面都已展示").click()
            person.wait(lambda state: state["page"].get("phase") == "questions", 30, "the questions follow")
            ends_at = person.wait(lambda state: state["page"]["ends_at_ms"], 20, "the answer time began")
            display.tap(PRINT_SCREEN)
            _wait(person, "screenshot_key")
            display.focus(next(iter(others)))
            _wait(person, "focus_lost")
            display.focus(shown.window)
            _wait(person, "focus_back")
            with display.second_display(), program(tmp_path, "obs"):
                _wait(person, "displays_seen", count=2)
                _wait(person, "programs_seen", running=["OBS Studio"])
            _wait(person, "displays_seen", count=1)
            _wait(person, "programs_seen", running=[])
            _pull(stage, plugged)
            _wait(person, "recording_disturbed", track="camera", code="no_device")
            _wait(person, "recording_back", track="camera")
            _stop_for(person.pid, _STOPPED_S)
            _wait(person, "program_paused")
            person.must("end")
            person.at("end")
            person.wait(final_receipt, 180, "the receipt")
            strip = person.wait(lambda state: state["strip"] and state["strip"]["marks"] and state["strip"], 30)
            expect(shown.page.locator(".marks i")).to_have_count(len(set(strip["marks"])))
        told = sealed(person.home)
        _check_words(told)
        _check_answer_time(told, ends_at)
        marks = [event.at.center_ms for event in told if is_incident(event.kind, event.data)]
        assert strip["marks"] == [moment for moment in marks if strip["from_ms"] <= moment <= strip["to_ms"]]
        assert len(strip["marks"]) >= 6


def _wait(person: Candidate, kind: str, **data: Any) -> None:
    def found() -> bool:
        return any(e.kind == kind and data.items() <= dict(e.data).items() for e in noted(person.home))

    wait_until(found, 60, f"{kind} {data}", poll=0.2)


def _check_words(told: list[Event]) -> None:
    """Each note says in both languages what was seen."""
    said = {str(event.data["zh"]) for event in told if "zh" in event.data}
    assert said >= {
        "面试窗口失去焦点",
        "回到面试窗口",
        "按了截屏键",
        "使用 2 块显示器",
        "使用一块显示器",
        "正在运行：OBS Studio",
        "摄像中断（未找到录制设备），正在自动恢复",
        "摄像已恢复",
        "考生表示已展示 A4 纸正反面",
    }
    assert all(event.data["en"] for event in told if "zh" in event.data)


def _check_answer_time(told: list[Event], ends_at: int) -> None:
    """Showing the sheet cost none of it: it began when the questions were on the screen."""
    shown, questions = (
        next(e.at.center_ms for e in told if e.kind == kind) for kind in ("a4_shown", "questions_shown")
    )
    assert next(e.data["a4_shown"] for e in told if e.kind == "questions_shown") is True
    assert shown <= ends_at - ANSWER_MS <= questions


def _plug_microphone(stage: VirtualDesktop) -> str:
    command = ["pactl", "load-module", "module-null-sink", "sink_name=plugged"]
    environ = {**os.environ, **stage.environ}
    return subprocess.run(command, env=environ, capture_output=True, check=True).stdout.decode().strip()


def _pull(stage: VirtualDesktop, module: str) -> None:
    subprocess.run(["pactl", "unload-module", module], env={**os.environ, **stage.environ}, check=True)


def _stop_for(pid: int, seconds: float) -> None:
    """The program does not run for so long; its recorder does."""
    clock = SystemClock()
    os.kill(pid, signal.SIGSTOP)
    until = clock.boot_ns() + int(seconds * 1e9)
    try:
        wait_until(lambda: clock.boot_ns() >= until, seconds + 10, "the pause is over", poll=0.2)
    finally:
        os.kill(pid, signal.SIGCONT)
