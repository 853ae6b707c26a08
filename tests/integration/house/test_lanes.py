"""The tests' own order of work: one worker does a whole lane, whatever the others do."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
_RAN = re.compile(r"^\[(gw\d)] .*PASSED (\S+)", re.MULTILINE)


def test_a_lane_stays_with_one_worker() -> None:
    """Two files of the lane of heavy tests, and two of light ones."""
    heavy = ["tests/acceptance/pages/test_contract.py", "tests/acceptance/staff/test_contract.py"]
    light = ["tests/unit/domain/test_room.py", "tests/unit/domain/test_notes.py"]
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder", "-v"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *light, *heavy],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    workers: dict[str, set[str]] = {}
    for worker, test in _RAN.findall(done.stdout):
        workers.setdefault(test.partition("::")[0], set()).add(worker)
    assert set(workers) == {*heavy, *light}
    assert workers[heavy[0]] == workers[heavy[1]]
    assert all(len(alone) == 1 for alone in workers.values())
    assert workers[light[0]] != workers[heavy[0]], "the other worker has the rest"
