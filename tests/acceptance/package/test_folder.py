"""The packed folder on a machine without Python, ffmpeg and source tree: every command, the window, a whole interview.

Needs ``dist/zhishi``; ``make package`` and ``make drill`` make it.
"""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from domain.wire.syncd import EnrolReply, EnrolRequest, SyncStatus
from host.instance import find
from host.localapi import LocalClient
from host.paths import Home
from tests.support.bareroot import PLACE, BareRoot
from tests.support.center import center_config, new_session
from tests.support.desktop import desktop
from tests.support.interviewing import candidate, final_receipt, office
from tests.support.servers import AsgiProcess
from tests.support.syncing import HandRecorder
from tests.support.usermanager import UserManager
from tests.support.waiting import wait_until
from tests.support.windowing import AS_ROOT, free_port, looked_into
from zhishi.stage import dying_with_parent, talking_head_clip

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "dist" / "zhishi"
PROGRAM = f"{PLACE}/zhishi"
pytestmark = pytest.mark.drill


@pytest.fixture
def bare(tmp_path: Path) -> BareRoot:
    assert (FOLDER / "zhishi").exists(), "make package makes it"
    return BareRoot(FOLDER, tmp_path / "bare")


def test_the_root_is_bare(bare: BareRoot) -> None:
    """What the other tests rely on."""
    for name in ("python3", "ffmpeg", "zhishi"):
        assert bare.run("/bin/sh", "-c", f"command -v {name}").returncode != 0, name
    listed = bare.run("/bin/sh", "-c", "echo /usr/lib/python3* /root/* /home/*").stdout
    assert listed.split() == ["/usr/lib/python3*", "/root/*", "/home/*"]
    assert bare.run("/bin/sh", "-c", f"touch {PLACE}/x").returncode != 0, "the folder is read-only"
    shown = bare.run("/bin/sh", "-c", "export -p").stdout
    assert "PYTHON" not in shown


def test_every_command_answers(bare: BareRoot) -> None:
    told = bare.run(PROGRAM, "--help")
    assert told.returncode == 0, told.stderr
    for name in ("ui", "recorder", "syncd", "status", "doctor", "rescue", "service", "rehearse", "verify"):
        assert name in told.stdout
        assert bare.run(PROGRAM, name, "--help").returncode == 0, name
    assert "center" not in [line.strip(" │").split(" ")[0] for line in told.stdout.splitlines()]
    nowhere = bare.run(PROGRAM, "rehearse")
    assert nowhere.returncode == 1
    assert "settings.toml" in nowhere.stderr, "no center of its own, and it says where the address is written"
    refused = bare.run(PROGRAM, "service", "install")
    assert "[service_unsupported]" in refused.stderr, "no manager here"


def test_doctor_sees_the_screen_and_the_microphone(bare: BareRoot) -> None:
    with desktop() as stage:
        told = bare.run(PROGRAM, "doctor", "--json", environ=stage.environ)
    report = json.loads(told.stdout)
    found = {one["id"]: one["verdict"] for one in report["findings"]}
    assert found["screen"] == "pass", report
    assert found["disk"] == "pass"
    assert report["code"].isdigit()


def test_its_licences_are_with_it() -> None:
    listed = (FOLDER / "licences" / "README.txt").read_text()
    for name in ("PySide6_WebEngine", "Python", "preact", "requests", "libnss3", "pyinstaller"):
        assert f"\n{name} " in listed, name
        assert any(path.stat().st_size for path in (FOLDER / "licences" / name).iterdir()), name
    assert "configuration:" in (FOLDER / "licences" / "ffmpeg.txt").read_text()
    assert not list(FOLDER.rglob("*astronaut*"))
    assert not (FOLDER / "_internal" / "center").exists()


def test_its_sync_daemon_sends_what_lies_here_to_the_receipt(bare: BareRoot, tmp_path: Path) -> None:
    """The queue's tables are made by a part of the packed program in a process of its own."""
    config = center_config(tmp_path / "center")
    home = Home(tmp_path / "home").prepare()
    client = LocalClient(home, "syncd", 30.0)
    with AsgiProcess("tests.support.center:center_app", {"data": str(config.data)}) as center:
        command = bare.command(PROGRAM, "syncd", "--home", str(home.root))
        daemon = subprocess.Popen(
            dying_with_parent(command),
            env=bare.environ({}),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: find(home, "syncd"), 60, "the packed sync daemon")
            order = EnrolRequest(center=center.url, code=new_session(config).code)
            reply = client.post("/enrol", order, EnrolReply)
            camera = HandRecorder(home, reply.session, reply.device)
            camera.segment()
            camera.end()
            wait_until(lambda: client.get("/status", SyncStatus).sessions[0].state == "confirmed", 60, "confirmed")
            assert client.get("/status", SyncStatus).troubles == []
            assert f"{PLACE}/" in psutil.Process(daemon.pid).exe()
        finally:
            daemon.terminate()
            assert daemon.wait(30) == 0


