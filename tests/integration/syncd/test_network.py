"""Networks that break, lie or fall silent. Evidence arrives whole afterwards, and the right thing is said meanwhile."""

from pathlib import Path

from center.config import CenterConfig
from tests.support.center import new_session
from tests.support.servers import AsgiProcess
from tests.support.syncing import Laptop
from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy, Mode

MB = 1_000_000


def test_an_outage_is_named_and_the_backlog_drains(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    proxy.switch(Mode.REFUSE)
    for _ in range(5):
        camera.segment()
    laptop.trouble("center_unreachable")
    status = laptop.status()
    assert not status.online
    wait_until(lambda: laptop.here().tracks["camera"].links == 7, what="all queued")
    proxy.switch(Mode.PASS)
    laptop.verified(7)
    assert wait_until(lambda: laptop.status().online)


def test_a_reset_in_the_middle_resumes_at_the_byte(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    laptop.verified(1)
    before = proxy.traffic.up
    proxy.reset_after(15 * MB)
    camera.segment(30 * MB)
    laptop.verified(2, 60)
    again = proxy.traffic.up - before - 30 * MB
    assert again < 5 * MB  # a hint only: the bench measures it; here it must not be the half sent before


def test_captive_portals_are_named_and_outlasted(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    laptop.verified(1)
    for mode in (Mode.PORTAL_PAGE, Mode.PORTAL_REDIRECT):
        proxy.switch(mode)
        camera.segment()
        laptop.trouble("captive_portal")
        proxy.switch(Mode.PASS)
        laptop.verified(camera.chain.links)


def test_a_server_that_accepts_and_never_answers(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    laptop.verified(1)
    proxy.switch(Mode.STALL)
    camera.segment()
    laptop.trouble("center_silent")
    proxy.switch(Mode.PASS)
    laptop.verified(2)


def test_the_center_dies_and_comes_back(laptop: Laptop, center: AsgiProcess) -> None:
    camera = laptop.recorder()
    camera.segment(8 * MB)
    center.kill()
    camera.segment()
    laptop.trouble("center_unreachable")
    center.start()
    laptop.verified(3, 60)


def test_an_unknown_center_gets_nothing(
    laptop: Laptop, center: AsgiProcess, config: CenterConfig, proxy: FaultProxy, tmp_path: Path
) -> None:
    camera = laptop.recorder()
    laptop.verified(1)
    other = {"data": str(tmp_path / "other-center")}
    with AsgiProcess("tests.support.center:center_app", other) as stranger:
        proxy.target = ("127.0.0.1", stranger.port)
        proxy.reset_connections()
        camera.segment()
        laptop.trouble("center_unknown")
        assert laptop.here().tracks["camera"].verified_links == 1
    proxy.target = ("127.0.0.1", center.port)
    assert laptop.daemon is not None
    laptop.daemon.scan()
    laptop.verified(2, 60)


def test_something_that_is_no_center_is_named(tmp_path: Path, laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    laptop.verified(1)
    with AsgiProcess("tests.integration.syncd.odd_servers:not_a_center", {}) as odd:
        proxy.target = ("127.0.0.1", odd.port)
        proxy.reset_connections()
        camera.segment()
        laptop.trouble("center_unknown")


def test_two_devices_of_one_machine_do_not_mix(laptop: Laptop, config: CenterConfig, proxy: FaultProxy) -> None:
    first = laptop.recorder()
    first.segment()
    laptop.verified(2)
    session = laptop.session
    laptop.enrol(proxy.url, new_session(config).code)
    second = laptop.recorder()
    second.segment()
    laptop.verified(2)
    assert laptop.session != session
    second.end()
    laptop.confirmed()
    first.end()
    laptop.session = session
    laptop.confirmed()
