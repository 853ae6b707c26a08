"""The forecast on lines that were really recorded (tests/support/throughput.py): who will miss the window is named in
time, who will not is left in peace, and the remedy fits the line.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from center.dashboard.tally import BIN_MS, BINS, Arrivals
from center.store.watching import Arrived
from domain.risk import NAMED_BEFORE_MS, Act, Connection, Risk, Standing, Verdict, judge
from domain.stage import MINUTE_MS
from domain.window import WINDOW_MS
from tests.support.throughput import KEPT, SAMPLE_S

RECORDED: dict[str, list[int]] = json.loads(Path(KEPT).read_text())["bytes"]
END = 1_700_000_000_000
SHARES = [0.2, 0.4, 0.6, 0.8, 0.95, 1.05, 1.3, 2.0, 5.0]


@dataclass(frozen=True)
class Look:
    """What support saw at one moment."""

    left_ms: int
    verdict: Verdict


def carried(line: str) -> int:
    """What the line carries in the whole window."""
    return sum(RECORDED[line]) * round(BIN_MS / 1000 / SAMPLE_S)


def watched(line: str, backlog: int) -> tuple[list[Look], int | None]:
    """Every ten seconds of the window until all is here; and how much of it was left then, if it came so far."""
    looks: list[Look] = []
    arrivals, seen_ms, remaining = Arrivals(), END, backlog
    for number, sample in enumerate(RECORDED[line]):
        now = END + (number + 1) * BIN_MS
        size = min(remaining, sample * round(BIN_MS / 1000 / SAMPLE_S))
        remaining -= size
        if sample:
            seen_ms = now
            arrivals.came(Arrived("u", "s", "camera", "segment", size, now - 1))
        if not remaining:
            return looks, END + WINDOW_MS - now
        ahead = arrivals.forecast(remaining, now)
        standing = Standing(
            now_ms=now,
            start_ms=END - 30 * MINUTE_MS,
            latest_end_ms=END,
            window_ms=WINDOW_MS,
            seen_ms=seen_ms,
            logged_in=True,
            entered=True,
            ended_ms=END,
            finish_in_ms=ahead.finish_in_ms,
            remaining_bytes=remaining,
        )
        looks.append(Look(END + WINDOW_MS - now, judge(standing)))
    return looks, None


def named(looks: list[Look]) -> list[bool]:
    return [look.verdict.risk is Risk.AT_RISK for look in looks]


def test_the_lines_are_what_their_names_say() -> None:
    samples = {line: len(counts) for line, counts in RECORDED.items()}
    assert samples == dict.fromkeys(("steady", "dying", "flapping", "rescued"), WINDOW_MS // BIN_MS)
    assert not any(RECORDED["dying"][185:])
    assert sum(RECORDED["rescued"][120:]) > 10 * sum(RECORDED["rescued"][:120])
    assert 0.1 < RECORDED["flapping"].count(0) / 360 < 0.9


@pytest.mark.parametrize("line", RECORDED)
@pytest.mark.parametrize("share", [share for share in SHARES if share > 1])
def test_who_will_miss_the_window_is_named_a_quarter_of_an_hour_before_it_closes(line: str, share: float) -> None:
    looks, finished = watched(line, int(carried(line) * share))
    assert finished is None
    last = [look for look in looks if 0 < look.left_ms <= NAMED_BEFORE_MS]
    assert last
    assert all(named(last)), f"named from {max(x.left_ms for x, n in zip(looks, named(looks), strict=True) if n)}"


@pytest.mark.parametrize("line", RECORDED)
def test_who_has_half_the_window_to_spare_is_seldom_named(line: str) -> None:
    """An alarm that is mostly false is one nobody looks at. Until the hotspot (120, and three minutes) it is none."""
    quiet: list[bool] = []
    since = 120 + BINS if line == "rescued" else 0
    for share in SHARES:
        looks, finished = watched(line, int(carried(line) * share))
        if finished is not None and finished >= WINDOW_MS // 2:
            quiet += named(looks[since:])
    assert sum(quiet) <= len(quiet) * 0.25


def test_the_remedy_fits_the_line() -> None:
    looks, _ = watched("steady", int(carried("steady") * 1.3))
    assert {look.verdict.act for look in looks if look.verdict.risk is Risk.AT_RISK} == {Act.EXTEND_WINDOW}
    looks, _ = watched("steady", int(carried("steady") * 5))
    assert "rescue bundle" in looks[200].verdict.remedy.en
    looks, _ = watched("dying", int(carried("dying") * 1.05))
    gone = [look for look in looks if look.verdict.connection is Connection.OFFLINE]
    told = {look.verdict.remedy.en for look in gone if look.verdict.risk is Risk.AT_RISK}
    assert told == {"Call: another network, or a rescue bundle", "Call now: a rescue bundle, brought from elsewhere"}
    looks, _ = watched("rescued", int(carried("rescued") * 0.5))
    early, late = looks[60].verdict, looks[-1].verdict
    assert (early.risk, late.risk) == (Risk.AT_RISK, Risk.CALM)  # named while it was hopeless, calm once it was not
