"""Time truth: honest recordings are never broken, made-up time always is."""

from hypothesis import given
from hypothesis import strategies as st

from domain.seal import GapReason
from recorder.progress import Report
from recorder.truth import BURST_WINDOW_MS, Break, TimeTruth

FPS = 15
BOOT, WALL = 1_000_000, 1_700_000_000_000


def fresh(began: int = 0) -> TimeTruth:
    return TimeTruth(FPS, BOOT + began, WALL + began, first_frame_ms=6000, stall_ms=3000)


class Play:
    """Feeds ticks and reports as a run gives them."""

    def __init__(self) -> None:
        self.truth = fresh(began=-1000)  # ffmpeg takes a while until its first frame
        self.now = 0
        self.media = 0
        self.frames = 0
        self.copies = 0
        self.wall_off = 0

    def step(
        self, *, passed: int = 500, media: int | None = None, copies: int = 0, report: bool = True
    ) -> Break | None:
        self.now += passed
        self.media += passed if media is None else media
        self.frames = self.media * FPS // 1000
        self.copies += copies
        boot = BOOT + self.now
        found = self.truth.tick(boot, WALL + self.now + self.wall_off)
        if found is None and report:
            found = self.truth.report(boot, Report(self.media, self.frames, self.copies, last=False))
        return found or self.truth.silence(boot)

    def settle(self, steps: int = 8) -> None:
        for _ in range(steps):
            assert self.step() is None


@given(st.lists(st.tuples(st.integers(300, 900), st.integers(-150, 150), st.integers(0, 3)), min_size=5, max_size=80))
def test_jitter_is_no_break(steps: list[tuple[int, int, int]]) -> None:
    play = Play()
    play.settle()
    late = 0  # media is at most some 300 ms behind or ahead of its usual place
    for passed, jitter, copies in steps:
        jitter = max(-300 - late, min(300 - late, jitter))
        late += jitter
        assert play.step(passed=passed, media=max(0, passed + jitter), copies=copies) is None
        late = play.media - play.now
    assert play.truth.confirmed_ms <= play.media


@given(st.integers(501, 10_000_000), st.booleans())
def test_a_wall_step_ends_the_run_at_the_last_honest_report(step: int, back: bool) -> None:
    play = Play()
    play.settle()
    honest = play.media
    play.wall_off = -step if back else step
    found = play.step(media=step)
    assert found is not None
    assert (found.reason, found.limit_ms) == (GapReason.CLOCK_STEPPED, honest)


@given(st.integers(1000, 60_000))
def test_filled_stop_is_found(stop: int) -> None:
    """ffmpeg was stopped: reports were missing, then everything is filled with copies at once."""
    play = Play()
    play.settle()
    honest = play.media
    found = play.step(passed=stop + 500, copies=(stop * FPS + 999) // 1000)
    assert found is not None
    assert found.limit_ms == honest
    assert found.reason in (GapReason.SUSPENDED, GapReason.STALLED)


@given(st.integers(1600, 60_000))
def test_skipped_stop_is_found(stop: int) -> None:
    """ffmpeg was stopped and its media clock simply goes on later."""
    play = Play()
    play.settle()
    honest = play.media
    found = play.step(passed=stop, media=0)
    assert found is not None
    assert found.limit_ms == honest


@given(st.integers(600, 100_000))
def test_media_never_runs_ahead(ahead: int) -> None:
    play = Play()
    play.settle(30)
    honest = play.media
    found = play.step(media=500 + ahead)
    assert found is not None
    assert found.limit_ms == honest


def test_media_ahead_right_after_the_start() -> None:
    """The start may be told up to a second late, not more."""
    play = Play()
    play.settle(3)
    assert play.step(media=1400) is None
    play = Play()
    play.settle(3)
    assert play.step(media=2100) is not None


@given(st.integers(1, 600), st.integers(0, 450))
def test_footage_is_never_dated_before_ffmpeg_was_started(first: int, burst: int) -> None:
    """A file read with ``-re`` begins with half a second at once: dated back, it would overlap the run before it."""
    truth = fresh()
    for at in range(first, 12_000, 500):
        truth.tick(BOOT + at, WALL + at)
        media = at + burst
        assert truth.report(BOOT + at, Report(media, 1 + media * FPS // 1000, 0, last=False)) is None
        assert truth.zero_ms is not None
        assert truth.zero_ms >= BOOT


def test_slow_camera_filled_evenly_is_honest() -> None:
    play = Play()
    play.settle()
    for _ in range(50):
        assert play.step(copies=5) is None  # 5 of 7.5 frames each half second are copies


def test_picture_stands_while_sound_goes_on() -> None:
    play = Play()
    play.settle()
    frames = play.frames
    found = None
    for _ in range(8):
        play.now += 500
        play.media += 500
        play.truth.tick(BOOT + play.now, WALL + play.now)
        found = found or play.truth.report(BOOT + play.now, Report(play.media, frames, 0, last=False))
    assert found is not None
    assert found.reason is GapReason.STALLED


def test_no_frame_and_no_sign_of_life() -> None:
    truth = fresh()
    for second in range(1, 7):
        truth.tick(BOOT + second * 1000, WALL + second * 1000)
        assert truth.silence(BOOT + second * 1000) is None
    truth.tick(BOOT + 6500, WALL + 6500)
    assert truth.silence(BOOT + 6500) is not None
    play = Play()
    play.settle()
    found = [play.step(media=0, report=False) for _ in range(7)]
    assert found[5] is None
    assert found[6] is not None


def test_a_recorder_that_was_held_up_draws_no_conclusion() -> None:
    """Only the recorder slept: reports arrived all the while and are read late."""
    play = Play()
    play.settle()
    play.now += 5000
    assert play.truth.tick(BOOT + play.now, WALL + play.now) is None
    for back in range(4500, -1, -500):
        play.media += 500
        play.frames = play.media * FPS // 1000
        report = Report(play.media, play.frames, 0, last=False)
        assert play.truth.report(BOOT + play.now - back, report) is None
    assert play.truth.silence(BOOT + play.now) is None


def test_confirmed_lags_by_the_burst_window() -> None:
    play = Play()
    play.settle(20)
    assert play.media - BURST_WINDOW_MS - 500 <= play.truth.confirmed_ms <= play.media - BURST_WINDOW_MS + 500
