"""A face login in the real window, from camera to verdict: a stranger, a photo and the person, in this order."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from center.faces.image import Pixels
from center.faces.words import Turn
from tests.acceptance.ui.seat import Seat
from tests.support.desktop import desktop
from tests.support.interviewing import candidate, office
from tests.support.people import astronaut, person
from tests.support.puppetcamera import PuppetCamera
from tests.support.waiting import wait_until
from tests.support.windowing import AS_ROOT, free_port, looked_into

ARROWS = {"←": Turn.LEFT, "→": Turn.RIGHT, "↑": Turn.UP, "↓": Turn.DOWN}


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
            _show_face(seat)
            seat.says("与报名照片不符")
            seat.at("人脸登录")
            camera.sit(_near(astronaut()))
            seat.press("返回")
            _show_face(seat)
            seat.says("没有看到转头动作，请重试，动作可以大一些")
            seat.press("再试一次")
            wait_until(lambda: _obeys(page, camera), 120, "the person is logged in")
            seat.at("阅读考试附件")


def _near(picture: Pixels) -> Pixels:
    """Head and shoulders: a head that is nodded must be large enough to be seen to nod."""
    return picture[:380, 60:].copy()


def _show_face(seat: Seat) -> None:
    seat.at("人脸登录")
    seat.name_project()
    seat.press("同意")
    seat.tell_who()


def _obeys(page: Page, camera: PuppetCamera) -> bool:
    """Turn the head as the arrow on the page says, try again when told to; True once the next stage is there."""
    again = page.get_by_role("button", name="再试一次", exact=True)
    if again.count():
        again.click()
    arrow = page.evaluate("document.querySelector('.arrow')?.textContent ?? ''").strip()
    camera.pose(ARROWS.get(arrow))
    return bool(page.evaluate("document.querySelector('h1')?.textContent") == "阅读考试附件")
