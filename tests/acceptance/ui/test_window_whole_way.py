"""All eight stages in the real window: everything is read from it and pressed in it, and a receipt is in hand."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from domain.identity import Track
from host.spool import Spool
from tests.acceptance.ui.seat import Seat
from tests.support.desktop import desktop
from tests.support.interviewing import candidate, office
from tests.support.people import astronaut, near
from tests.support.phones import Phone, beating
from tests.support.puppetcamera import PuppetCamera
from tests.support.waiting import wait_until
from tests.support.windowing import AS_ROOT, free_port, looked_into
from zhishi.verify import verify

_START_IN_S = 150  # devices, a face, a phone and the papers come before; who is late stands before a closed door


@pytest.mark.drill
@pytest.mark.timeout(600)
def test_all_eight_stages_in_the_window_with_face_and_phone(tmp_path: Path) -> None:
    """Camera, sound and screen are recorded by ffmpeg; the face is a puppet's, the phone speaks as its page does."""
    port, downloads = free_port(), tmp_path / "下载"
    camera = PuppetCamera(tmp_path)
    camera.sit(near(astronaut()))
    with (
        desktop("1366x768") as stage,
        office(tmp_path) as center,
        camera,
        candidate(
            center.url,
            {**stage.environ, **AS_ROOT, "XDG_DOWNLOAD_DIR": str(downloads)},
            window=True,
            camera=camera.clip,
        ) as person,
    ):
        center.hold(start_in_s=_START_IN_S, showing_seconds=60, companion=True)
        person.start("--debug-port", str(port))
        phone = Phone(center.url)
        with looked_into(port) as page:
            seat = Seat(person, page)
            _devices(seat)
            seat.show_face()
            wait_until(lambda: seat.obeys(camera, "佐证绑定"), 120, "the person is logged in")
            _bind(seat, phone)
            with beating(phone) as say:
                phone.film(b"pan", b"placed")
                say("recording")
                _up_to_the_questions(seat)
                phone.film(b"answering")
                _end(seat)
                seat.says("等待手机佐证视频")
                say("uploading")
                phone.token = phone.new_token()
                assert phone.submit(phone.manifest()).json()["missing"] == 0
                seat.at("上传成功")
            receipt = _save(page, downloads)
        phone.close()
        status = person.sync()
        assert status is not None
        (mine,) = status.sessions
        assert mine.center_key is not None
        _is_whole(receipt, Path(mine.center_key), Spool(person.home.spool).session_dir(person.session()))


def _devices(seat: Seat) -> None:
    """The checks, and the five-second test recording looked at and listened to."""
    seat.at("设备准备")
    seat.tick_rules()
    clip = seat.page.locator("video")
    wait_until(lambda: _tried(seat, clip), 90, "the test recording plays by itself")
    wait_until(lambda: clip.evaluate("video => video.currentTime > 1"), 20, "the test recording plays in the window")
    seat.press("清楚")
    seat.press("下一步")


def _tried(seat: Seat, clip: Locator) -> bool:
    """Press, and press again when the page says that it failed (a machine that is busy may give no picture in time)."""
    again = seat.page.get_by_role("button", name="试录 5 秒并回放", exact=True)
    if again.count():
        again.click()
    return bool(clip.count())


def _bind(seat: Seat, phone: Phone) -> None:
    """The code is read from the window, typed into the phone, and the phone approved in the window."""
    seat.says("手机打不开这个地址")  # the center of this test is on this machine alone
    seat.press("智试通二维码")
    code = seat.page.locator("dd.code").filter(has_not_text="正在获取")
    phone.bind(code.inner_text(timeout=30_000).strip(), "code")
    seat.says("这是您的手机吗？")
    seat.says(phone.id[-4:].upper())
    seat.press("确认绑定")
    seat.at("阅读考试附件")


def _up_to_the_questions(seat: Seat) -> None:
    seat.read_all()
    seat.at("进入考试")
    seat.press("进入考试")
    seat.at("设备确认")
    seat.press("刷新设备")
    seat.press("进入待考")
    seat.at("等待面试开始")
    seat.page.get_by_role("heading", level=1, name="请展示 A4 纸").wait_for(timeout=_START_IN_S * 1000)
    seat.press("正反面都已展示")
    seat.at("开始答题")


def _end(seat: Seat) -> None:
    seat.says("第 1 题，共")
    seat.press("下一题")
    seat.says("第 2 题，共")
    seat.press("结束考试")
    seat.press("确定结束")


def _save(page: Page, downloads: Path) -> Path:
    page.get_by_role("button", name="保存回执").click()
    (saved,) = wait_until(lambda: list(downloads.glob("*.jws")), 20, "the receipt is saved")
    return saved


def _is_whole(receipt: Path, key: Path, evidence: Path) -> None:
    """Checked offline against the center's key and the laptop's evidence; the phone's is not on the laptop."""
    verdict = verify(receipt, key, evidence)
    tracks = {entry.track: entry.summary for entry in verdict.receipt.tracks}
    assert set(tracks) == {Track.CAMERA, Track.SCREEN, Track.TIMELINE, Track.COMPANION}
    assert all(tracks[track].segments > 2 for track in (Track.CAMERA, Track.SCREEN, Track.COMPANION))
    assert [entry.track for entry in verdict.absent] == [Track.COMPANION]
