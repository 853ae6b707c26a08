"""Reports, last words, budget, disk, pictures: the pure parts."""

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DeviceBusy, DiskFull, NoDevice, RecordingFailed, ZhishiError
from recorder.budget import ALLOWED, RestartBudget
from recorder.complaint import classify, start_epoch_ms
from recorder.config import Quality
from recorder.disk import Sacrifice, forecast, lowered
from recorder.pictures import FLOOR_DB, JpegAssembler, level
from recorder.progress import Report, parse

REPORT = b"""frame=41
fps=5.12
stream_0_0_q=18.0
bitrate=N/A
total_size=N/A
out_time_us=8200000
out_time_ms=8200000
out_time=00:00:08.200000
dup_frames=14
drop_frames=12
speed=1.02x
progress=continue
"""


def test_report() -> None:
    assert parse(REPORT) == Report(8200, 41, 14, last=False)
    early = parse(b"frame=0\nout_time_us=N/A\nprogress=end\n")
    assert early == Report(None, 0, 0, last=True)


@given(st.binary(max_size=300))
def test_foreign_datagrams_are_no_reports(raw: bytes) -> None:
    found = parse(raw)
    assert found is None or b"progress=" in raw


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("[in#0 @ 0x5] Error opening input: No such file or directory", NoDevice),
        ("[in#0 @ 0x5] Error opening input: Input/output error", NoDevice),
        ("[in#0 @ 0x56] Error opening input: No such process", NoDevice),
        ("/dev/video0: Device or resource busy", DeviceBusy),
        ("[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_STREAMON): Device or resource busy", DeviceBusy),
        ("[aost#0:1/aac @ 0x5] Error submitting a packet to the muxer: No space left on device", DiskFull),
        ("Segmentation fault", RecordingFailed),
    ],
)
def test_last_words(line: str, error: type[ZhishiError]) -> None:
    found = classify(["Input #0, x11grab, from ':0':", line], 0)
    assert type(found) is error
    assert line in found.detail


def test_busy_is_told_although_the_input_did_not_open() -> None:
    lines = ["/dev/video0: Device or resource busy", "Error opening input file /dev/video0."]
    assert isinstance(classify(lines, 240), DeviceBusy)


def test_printed_start() -> None:
    assert start_epoch_ms("  Duration: N/A, start: 1795393712.089938, bitrate: 147456 kb/s") == 1795393712089
    assert start_epoch_ms("  Duration: 00:00:04.00, start: 0.000000, bitrate: 1176 kb/s") is None


def test_budget_is_quick_first_then_slow_but_never_ends() -> None:
    budget = RestartBudget(10.0)
    delays = [budget.failed(float(second)) for second in range(ALLOWED + 3)]
    assert delays[0].delay_s == 0.0
    assert [restart.spent for restart in delays] == [False] * ALLOWED + [True] * 3
    assert delays[-1].delay_s == 10.0
    assert not budget.failed(1000.0).spent


MB = 1 << 20


@given(
    st.integers(0, 10**12),
    st.floats(0, 10**7),
    st.floats(1, 50_000),
    st.sampled_from(Sacrifice),
)
def test_forecast_never_takes_back_and_always_pauses_below_the_floor(
    free: int, rate: float, need: float, given_up: Sacrifice
) -> None:
    told = forecast(free, rate, need, 64 * MB, given_up)
    if free < 64 * MB:
        assert told.sacrifice is Sacrifice.PAUSED
        assert told.level == "critical"
    elif told.sacrifice is not Sacrifice.PAUSED:
        assert told.sacrifice >= min(given_up, Sacrifice.CAMERA_RATE)
    more = forecast(free * 2 + MB, rate, need, 64 * MB, given_up)
    assert more.sacrifice <= told.sacrifice


def test_the_stated_order() -> None:
    rate, need, keep = 100_000.0, 10_000.0, 64 * MB

    def at(gigabyte: float) -> Sacrifice:
        return forecast(int(gigabyte * 1e9), rate, need, keep, Sacrifice.NOTHING).sacrifice

    assert [at(gb) for gb in (2.0, 1.2, 0.9, 0.5, 0.05)] == list(Sacrifice)
    fully = lowered(Quality(), Sacrifice.CAMERA_RATE)
    assert (fully.screen_fps, fully.camera_fps) == (2, 7)
    assert lowered(Quality(), Sacrifice.SCREEN_RATE).camera_fps == Quality().camera_fps
    assert lowered(Quality(), Sacrifice.WARNED) == Quality()


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 500))
def test_pictures_are_put_together(body: bytes, size: int) -> None:
    body = body.replace(b"\xff", b"\x00")
    picture = b"\xff\xd8" + body + b"\xff\xd9"
    parts = [picture[at : at + size] for at in range(0, len(picture), size)]
    if len(parts[0]) < 2 or len(parts[-1]) < 2:
        parts = [picture]
    assembler = JpegAssembler()
    assert assembler.take(b"tail of an earlier one\xff\xd9") is None
    found = [assembler.take(part) for part in parts]
    assert found == [None] * (len(parts) - 1) + [picture]


def test_level() -> None:
    assert level(b"\x00\x00" * 800).silent
    assert level(b"").db == FLOOR_DB
    tone = array("h", [int(16384 * math.sin(n / 3)) for n in range(8000)]).tobytes()
    assert level(tone).db == pytest.approx(-9.03, abs=0.1)
    assert not level(b"\x01\x00" * 10).silent
