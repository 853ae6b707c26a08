"""What a phone does to a page: lock, call, turn, sleep, battery saver. Filming comes back, the gap is declared.

Chromium under test shows every page for ever and has neither calls nor a battery, so the page is told of them as a
phone tells it; camera, recorder, clocks and storage are real.
"""

import os
import signal

import pytest

from domain.chain import follow
from domain.identity import LinkKind, Track
from domain.seal import GapReason, Seal, parse_seal
from tests.acceptance.companion.test_trouble import begin
from tests.support.phonepage import World, black
from tests.support.waiting import wait_until

_LOCKED = """() => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
  window.muteCamera();
}"""
_UNLOCKED = '() => { delete document.visibilityState; document.dispatchEvent(new Event("visibilitychange")); }'
_CAMERA = """
window.muteCamera = () => {
  const [track] = document.querySelector(".pic video").srcObject.getVideoTracks();
  Object.defineProperty(track, "muted", { get: () => true });
};
"""
_LANDSCAPE = {
    "width": 915,
    "height": 412,
    "deviceScaleFactor": 2.625,
    "mobile": True,
    "screenOrientation": {"type": "landscapePrimary", "angle": 90},
}
_GAUGES = """
window.battery = Object.assign(new EventTarget(), { level: 0.5, charging: false });
navigator.getBattery = async () => window.battery;
navigator.storage.estimate = async () => ({ quota: 3e8, usage: 0 });
window.locks = [];
const request = navigator.wakeLock.request.bind(navigator.wakeLock);
navigator.wakeLock.request = async (kind) => {
  window.locks.push(await request(kind));
  return window.locks.at(-1);
};
"""
_DRAINED = """(level) => {
  Object.assign(window.battery, { level });
  window.battery.dispatchEvent(new Event("levelchange"));
}"""
_PLUGGED_IN = """() => {
  Object.assign(window.battery, { charging: true });
  window.battery.dispatchEvent(new Event("chargingchange"));
}"""
_ALARM = """
window.rung = [];
navigator.vibrate = (how) => { window.rung.push(how === 0 ? "off" : "on"); return true; };
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.rung.push("beep"); return start.apply(this, when); };
"""
_START_IN_MS = 11 * 60_000


def _seals(scene: World) -> list[Seal]:
    return [parse_seal(row.seal.encode()) for row in scene.uploads()]


def _runs(scene: World) -> int:
    return len({row.run for row in scene.uploads()})


def _gaps(scene: World) -> list[GapReason | None]:
    return [seal.reason for seal in _seals(scene) if seal.kind is LinkKind.GAP]


@pytest.mark.drill
def test_lock_call_and_turn(scene: World) -> None:
    scene.phone.start(init=_CAMERA)
    page = begin(scene)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    page.evaluate(_LOCKED)
    page.wait_for_selector("[role=alert]:has-text('录制中断')", timeout=10_000)
    page.evaluate(_UNLOCKED)
    wait_until(lambda: _runs(scene) == 2, 20, "it films again")
    assert _gaps(scene) == [GapReason.SUSPENDED]

    page.evaluate("() => window.muteCamera()")  # a call, or another app that takes the camera
    wait_until(lambda: _runs(scene) == 3, 20, "it films again")
    assert _gaps(scene) == [GapReason.SUSPENDED, GapReason.DEVICE_LOST]

    wait_until(lambda: scene.uploads()[-1].kind == "segment", 20, "a segment of the third run")
    known = len(scene.uploads())
    scene.phone.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", _LANDSCAPE)
    wait_until(lambda: len(scene.uploads()) >= known + 2, 20, "two more")
    assert _runs(scene) == 3, "a turn begins a new file, not a new run"
    assert len(_gaps(scene)) == 2
    assert min(seal.duration_ms for seal in _seals(scene)[known:]) < 3500
    seals = _seals(scene)
    follow(seals, seals[0].session, seals[0].device, Track.COMPANION)


def test_what_may_end_the_film_too_early_is_told(scene: World) -> None:
    scene.phone.start(init=_GAUGES)
    page = begin(scene)
    page.locator("main.pan").wait_for()
    page.evaluate(_DRAINED, 0.15)
    told = wait_until(lambda: (now := scene.binding()["phone"])["battery"] == 0.15 and now, 15, "the laptop is told")
    assert (told["charging"], told["free_bytes"]) == (False, 300_000_000)


@pytest.mark.drill
def test_forecasts_and_the_screen_that_stays_on(scene: World) -> None:
    page = scene.phone.start(init=_GAUGES).page
    scene.bind()
    page.wait_for_selector("text=手机存储空间可能不够")
    page.wait_for_selector("text=面试成绩公布之前，不得清除浏览器数据")
    page.wait_for_selector("text=添加到主屏幕")
    scene.film()
    assert page.get_by_text("可再录 1.").count() == 1
    page.evaluate(_DRAINED, 0.4)
    page.wait_for_selector("text=/电量 40% · 约 [0-9.]+ 小时/")
    page.wait_for_selector("text=电量可能不够")  # a tenth within half a minute
    page.evaluate(_PLUGGED_IN)
    page.wait_for_selector("text=电量 40% · 充电中")
    page.wait_for_selector("text=电量可能不够", state="detached")

    dark = "text=不能保持亮屏"
    page.wait_for_selector(dark, state="detached")
    page.evaluate("() => window.locks.at(-1).release()")  # as the system does to save battery
    page.wait_for_selector(dark)
    page.wait_for_selector(dark, state="detached", timeout=10_000)
    assert page.evaluate("() => [window.locks.length, window.locks.at(-1).released]") == [2, False]


@pytest.mark.drill
def test_alarms_are_silent_while_somebody_answers(scene: World) -> None:
    scene.phone.start(camera=black(), init=_ALARM)
    page = begin(scene)
    page.wait_for_function("() => window.rung.includes('beep') && window.rung.includes('on')")
    scene.laptop.prepare()
    assert scene.laptop.enter().status_code == 200
    scene.clock.ahead_ms = _START_IN_MS
    page.wait_for_function("() => window.rung.at(-1) === 'off'", timeout=15_000)
    rung = page.evaluate("() => window.rung.length")
    for _ in range(2):  # longer than from one ring to the next
        with page.expect_response("**/companion/heartbeat"):
            pass
    assert page.evaluate("() => window.rung.length") == rung
    assert page.locator("[role=alert]:has-text('画面全黑')").count() == 1
    scene.end()
    page.wait_for_function("() => window.rung.at(-1) !== 'off'", timeout=15_000)


@pytest.mark.drill
def test_a_phone_that_stood_still_says_so(scene: World) -> None:
    scene.phone.start()
    begin(scene)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    stopped = scene.phone.processes()
    for process in stopped:
        os.kill(process.pid, signal.SIGSTOP)
    known = len(scene.uploads())
    began = scene.clock.now_ms()
    wait_until(lambda: scene.clock.now_ms() - began > 15_000, 30, "a while")
    for process in stopped:
        os.kill(process.pid, signal.SIGCONT)
    wait_until(lambda: _runs(scene) == 2 and scene.uploads()[-1].kind == "segment", 30, "it films again")
    seals = _seals(scene)
    gaps = [seal for seal in seals if seal.kind is LinkKind.GAP]
    assert [gap.reason for gap in gaps] == [GapReason.SUSPENDED]
    assert gaps[0].duration_ms > 10_000
    assert max(seal.duration_ms for seal in seals[known - 1 :] if seal.kind is LinkKind.SEGMENT) < 8000
