"""Keeping the machine awake: a real child holds, and lets go however this process ends.

No test machine has a logind to ask, so a stand-in called ``systemd-inhibit`` is put on the PATH.
"""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from domain.errors import SleepNotPrevented
from host.awake.logind import Logind
from tests.support.sleeping import HANGS, REFUSES, calls, system
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]


def test_it_holds_until_it_is_released(tmp_path: Path) -> None:
    hold = Logind(system(tmp_path))
    hold.take()
    hold.take()
    assert hold.held
    assert len(calls(tmp_path)) == 1, "one lock is enough"
    assert "--what=sleep:idle:handle-lid-switch" in calls(tmp_path)[0]
    assert "--mode=block" in calls(tmp_path)[0]
    hold.release()
    assert calls(tmp_path)[-1].endswith("let go")
    assert not hold.held


def test_it_can_be_taken_again(tmp_path: Path) -> None:
    hold = Logind(system(tmp_path))
    hold.release()
    hold.take()
    hold.release()
    hold.take()
    assert hold.held
    hold.release()
    assert len(calls(tmp_path)) == 4


def test_a_hold_that_was_ended_from_outside_is_not_held_and_is_taken_again(tmp_path: Path) -> None:
    hold = Logind(system(tmp_path))
    hold.take()
    psutil.Process(int(calls(tmp_path)[0].split()[0])).kill()
    wait_until(lambda: not hold.held, 10, "it is seen that nothing holds any more")
    hold.take()
    assert hold.held
    hold.release()


def test_kill_9_of_the_holder_lets_the_machine_sleep(tmp_path: Path) -> None:
    code = (
        "import os,sys; from host.awake.logind import Logind; Logind(os.environ).take(); print(1, flush=True); input()"
    )
    environ = {**system(tmp_path), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"1\n"
        child.kill()
    wait_until(lambda: calls(tmp_path)[-1].endswith("let go"), 10, "the lock fell with its holder")


@pytest.mark.parametrize(
    ("script", "said"), [(REFUSES, "Access denied"), (HANGS, "no answer"), (None, "systemd-inhibit")]
)
def test_what_cannot_be_had_is_told(
    tmp_path: Path, script: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.awake.child._ANSWER_S", 0.5)
    monkeypatch.setattr("host.awake.child._END_S", 0.1)
    environ = system(tmp_path, script) if script is not None else {"PATH": str(tmp_path)}
    hold = Logind(environ)
    with pytest.raises(SleepNotPrevented, match=said):
        hold.take()
    assert not hold.held
