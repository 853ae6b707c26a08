"""What the device checks say: only what requirement A1 names closes the way on, and every trouble says what to do."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.room import BYTES_PER_S
from domain.wire.recorder import DeviceEntry
from ui.devicecheck import Readings, blocking, judge
from ui.foreign import Foreign, among, listed

MAY_BLOCK = {"camera", "microphone", "screen", "disk", "displays", "programs"}


def _device(kind: str, *, usable: bool = True) -> DeviceEntry:
    return DeviceEntry(id=f"x:{kind}:1", kind=kind, source="x", name=kind, usable=usable)


GOOD = Readings(
    devices=(_device("camera"), _device("microphone"), _device("screen")),
    camera=True,
    camera_name="USB",
    microphone_name="内置麦克风",
    level_db=-30.0,
    loudest_db=-20.0,
    screen=True,
    trial="ready",
    heard=True,
    free_bytes=50 << 30,
    plugged=True,
    battery=0.9,
    awake=True,
    cpu=0.4,
    displays=1,
    displays_read=True,
    online=True,
    latency_ms=20,
    upload_bytes_per_s=1e6,
    clock_off_ms=30,
    foreign=(),
)


def test_a_good_machine_passes_everything() -> None:
    assert {check.verdict for check in judge(GOOD)} == {"pass"}
    assert not list(blocking(judge(GOOD)))


@pytest.mark.parametrize(
    ("changed", "check", "verdict", "blocks"),
    [
        ({"devices": ()}, "camera", "fail", True),
        ({"devices": (_device("camera", usable=False), _device("microphone"))}, "camera", "fail", True),
        ({"camera": False}, "camera", "fail", True),
        ({"devices": (_device("camera"), _device("screen"))}, "microphone", "fail", True),
        ({"silent_s": 5.0, "loudest_db": -96.0}, "microphone", "fail", False),
        ({"silent_s": 5.0, "loudest_db": -20.0}, "microphone", "pass", False),
        ({"loudest_db": -70.0}, "microphone", "warn", False),
        ({"screen": False}, "screen", "fail", True),
        ({"heard": None}, "trial", "warn", False),
        ({"heard": False}, "trial", "warn", False),
        ({"free_bytes": 100 << 20}, "disk", "fail", True),
        ({"free_bytes": int(Readings().need_s * BYTES_PER_S * 1.2)}, "disk", "warn", False),
        ({"plugged": False, "battery": 0.3}, "power", "warn", False),
        ({"plugged": None, "battery": None}, "power", "pass", False),
        ({"awake": False}, "sleep", "warn", False),
        ({"cpu": 0.95}, "cpu", "warn", False),
        ({"displays": 2}, "displays", "fail", True),
        ({"displays": None}, "displays", "warn", False),
        ({"online": False}, "network", "warn", False),
        ({"upload_bytes_per_s": 20_000.0}, "network", "warn", False),
        ({"latency_ms": 2_000}, "network", "warn", False),
        ({"online": False, "portal": True}, "network", "warn", False),
        ({"upload_bytes_per_s": 3_000.0, "upload_at_most": True}, "network", "warn", False),
        ({"upload_bytes_per_s": None}, "network", "pass", False),
        ({"clock_off_ms": 3_600_000}, "clock", "warn", False),
        ({"foreign": (Foreign("OBS Studio", "recording", ("obs",)),)}, "programs", "fail", True),
        ({"foreign": (Foreign("VMware", "virtual_machine", ("vmware",)),)}, "programs", "warn", False),
    ],
)
def test_each_trouble(changed: dict[str, Any], check: str, verdict: str, blocks: bool) -> None:
    found = next(one for one in judge(replace(GOOD, **changed)) if one.id == check)
    assert (found.verdict, found.blocks) == (verdict, blocks)
    if verdict != "pass":
        assert found.todo_zh
        assert found.todo_en


@pytest.mark.parametrize(
    ("rate", "zh", "en"),
    [
        (20e6, "上传 100 Mbit/s 以上，足够边录边传", "over 100 Mbit/s, enough"),
        (250_000.0, "上传约 2.0 Mbit/s，足够边录边传", "about 2.0 Mbit/s, enough"),
        (100_000.0, "上传约 0.8 Mbit/s，面试后最多约需 37 分钟", "at most 37 min to send"),
        (5_000.0, "面试后需要好几个小时", "many hours"),
    ],
)
def test_the_rate_is_told_with_what_it_means(rate: float, zh: str, en: str) -> None:
    found = next(one for one in judge(replace(GOOD, upload_bytes_per_s=rate)) if one.id == "network")
    assert zh in found.zh
    assert en in found.en


def test_a_measurement_that_failed_is_said() -> None:
    read = replace(GOOD, upload_bytes_per_s=None, unmeasured=True)
    found = next(one for one in judge(read) if one.id == "network")
    assert "上传速度暂未测出" in found.zh
    assert not found.blocks


def test_while_it_is_measured_it_says_so_and_nothing_waits() -> None:
    read = replace(GOOD, upload_bytes_per_s=None, measuring=True)
    assert next(one for one in judge(read) if one.id == "network").verdict == "running"
    assert not list(blocking(judge(read)))


@given(
    st.builds(
        Readings,
        camera=st.none() | st.booleans(),
        level_db=st.none() | st.floats(-96, 0),
        loudest_db=st.none() | st.floats(-96, 0),
        silent_s=st.floats(0, 100),
        screen=st.none() | st.booleans(),
        trial=st.sampled_from(["none", "recording", "making", "ready", "failed"]),
        heard=st.none() | st.booleans(),
        free_bytes=st.none() | st.integers(0, 1 << 40),
        plugged=st.none() | st.booleans(),
        battery=st.none() | st.floats(0, 1),
        awake=st.none() | st.booleans(),
        cpu=st.none() | st.floats(0, 1),
        displays=st.none() | st.integers(1, 4),
        displays_read=st.booleans(),
        online=st.none() | st.booleans(),
        latency_ms=st.none() | st.integers(0, 10_000),
        upload_bytes_per_s=st.none() | st.floats(0, 1e8),
        upload_at_most=st.booleans(),
        measuring=st.booleans(),
        unmeasured=st.booleans(),
        portal=st.booleans(),
        clock_off_ms=st.none() | st.integers(-(10**9), 10**9),
    )
)
def test_only_what_is_named_may_block_and_words_are_never_missing(read: Readings) -> None:
    for check in judge(read):
        assert check.zh
        assert check.en
        assert not check.blocks or check.id in MAY_BLOCK
        assert not check.blocks or check.verdict in ("fail", "running")


def test_listed_programs_are_found_by_their_process_names() -> None:
    known = listed()
    names = {program.title for program in among(["OBS64.exe", "bash", "x11vnc", "camtasia9.exe", "zoom"], known)}
    assert names == {"OBS Studio", "VNC", "Camtasia", "Zoom"}
    assert among(["python3", "chromium", "Xorg", "obscura"], known) == ()
