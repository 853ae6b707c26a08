"""A rehearsal's line is cut for a bounded while; nothing real is ever held back by it."""

from pathlib import Path

import pytest

from center import admin
from center.config import CenterConfig
from domain.errors import BadInput
from host.clock import SystemClock
from tests.support.center import HOUR_MS, new_session
from tests.support.servers import AsgiProcess
from tests.support.syncing import Laptop
from tests.support.waiting import wait_until


def test_nothing_is_sent_while_it_is_cut_and_it_mends_itself(laptop: Laptop) -> None:
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    assert laptop.daemon is not None
    laptop.daemon.cut(3)
    camera.segment()
    detail = laptop.trouble("center_unreachable")
    assert "cut by a rehearsal" in detail
    wait_until(lambda: laptop.here().tracks["camera"].links == 3, what="queued")
    assert laptop.here().tracks["camera"].verified_links == 2
    laptop.verified(3)
    assert wait_until(lambda: laptop.status().online)


def test_a_real_interview_is_never_cut(
    tmp_path: Path, laptop: Laptop, config: CenterConfig, center: AsgiProcess
) -> None:
    now = SystemClock().wall_ms()
    with admin.opened(config) as database:
        admin.create_project(database, "real", "正式", practice=False)
        admin.create_batch(database, "real", "1", now + HOUR_MS)
        code = admin.create_session(database, "real", "1", "0001", now, HOUR_MS).code
    laptop.enrol(center.url, code)
    assert laptop.daemon is not None
    with pytest.raises(BadInput):
        laptop.daemon.cut(3)
    assert laptop.status().online
    camera = laptop.recorder()
    camera.segment()
    camera.end()
    laptop.confirmed()
    laptop.daemon.cut(3)  # confirmed: nothing of it is left to send
    laptop.enrol(center.url, new_session(config).code)
    assert wait_until(lambda: laptop.status().online)