@pytest.mark.timeout(600)
def test_a_whole_interview_in_the_window_to_the_receipt(bare: BareRoot, tmp_path: Path) -> None:
    clip = Path(shutil.copy(talking_head_clip(), tmp_path))
    port = free_port()
    with desktop("1366x768") as stage, office(tmp_path) as center:
        environ = bare.environ({**stage.environ, **AS_ROOT})
        with candidate(center.url, environ, window=True, camera=clip, program=bare.command(PROGRAM)) as person:
            center.hold(start_in_s=90)
            person.start("--debug-port", str(port))
            with looked_into(port) as page:
                page.wait_for_selector("text=设备准备", timeout=60_000)
                width = "Math.max(0, ...[...document.images].map(one => one.naturalWidth))"
                wait_until(lambda: page.evaluate(width), 60, "the camera's picture is in the window")
                page.screenshot(path=ROOT / "build" / "package-window.png")
            person.check_devices()
            person.log_in(center)
            person.read_all()
            person.enter()
            person.must("confirm")
            person.wait(lambda state: state["page"].get("phase") == "questions", 150, "the questions")
            person.must("questions_shown")
            running_from_the_folder()
            person.must("end")
            person.at("end")
            receipt = person.wait(final_receipt, 120, "the receipt")
            assert receipt["segments"] > 2
            key = person.home.receipts / f"{person.session()}.center-key.json"
            checked = bare.run(PROGRAM, "verify", receipt["path"], "--key", str(key))
            assert checked.returncode == 0, checked.stderr
            told = bare.run(PROGRAM, "status", "--json", "--home", str(person.home.root))
            assert json.loads(told.stdout)["sync"]["sessions"][0]["state"] == "confirmed"


def running_from_the_folder() -> None:
    """Window, recorder, sync daemon, ffmpeg and the window's engine."""
    ours = [one for one in psutil.process_iter(["exe", "cmdline"]) if f"{PLACE}/" in (one.info["exe"] or "")]
    names = {Path(one.info["exe"]).name for one in ours}
    assert {"zhishi", "QtWebEngineProcess"} <= names
    assert any(name.startswith("ffmpeg") for name in names)
    commands = {word for one in ours for word in one.info["cmdline"] or ()}
    assert {"recorder", "syncd"} <= commands
    ffmpegs = [one for one in ours if Path(one.info["exe"]).name.startswith("ffmpeg")]
    assert all("LD_LIBRARY_PATH" not in one.environ() for one in ffmpegs)


@pytest.mark.timeout(300)
def test_the_service_is_the_packed_program_and_comes_back_when_killed(tmp_path: Path) -> None:
    """Where the machine allows a user manager: the unit names the folder's file, systemd hears that it is ready."""
    home = Home(tmp_path / "面试 home").prepare()
    with UserManager() as manager:

        def service(*words: str) -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                [str(FOLDER / "zhishi"), "service", *words, "--home", str(home.root)],
                env=manager.environ, cwd="/", capture_output=True, text=True, check=False,
            )  # fmt: skip

        done = service("install")
        assert done.returncode == 0, done.stderr
        told = json.loads(service("status", "--json").stdout)
        unit = Path(told["file"]).read_text()
        assert f'ExecStart="{FOLDER / "zhishi"}" "syncd" "--home"' in unit
        assert "PYTHON" not in unit
        first = told["pid"]
        assert Path(f"/proc/{first}/exe").resolve() == FOLDER / "zhishi"
        os.kill(first, signal.SIGKILL)

        def pid() -> int:
            running = find(home, "syncd")
            return running.pid if running else 0

        wait_until(lambda: pid() not in (0, first), 60, "started again")
        removed = service("uninstall")
        assert removed.returncode == 0, removed.stderr
        assert not Path(told["file"]).exists()
