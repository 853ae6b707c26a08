"""A handful of runs in every `make test`, three hundred in `make drill`: nothing lost, nothing twice, nothing false."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHORT = (7, 8, 11, 12)  # real ffmpeg, 2 kbit/s, 30 % loss, sleep, a full disk, half-open, a portal, damaged sidecars
DRILL_RUNS, DRILL_PART = 300, 30


def play(seeds: tuple[int, ...], runs: int, keep: Path) -> str:
    """What the lab prints; fails with it when anything is broken."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--seed", *map(str, seeds), "--runs", str(runs), "--workers", "4",
         "--keep", str(keep)],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_few_bad_days(tmp_path: Path) -> None:
    assert f"{len(SHORT)} 次 · runs of {len(SHORT)}, 0 次有误" in play(SHORT, 1, tmp_path)


@pytest.mark.drill
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(1000, 1000 + DRILL_RUNS, DRILL_PART))
def test_three_hundred_bad_days(seed: int, tmp_path: Path) -> None:
    play((seed,), DRILL_PART, tmp_path)
