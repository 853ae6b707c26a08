"""What goes wrong with a camera while it films: told on the phone and to the laptop, mended, and declared."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from domain.identity import LinkKind
from domain.seal import GapReason, parse_seal
from tests.support.phonepage import World, black, silence, still
from tests.support.phones import Phone
from tests.support.waiting import wait_until
from zhishi.faultproxy import Mode

Clip = Callable[[], Path] | None
_LOST_TRACK = (
    "() => document.querySelector('.pic video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
)

# Browsers enforce no quota set for a test, so the refusal of a full phone is played.
_FULL = """() => {
  const { add } = IDBObjectStore.prototype;
  window.makeRoom = () => { IDBObjectStore.prototype.add = add; };
  IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""


def begin(scene: World) -> Page:
    """Bound and filming, the pan not done."""
    scene.bind()
    page = scene.phone.page
    page.locator("main.ready .btn.act").click()
    page.wait_for_selector("main.pan")
    return page


@pytest.mark.parametrize(
    ("camera", "microphone", "word", "state"),
    [
        (still, None, "画面停住", "frozen"),
        (black, None, "画面全黑", "black"),
        (None, silence, "没有声音", "silent"),
    ],
    ids=["frozen", "black", "silent"],
)
def test_a_stream_that_died_is_told(scene: World, camera: Clip, microphone: Clip, word: str, state: str) -> None:
    scene.phone.start(camera=camera and camera(), microphone=microphone and microphone())
    page = begin(scene)
    page.wait_for_selector(f"[role=alert]:has-text('{word}')", timeout=15_000)
    wait_until(lambda: scene.binding()["state"] == state, 15, "the laptop is told")


def test_a_camera_taken_away_comes_back_as_a_new_run(scene: World) -> None:
    scene.phone.start()
    page = begin(scene)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    page.evaluate(_LOST_TRACK)
    wait_until(lambda: len({row.run for row in scene.uploads()}) == 2, 20, "a new run arrives")
    wait_until(lambda: scene.uploads()[-1].kind == "segment", 20, "with its footage")
    gaps = [seal for row in scene.uploads() if (seal := parse_seal(row.seal.encode())).kind is LinkKind.GAP]
    assert [gap.reason for gap in gaps] == [GapReason.DEVICE_LOST]
    page.wait_for_selector("main.pan")


@pytest.mark.drill
def test_a_dead_picture_is_opened_anew_by_the_button(scene: World) -> None:
    scene.phone.start(camera=still())
    page = begin(scene)
    page.wait_for_selector("[role=alert]:has-text('画面停住')", timeout=15_000)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    page.get_by_role("button", name="立即恢复").click()
    wait_until(lambda: len({row.run for row in scene.uploads()}) == 2, 20, "a new run arrives")
    gaps = [seal for row in scene.uploads() if (seal := parse_seal(row.seal.encode())).kind is LinkKind.GAP]
    assert [gap.reason for gap in gaps] == [GapReason.STALLED]


def test_a_page_that_is_loaded_again_films_on(scene: World) -> None:
    scene.phone.start()
    page = begin(scene)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    page.reload()
    page.wait_for_selector("main.pan")
    wait_until(lambda: len({row.run for row in scene.uploads()}) == 2, 20, "a new run arrives")
    gaps = [seal for row in scene.uploads() if (seal := parse_seal(row.seal.encode())).kind is LinkKind.GAP]
    assert [gap.reason for gap in gaps] == [GapReason.RECORDER_DIED]


@pytest.mark.drill
def test_support_finishes_a_forgotten_phone(scene: World) -> None:
    scene.phone.start()
    page = begin(scene)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    scene.end()
    scene.finish()
    page.wait_for_selector("main.sending:has-text('技术服务人员已停止拍摄')", timeout=20_000)
    page.wait_for_selector("h1:has-text('上传成功')", timeout=30_000)
    with page.expect_response("**/companion/heartbeat"), page.expect_response("**/companion/bindings") as asked:
        page.goto(scene.link())  # whoever scans again after the end is not asked to film again
    assert asked.value.ok
    assert page.locator("main.sending h1:has-text('上传成功')").count() == 1


def test_an_upload_that_expired_is_made_anew(scene: World) -> None:
    scene.phone.start(workers="block")  # what goes through a worker cannot be answered by a test
    page = begin(scene)
    gone = {"left": 2}

    def refuse(route: Route) -> None:
        if gone["left"]:
            gone["left"] -= 1
            route.fulfill(status=410, headers={"Tus-Resumable": "1.0.0"}, body="")
        else:
            route.continue_()

    page.route("**/api/v1/uploads**", refuse)

    def arrived() -> bool:
        page.wait_for_timeout(50)  # answers of ours are given only while the browser is listened to
        return gone["left"] == 0 and scene.verified() >= 2

    wait_until(arrived, 30, "everything arrives all the same")
    page.unroute_all(behavior="ignoreErrors")
    assert [row.seq for row in scene.uploads()] == list(range(len(scene.uploads())))


@pytest.mark.drill
@pytest.mark.parametrize("mode", [Mode.PORTAL_PAGE, Mode.STALL])
def test_a_line_that_answers_nothing_or_lies_is_outlasted(scene: World, mode: Mode) -> None:
    scene.phone.start()
    scene.bind()
    scene.film()
    page = scene.phone.page
    scene.proxy.switch(mode)
    page.wait_for_selector("text=网络中断", timeout=30_000)
    recorded = "() => Number(/共 (\\d+) 段/.exec(document.querySelector('.band figcaption').textContent)[1])"
    before = page.evaluate(recorded)
    wait_until(lambda: page.evaluate(recorded) >= before + 6, 60, "it films on for longer than an upload may stall")
    assert page.locator("text=网络正常").count() == 0, "nothing of the center was reached"
    scene.proxy.switch(Mode.PASS)
    page.wait_for_selector("text=网络正常", timeout=60_000)
    wait_until(lambda: scene.verified() >= before + 6, 60, "everything arrives")


def test_a_full_phone_says_so_and_films_on_once_there_is_room(scene: World) -> None:
    scene.phone.start()
    page = begin(scene)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    page.evaluate(_FULL)
    page.wait_for_selector("[role=alert]:has-text('不能保存录像')", timeout=20_000)
    wait_until(lambda: scene.binding()["state"] == "interrupted", 15, "the laptop is told")
    page.evaluate("() => window.makeRoom()")
    wait_until(lambda: len({row.run for row in scene.uploads()}) == 2, 20, "a new run arrives")
    gaps = [seal for row in scene.uploads() if (seal := parse_seal(row.seal.encode())).kind is LinkKind.GAP]
    assert [gap.reason for gap in gaps] == [GapReason.DISK_FULL]


@pytest.mark.drill
def test_another_phone_takes_the_place_and_this_one_still_sends(scene: World) -> None:
    scene.phone.start()
    page = begin(scene)
    wait_until(lambda: scene.verified() >= 1, 20, "the first segment arrives")
    other = Phone(scene.base)
    other.bind(scene.link())
    scene.approve()
    page.wait_for_selector("main.sending:has-text('另一部手机已代替本机')", timeout=20_000)
    page.wait_for_selector("h1:has-text('已全部送达')", timeout=30_000)
    other.close()
