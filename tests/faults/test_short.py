"""A handful of runs in every `make test`, three hundred in `make drill`: nothing lost, nothing twice, nothing false."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHORT_SEED, SHORT_RUNS = 7, 4  # the real recorder, both disks, a half-open line, a captive portal, a killed center
DRILL_RUNS, DRILL_PART = 300, 30


def play(seed: int, runs: int, keep: Path) -> str:
    """What the lab prints; fails with it when anything is broken."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--seed", str(seed), "--runs", str(runs), "--workers", "4",
         "--keep", str(keep)],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.heavy
def test_a_few_bad_days(tmp_path: Path) -> None:
    assert f"{SHORT_RUNS} 次 · runs of {SHORT_RUNS}, 0 次有误" in play(SHORT_SEED, SHORT_RUNS, tmp_path)


@pytest.mark.drill
@pytest.mark.heavy
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(1000, 1000 + DRILL_RUNS, DRILL_PART))
def test_three_hundred_bad_days(seed: int, tmp_path: Path) -> None:
    play(seed, DRILL_PART, tmp_path)
