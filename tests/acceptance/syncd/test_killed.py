"""syncd as a program of its own: killed with -9 at every step, doubled, on a machine whose clock is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from center.config import CenterConfig
from domain.errors import AlreadyRunning
from domain.wire.syncd import CloseRequest, EnrolReply, EnrolRequest, SyncStatus
from host.instance import SingleInstance
from host.localapi import LocalClient
from host.paths import Home
from tests.support.center import center_config, new_session
from tests.support.servers import AsgiProcess
from tests.support.syncd_child import STEPS
from tests.support.syncing import HandRecorder, Laptop, SyncdProcess, syncd_process
from tests.support.waiting import wait_until

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CenterConfig:
    return center_config(tmp_path_factory.mktemp("center"))


@pytest.fixture(scope="module")
def center(config: CenterConfig) -> Iterator[AsgiProcess]:
    with AsgiProcess("tests.support.center:center_app", {"data": str(config.data)}) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def _enrol(home: Home, center: AsgiProcess, config: CenterConfig) -> HandRecorder:
    order = EnrolRequest(center=center.url, code=new_session(config).code)
    reply = LocalClient(home, "syncd").post("/enrol", order, EnrolReply)
    return HandRecorder(home, reply.session, reply.device)


def _verified(status: SyncStatus) -> int:
    return sum(track.verified_links for session in status.sessions for track in session.tracks.values())


def _finish(process: SyncdProcess, camera: HandRecorder) -> None:
    camera.end()
    wait_until(lambda: process.status().sessions[0].state == "confirmed", what="confirmed")
    assert _verified(process.status()) == camera.chain.links


@pytest.mark.parametrize("step", list(STEPS))
def test_killed_at_a_step_of_completing_an_upload(
    home: Home, center: AsgiProcess, config: CenterConfig, step: str
) -> None:
    laptop = Laptop(home.root)
    with laptop:
        laptop.enrol(center.url, new_session(config).code)
    camera = laptop.recorder()
    camera.segment()
    camera.segment(3_000_000)
    process = SyncdProcess(home, {})
    process.start(wait=False, die_at=[step, 1])
    assert process.ended() == -9
    with syncd_process(home) as process:
        wait_until(lambda: _verified(process.status()) == 3, what="all verified")
        assert not process.status().sessions[0].troubles
        _finish(process, camera)


def test_a_second_syncd_leaves_the_first_alone(home: Home, center: AsgiProcess, config: CenterConfig) -> None:
    with syncd_process(home) as process:
        camera = _enrol(home, center, config)
        with pytest.raises(AlreadyRunning, match=str(process.pid)), SingleInstance(home, "syncd"):
            pass
        second = SyncdProcess(home, {})
        second.start(wait=False)
        assert second.ended() != 0
        camera.segment()
        _finish(process, camera)


@pytest.mark.parametrize("off_ms", [DAY_MS, -DAY_MS])
def test_a_clock_wrong_by_a_day_changes_nothing_but_a_notice(
    home: Home, center: AsgiProcess, config: CenterConfig, off_ms: int
) -> None:
    with syncd_process(home, wall_off_ms=off_ms) as process:
        camera = _enrol(home, center, config)
        camera.segment()
        wait_until(lambda: process.status().clock_wrong, what="noticed")
        status = process.status()
        assert [trouble.error.code for trouble in status.troubles] == ["clock_wrong"]
        assert abs((status.center_offset_ms or 0) + off_ms) < 60_000
        _finish(process, camera)
        assert process.status().sessions[0].assessment == "confirmed"


def test_the_local_api_closes_and_quits(home: Home, center: AsgiProcess, config: CenterConfig) -> None:
    with syncd_process(home) as process:
        camera = _enrol(home, center, config)
        camera.segment()
        process.client.post("/scan", None, SyncStatus)
        process.client.post("/close", CloseRequest(session=camera.session), SyncStatus)
        wait_until(lambda: process.status().sessions[0].state == "confirmed", what="confirmed")
        process.client.fetch("POST", "/quit")
        assert process.ended() == 0
