"""A face login in the real window, from camera to verdict: a stranger, a photo and the person, in this order."""

from pathlib import Path

import pytest

from tests.acceptance.ui.seat import Seat
from tests.support.desktop import desktop
from tests.support.interviewing import candidate, office
from tests.support.people import astronaut, near, person
from tests.support.puppetcamera import PuppetCamera
from tests.support.waiting import wait_until
from tests.support.windowing import AS_ROOT, free_port, looked_into


@pytest.mark.drill
@pytest.mark.timeout(400)
def test_a_stranger_is_refused_a_still_is_not_alive_and_the_person_gets_in(tmp_path: Path) -> None:
    port = free_port()
    camera = PuppetCamera(tmp_path)
    camera.sit(person("obama"))
    with (
        desktop("1366x768") as stage,
        office(tmp_path) as center,
        camera,
        candidate(center.url, {**stage.environ, **AS_ROOT}, window=True, camera=camera.clip) as somebody,
    ):
        center.hold(start_in_s=1200)
        somebody.start("--debug-port", str(port))
        with looked_into(port) as page:
            seat = Seat(somebody, page)
            seat.at("设备准备")
            seat.tick_rules()
            seat.press("下一步")
            seat.show_face()
            seat.says("与报名照片不符")
            seat.at("人脸登录")
            camera.sit(near(astronaut()))
            seat.press("返回")
            seat.show_face()
            seat.says("没有看到转头动作，请重试，动作可以大一些")
            seat.press("再试一次")
            wait_until(lambda: seat.obeys(camera, "阅读考试附件"), 120, "the person is logged in")
            seat.at("阅读考试附件")
