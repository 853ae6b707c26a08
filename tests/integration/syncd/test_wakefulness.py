"""The machine is kept awake from enrolment to the receipt, and what could not be had is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from center.config import CenterConfig
from host.awake.logind import Logind
from tests.support.center import new_session
from tests.support.servers import AsgiProcess
from tests.support.sleeping import REFUSES, calls, system
from tests.support.syncing import Laptop
from tests.support.waiting import wait_until


@contextmanager
def _laptop(folder: Path, center: AsgiProcess, config: CenterConfig, hold: Logind) -> Iterator[Laptop]:
    with Laptop(folder / "home", keep_awake=hold) as laptop:
        assert laptop.status().awake is None, "nothing to stay awake for yet"
        laptop.enrol(center.url, new_session(config).code)
        yield laptop


def test_awake_until_the_receipt_and_no_longer(tmp_path: Path, center: AsgiProcess, config: CenterConfig) -> None:
    with _laptop(tmp_path, center, config, Logind(system(tmp_path))) as laptop:
        wait_until(lambda: laptop.status().awake, 10, "the machine is kept awake")
        camera = laptop.recorder()
        camera.segment()
        camera.end()
        laptop.confirmed()
        wait_until(lambda: laptop.status().awake is None, 10, "it may sleep again")
        wait_until(lambda: calls(tmp_path)[-1].endswith("let go"), 10, "the lock is given back")
    assert sum("--what" in call for call in calls(tmp_path)) == 1


def test_a_lock_lost_on_the_way_is_taken_again(tmp_path: Path, center: AsgiProcess, config: CenterConfig) -> None:
    hold = Logind(system(tmp_path))
    with _laptop(tmp_path, center, config, hold) as laptop:
        wait_until(lambda: laptop.status().awake, 10, "the machine is kept awake")
        hold.release()
        assert laptop.status().awake is False
        wait_until(lambda: laptop.status().awake, 20, "the machine is kept awake again")
    assert calls(tmp_path)[-1].endswith("let go"), "a stopped daemon keeps nothing awake"


def test_what_could_not_be_had_is_told(tmp_path: Path, center: AsgiProcess, config: CenterConfig) -> None:
    with _laptop(tmp_path, center, config, Logind(system(tmp_path, REFUSES))) as laptop:
        assert laptop.trouble("sleep_not_prevented") == "sleep systemd-inhibit: Failed to inhibit: Access denied"
        assert laptop.status().awake is False
        camera = laptop.recorder()
        camera.segment()
        camera.end()
        laptop.confirmed()
        wait_until(lambda: not laptop.status().troubles, 10, "it does not matter any more")
