"""The service under a real systemd user manager: installed, killed, silent, rebooted, upgraded, removed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from center.config import CenterConfig
from domain.errors import NotRunning
from domain.wire.syncd import EnrolReply, EnrolRequest, SyncStatus
from host.clock import SystemClock
from host.instance import find
from host.localapi import LocalClient
from host.logs import log_path, parse_line
from host.paths import Home
from tests.support.center import center_config, new_session
from tests.support.servers import AsgiProcess
from tests.support.syncing import HandRecorder, Laptop
from tests.support.usermanager import UserManager
from tests.support.waiting import wait_until
from ui.launcher import Launch, Launcher

ROOT = Path(__file__).parents[3]


@pytest.fixture
def manager() -> Iterator[UserManager]:
    with UserManager() as running:
        running.environ["PYTHONPATH"] = str(ROOT)
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "面试 $HOME 50%").prepare()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CenterConfig:
    return center_config(tmp_path_factory.mktemp("center"))


@pytest.fixture(scope="module")
def center(config: CenterConfig) -> Iterator[AsgiProcess]:
    with AsgiProcess("tests.support.center:center_app", {"data": str(config.data)}) as running:
        yield running


def zhishi(manager: UserManager, home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    """``zhishi service WORDS`` as the manager's user."""
    return subprocess.run(
        [sys.executable, "-m", "zhishi", "service", *words, "--home", str(home.root)],
        env=manager.environ,
        capture_output=True,
        text=True,
        check=False,
    )


def installed(manager: UserManager, home: Home) -> None:
    done = zhishi(manager, home, "install")
    assert done.returncode == 0, done.stdout + done.stderr


def pid_of(home: Home) -> int:
    running = find(home, "syncd")
    return running.pid if running else 0


def unit_of(manager: UserManager, home: Home) -> str:
    file = json.loads(zhishi(manager, home, "status", "--json").stdout)["file"]
    return Path(file).name


def status(home: Home) -> SyncStatus | None:
    try:
        return LocalClient(home, "syncd").get("/status", SyncStatus)
    except NotRunning:
        return None


def verified(home: Home) -> int:
    now = status(home)
    return sum(t.verified_links for s in now.sessions for t in s.tracks.values()) if now else 0


def test_it_is_ready_when_install_says_so_and_comes_back_when_killed(manager: UserManager, home: Home) -> None:
    installed(manager, home)
    first = pid_of(home)
    assert first
    told = json.loads(zhishi(manager, home, "status", "--json").stdout)
    assert told["installed"]
    assert told["running"]
    assert told["pid"] == first
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: pid_of(home) not in (0, first), what="started again")
    assert manager.group_of(pid_of(home)).endswith(f"/{told['file'].rpartition('/')[2]}")


def test_one_that_has_fallen_silent_is_ended_and_started_again(manager: UserManager, home: Home) -> None:
    installed(manager, home)
    unit = unit_of(manager, home)
    folder = Path(manager.environ["HOME"]) / ".config" / "systemd" / "user" / f"{unit}.d"
    folder.mkdir()
    (folder / "quick.conf").write_text("[Service]\nWatchdogSec=3\n")
    manager.systemctl("daemon-reload")
    manager.systemctl("restart", unit)
    first = pid_of(home)
    wait_until(lambda: "waiting" in manager.systemctl("show", unit, "-P", "StatusText"), what="a sign of life")
    os.kill(first, signal.SIGSTOP)
    wait_until(lambda: pid_of(home) not in (0, first), 60, "started again")
    assert manager.systemctl("show", unit, "-P", "NRestarts") == "1"


def test_after_a_reboot_it_sends_what_was_unsent(
    manager: UserManager, home: Home, center: AsgiProcess, config: CenterConfig
) -> None:
    installed(manager, home)
    order = EnrolRequest(center=center.url, code=new_session(config).code)
    reply = LocalClient(home, "syncd", 30.0).post("/enrol", order, EnrolReply)
    manager.cut_power()
    assert status(home) is None
    camera = HandRecorder(home, reply.session, reply.device)
    camera.segment()
    manager.start()
    wait_until(lambda: verified(home) == 2, 60, "sent after the boot, with nobody asking")


def test_it_takes_over_from_one_started_by_hand_and_keeps_its_queue(
    manager: UserManager, home: Home, center: AsgiProcess, config: CenterConfig
) -> None:
    by_hand = subprocess.Popen([sys.executable, "-m", "zhishi", "syncd", "--home", str(home.root)], env=manager.environ)
    wait_until(lambda: status(home) is not None, what="the one by hand answers")
    order = EnrolRequest(center=center.url, code=new_session(config).code)
    reply = LocalClient(home, "syncd", 30.0).post("/enrol", order, EnrolReply)
    camera = HandRecorder(home, reply.session, reply.device)
    camera.segment()
    wait_until(lambda: verified(home) == 2, what="sent by the one started by hand")
    installed(manager, home)
    assert by_hand.wait(30) == 0
    assert verified(home) == 2
    first = pid_of(home)
    installed(manager, home)  # an upgrade: the same order again
    assert pid_of(home) not in (0, first)
    assert verified(home) == 2


def test_a_service_waits_for_its_turn_beside_another_syncd(manager: UserManager, home: Home) -> None:
    installed(manager, home)
    unit = unit_of(manager, home)
    manager.systemctl("stop", unit)
    by_hand = subprocess.Popen([sys.executable, "-m", "zhishi", "syncd", "--home", str(home.root)], env=manager.environ)
    wait_until(lambda: pid_of(home) == by_hand.pid, what="the one by hand runs")
    manager.systemctl("start", unit)
    assert "waiting for syncd" in manager.systemctl("show", unit, "-P", "StatusText")
    by_hand.terminate()
    by_hand.wait(30)
    wait_until(lambda: pid_of(home) not in (0, by_hand.pid), what="its turn has come")
    assert manager.systemctl("show", unit, "-P", "NRestarts") == "0"


