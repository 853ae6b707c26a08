"""Footage tells the truth about time: is what ffmpeg wrote footage, or filling? Pure; clocks are handed in.

Constant-rate output, and sound kept in step with timestamps, fill stalls, sleeps and clock steps with copies of the
last picture and with silence (measured: a 3 s stop of ffmpeg gives 14 copies at 5 fps in one report; a +600 s step of
the wall clock 62 false segments). Four witnesses are compared: the boot clock, the wall clock, and from each progress
report the media clock and the count of duplicated frames. A report counts from the moment it *arrived* (kernel
timestamp), so a recorder that was itself held up draws no false conclusion.

``confirmed_ms`` is how far the footage is known to be honest: nothing beyond it may be sealed while the run lives.
"""

from collections import deque
from dataclasses import dataclass

from domain.seal import GapReason
from recorder.progress import Report

STEP_MS = 500  # wall against boot clock; media ahead of the boot clock
BURST_MS = 1000  # so much filling within BURST_WINDOW_MS is a hole, not jitter
BURST_WINDOW_MS = 1300
LAG_MS = 2000  # media behind the boot clock by so much more than at its best: frozen or skipped
LATE_MS = 1500  # reports come every 500 ms
SETTLE_MS = 10_000  # without a printed start, media time 0 is refined from reports for so long
_SLEW_PER_S_MS = 1.0  # a wall clock being slewed is followed


@dataclass(frozen=True, slots=True)
class Break:
    """The run must end here: footage up to ``limit_ms`` of its media clock is honest (None: all of it)."""

    reason: GapReason
    limit_ms: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class _Seen:
    at_ms: int  # boot clock at arrival
    media_ms: int
    frames: int
    duplicated: int


class TimeTruth:
    """The witnesses of one run. ``fps`` is the recorded rate; all times are milliseconds of the boot clock."""

    def __init__(self, fps: int, boot_ms: int, wall_ms: int, first_frame_ms: int, stall_ms: int) -> None:
        self._fps = fps
        self._started_ms = self._ticked_ms = boot_ms
        self._offset = float(wall_ms - boot_ms)
        self._first_frame_ms = first_frame_ms
        self._stall_ms = stall_ms
        self._seen: deque[_Seen] = deque(maxlen=32)
        self._zero_ms: int | None = None
        self._zero_known = False
        self._earliest_zero_ms = 0  # a start may be told late by so much, not more
        self._best_lag: int | None = None
        self._moving: _Seen | None = None  # the last report in which the picture had moved on
        self._late_tick_ms = 0

    @property
    def zero_ms(self) -> int | None:
        """Boot clock at media time 0; None before the first report."""
        return self._zero_ms

    @property
    def media_ms(self) -> int:
        """Media time of the newest report."""
        return self._seen[-1].media_ms if self._seen else 0

    @property
    def confirmed_ms(self) -> int:
        """Footage up to here was followed by a whole burst window without a hole."""
        if not self._seen:
            return 0
        until = self._seen[-1].at_ms - BURST_WINDOW_MS
        return max((seen.media_ms for seen in self._seen if seen.at_ms <= until), default=0)

    def start_was(self, boot_ms: int) -> None:
        """ffmpeg printed when its first input started: media time 0, exactly."""
        if not self._zero_known:
            self._zero_ms, self._zero_known = max(boot_ms, self._started_ms), True

    def freeze_zero(self) -> None:
        """Media time 0 stays as it is from now on: something was sealed by it."""
        self._zero_known = True

    def tick(self, boot_ms: int, wall_ms: int) -> Break | None:
        """Look at the clocks, before the reports that came since the last look."""
        since = boot_ms - self._ticked_ms
        self._late_tick_ms = since
        self._ticked_ms = boot_ms
        moved = (wall_ms - boot_ms) - self._offset
        if abs(moved) > STEP_MS:
            return Break(GapReason.CLOCK_STEPPED, self.media_ms, f"wall clock stepped by {moved:.0f} ms")
        slew = _SLEW_PER_S_MS * since / 1000
        self._offset += max(-slew, min(slew, moved))
        return None

    def silence(self, boot_ms: int) -> Break | None:
        """Look for reports that do not come, after all that came were taken."""
        if self._late_tick_ms > LATE_MS:
            return None  # the recorder itself was held up: let the reports speak
        if not self._seen:
            if boot_ms - self._started_ms > self._first_frame_ms:
                return Break(GapReason.STALLED, None, "no first frame")
            return None
        quiet = boot_ms - self._seen[-1].at_ms
        if quiet > self._stall_ms:
            return Break(GapReason.STALLED, self.media_ms + STEP_MS, f"no sign of life for {quiet} ms")
        return None

    def report(self, at_ms: int, report: Report) -> Break | None:
        """Take one report that arrived at ``at_ms``."""
        if report.media_ms is None or report.frames == 0:
            return None
        new = _Seen(at_ms, report.media_ms, report.frames, report.duplicated)
        before = self._seen[-1] if self._seen else None
        if before is not None and new.at_ms < before.at_ms:
            new = _Seen(before.at_ms, new.media_ms, new.frames, new.duplicated)
        found = self._judge(before, new)
        self._seen.append(new)
        return found

    def _judge(self, before: _Seen | None, new: _Seen) -> Break | None:
        zero = new.at_ms - new.media_ms
        if self._zero_ms is None:
            # No frame was taken before ffmpeg was started; a file read in real time begins with a burst and claims so.
            self._earliest_zero_ms = max(zero - BURST_MS, self._started_ms)
            self._zero_ms = max(zero, self._started_ms)
        elif not self._zero_known and new.at_ms - self._started_ms < SETTLE_MS:
            self._zero_ms = max(min(self._zero_ms, zero), self._earliest_zero_ms)
        lag = new.at_ms - self._zero_ms - new.media_ms
        if before is None or self._best_lag is None or self._moving is None:
            self._best_lag, self._moving = lag, new
            return None
        self._best_lag = min(self._best_lag, lag)
        spaced = new.at_ms - before.at_ms
        reason = GapReason.SUSPENDED if spaced > LATE_MS and self._late_tick_ms > LATE_MS else GapReason.STALLED
        if lag < -STEP_MS:
            return Break(GapReason.CLOCK_STEPPED, before.media_ms, f"media is {-lag} ms ahead of time")
        lag_before = before.at_ms - self._zero_ms - before.media_ms
        if spaced > LATE_MS and lag - lag_before > BURST_MS:
            return Break(reason, before.media_ms, f"stood still for {spaced} ms")
        if found := self._burst(new, reason):
            return found
        if lag - self._best_lag > LAG_MS:
            return Break(reason, before.media_ms, f"media is {lag - self._best_lag} ms behind")
        if new.frames > self._moving.frames:
            self._moving = new
        elif new.media_ms - self._moving.media_ms > LAG_MS:
            return Break(GapReason.STALLED, self._moving.media_ms, "sound goes on, picture stands")
        return None

    def _burst(self, new: _Seen, reason: GapReason) -> Break | None:
        """More filling than jitter explains, since any report within the window."""
        limit = self._fps * BURST_MS // 1000
        for number, old in enumerate(reversed(self._seen)):
            apart = new.at_ms - old.at_ms
            if number and apart > BURST_WINDOW_MS:
                return None
            copies = new.duplicated - old.duplicated
            # A slow camera is filled up evenly; in a late report only filling of nearly all of it is a hole.
            if copies >= max(limit, 0.8 * self._fps * (apart - 500) / 1000):
                return Break(reason, old.media_ms, f"{copies} copied frames within {apart} ms")
        return None
