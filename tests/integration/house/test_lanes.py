"""The tests' own order of work: one worker does a whole lane, whatever the others do."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parents[2] / "conftest.py"
HEAVY = ["tests/acceptance/pages/test_a.py", "tests/acceptance/staff/test_b.py"]
LIGHT = ["tests/unit/test_c.py", "tests/unit/test_d.py"]
_RAN = re.compile(r"^\[(gw\d)\] .*PASSED (\S+)", re.MULTILINE)
_TESTS = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_one(number: int) -> None:
    assert number < 6
"""


def test_a_lane_stays_with_one_worker(tmp_path: Path) -> None:
    """Two files of the lane of heavy tests, and two of light ones, below the real conftest."""
    for place in [*HEAVY, *LIGHT]:
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_TESTS)
    shutil.copy(CONFTEST, tmp_path / "tests")
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder", "-v"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [
            *command,
            "-p",
            "no:cacheprovider",
            "-p",
            "no:schemathesis",
            "--rootdir",
            str(tmp_path),
            "--import-mode=importlib",
            "tests",
        ],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    workers: dict[str, set[str]] = {}
    for worker, test in _RAN.findall(done.stdout):
        workers.setdefault(test.partition("::")[0], set()).add(worker)
    assert set(workers) == {*HEAVY, *LIGHT}
    assert workers[HEAVY[0]] == workers[HEAVY[1]]
    assert all(len(alone) == 1 for alone in workers.values())
    assert workers[LIGHT[0]] != workers[HEAVY[0]], "the other worker has the rest"