def test_it_is_not_removed_while_evidence_is_unsent(
    manager: UserManager, home: Home, center: AsgiProcess, config: CenterConfig, tmp_path: Path
) -> None:
    installed(manager, home)
    order = EnrolRequest(center=center.url, code=new_session(config).code)
    reply = LocalClient(home, "syncd", 30.0).post("/enrol", order, EnrolReply)
    camera = HandRecorder(home, reply.session, reply.device)
    camera.segment()
    refused = zhishi(manager, home, "uninstall")
    assert refused.returncode == 1
    assert "evidence_stays" in refused.stderr
    assert "上传成功" in refused.stderr
    camera.end()
    wait_until(lambda: (now := status(home)) is not None and now.sessions[0].state == "confirmed", what="confirmed")
    refused = zhishi(manager, home, "uninstall")
    assert refused.returncode == 1
    assert "成绩公布" in refused.stderr
    assert pid_of(home)
    other = Home(tmp_path / "empty").prepare()
    installed(manager, other)
    done = zhishi(manager, other, "uninstall")
    assert done.returncode == 0, done.stderr
    assert not pid_of(other)
    assert not json.loads(zhishi(manager, other, "status", "--json").stdout)["installed"]
    assert pid_of(home)


def test_logs_are_json_lines_that_its_command_shows(manager: UserManager, home: Home) -> None:
    installed(manager, home)
    lines = [parse_line(line) for line in log_path(home, "syncd").read_text().splitlines()]
    assert lines[0]["event"] == "started"
    shown = zhishi(manager, home, "logs", "-n", "5")
    assert "started" in shown.stdout
    assert log_path(home, "syncd").stat().st_mode & 0o077 == 0


def test_programs_started_by_the_window_have_scopes_of_their_own(manager: UserManager, home: Home) -> None:
    """What ends the window's group for want of memory spares them."""
    launch = Launch((sys.executable, "-m", "zhishi"), {}, manager.environ)
    launcher = Launcher(home, launch, SystemClock())
    assert launcher.ensure("syncd")
    pid = pid_of(home)
    assert manager.group_of(pid).endswith(".scope")
    assert manager.group_of(pid) != manager.group_of(os.getpid())
    LocalClient(home, "syncd").fetch("POST", "/quit")
    wait_until(lambda: not pid_of(home), what="ended")


def test_what_ends_the_window_and_all_beside_it_spares_what_it_started(manager: UserManager, home: Home) -> None:
    """As systemd-oomd does: every process of the window's group is killed at once."""
    starter = (
        "import os, sys, time; from pathlib import Path;"
        "from host.clock import SystemClock; from host.paths import Home; from ui.launcher import Launch, Launcher;"
        "launch = Launch((sys.executable, '-m', 'zhishi'), {}, dict(os.environ));"
        "Launcher(Home(Path(sys.argv[1])), launch, SystemClock()).ensure('syncd'); time.sleep(600)"
    )
    window = subprocess.Popen(
        ["systemd-run", "--user", "--scope", "--quiet", "--unit=window", "--", sys.executable, "-c", starter,
         str(home.root)], env=manager.environ,
    )  # fmt: skip
    wait_until(lambda: pid_of(home), 60, "started by the window")
    manager.systemctl("kill", "--signal=KILL", "window.scope")
    assert window.wait(30) == -signal.SIGKILL
    assert status(home) is not None, "the sync daemon goes on"
    LocalClient(home, "syncd").fetch("POST", "/quit")
    wait_until(lambda: not pid_of(home), what="ended")


def test_the_window_asks_the_installed_service(manager: UserManager, home: Home) -> None:
    installed(manager, home)
    unit = unit_of(manager, home)
    manager.systemctl("stop", unit)
    order = ("systemctl", "--user", "start", unit)
    launch = Launch((sys.executable, "-m", "zhishi"), {}, manager.environ, services={"syncd": order})
    assert Launcher(home, launch, SystemClock()).ensure("syncd")
    assert manager.group_of(pid_of(home)).endswith(f"/{unit}")


def test_without_a_manager_the_window_starts_it_itself(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").prepare()
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(tmp_path)}
    broken = ("systemctl", "--user", "start", "no-such-unit.service")
    launch = Launch((sys.executable, "-m", "zhishi"), {}, environ, services={"syncd": broken})
    assert Launcher(home, launch, SystemClock()).ensure("syncd")
    LocalClient(home, "syncd").fetch("POST", "/quit")
    wait_until(lambda: not pid_of(home), what="ended")


def test_leave_is_judged_from_the_disk_alone(home: Home, center: AsgiProcess, config: CenterConfig) -> None:
    from syncd.retention import Until
    from syncd.service.leave import stays

    laptop = Laptop(home.root)
    with laptop:
        laptop.enrol(center.url, new_session(config).code)
        assert stays(home) == []  # nothing was recorded: nothing has to stay
        camera = laptop.recorder()
        camera.segment()
        assert [stay.until for stay in stays(home)] == [Until.CONFIRMED]
        camera.end()
        laptop.confirmed()
    assert [stay.until for stay in stays(home)] == [Until.PUBLISHED]
    session = home.spool / "sessions" / laptop.session / "session.json"
    session.write_text("{")
    assert [stay.until for stay in stays(home)] == [Until.READABLE]
    session.unlink()
    assert [stay.until for stay in stays(home)] == [Until.READABLE]
