"""The line cut at every stage, and the center killed at every stage: said in words, kept, gone on with by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from center import phoneacts
from center.store.candidates import PermissionKind
from tests.acceptance.pages.browsing import chromium
from tests.acceptance.ui.seat import Seat, seated
from tests.support.desktop import desktop
from tests.support.interviewing import CODE, Office, candidate, final_receipt, office
from zhishi.faultproxy import FaultProxy, Mode
from zhishi.sample import FIRST_NUMBER

LOST = "暂时连不上考务平台，正在自动重试；请检查网络"


@dataclass(frozen=True)
class Line:
    """What lies between the laptop and the center, and how it goes and comes back."""

    url: str
    cut: Callable[[], None]
    mend: Callable[[], None]


@contextmanager
def network(center: Office) -> Iterator[Line]:
    """The network is cut."""
    with FaultProxy(("127.0.0.1", center.server.port)) as proxy:
        yield Line(proxy.url, lambda: proxy.switch(Mode.REFUSE), lambda: proxy.switch(Mode.PASS))


@contextmanager
def killed(center: Office) -> Iterator[Line]:
    """The center itself is killed, and started again."""
    yield Line(center.url, center.server.kill, center.server.start)


LINES = {"network": network, "center": killed}


@pytest.mark.drill
@pytest.mark.timeout(400)
def test_cut_at_every_stage_up_to_entering(tmp_path: Path) -> None:
    with (
        desktop() as stage,
        office(tmp_path) as center,
        network(center) as line,
        candidate(line.url, stage.environ) as person,
        chromium() as browser,
    ):
        center.hold(start_in_s=600, companion=True)
        person.start()
        with seated(browser, person) as seat:
            up_to_entering(seat, center, line)


@pytest.mark.drill
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", list(LINES))
def test_cut_at_every_stage_up_to_the_receipt(tmp_path: Path, name: str) -> None:
    with (
        desktop() as stage,
        office(tmp_path) as center,
        LINES[name](center) as line,
        candidate(line.url, stage.environ) as person,
        chromium() as browser,
    ):
        center.hold(start_in_s=180, companion=True)
        person.start()
        with seated(browser, person) as seat:
            up_to_entering(seat, center, line)
            from_entering_on(seat, center, line)


def up_to_entering(seat: Seat, center: Office, line: Line) -> None:
    """Devices, login, binding, attachments, enter."""
    seat.at("设备准备")
    seat.network("online")
    line.cut()
    seat.press("重新检测")
    seat.says(LOST)
    assert seat.page.get_by_role("button", name="知道了").count() == 0, "it goes by itself"
    seat.tick_rules()
    seat.press("下一步")  # a network that is not there blocks nobody here
    _login(seat, center, line)
    _binding(seat, center, line)
    _attachments(seat, line)
    _enter(seat, line)


def _login(seat: Seat, center: Office, line: Line) -> None:
    seat.at("人脸登录")
    seat.name_project()
    seat.says("考务平台没有答复，刚才的操作没有完成")
    seat.says("请检查网络，然后再点一次")
    assert seat.page.get_by_text("程序会自动重试").count() == 0, "nothing repeats this order"
    line.mend()
    seat.press("下一步")  # what was typed is still there
    seat.says("人脸信息处理告知书")
    line.cut()
    seat.press("不同意")
    seat.tell_who()
    seat.says("考务平台没有答复，刚才的操作没有完成")
    line.mend()
    seat.press("开始人脸识别")
    seat.press("请技术服务人员办理")
    seat.says("已请技术服务人员办理登录")
    line.cut()
    center.allow(PermissionKind.LOGIN)
    seat.network("offline")
    line.mend()


def _binding(seat: Seat, center: Office, line: Line) -> None:
    seat.at("佐证绑定")
    code = seat.page.get_by_alt_text("智试通绑定二维码")
    seat.says("手机打不开这个地址")  # here the center's address is this machine's own
    seat.press("仍要显示二维码")
    code.wait_for(timeout=60_000)  # a code nobody had to ask for
    line.cut()
    seat.says(LOST)
    assert code.is_visible()
    center.allow(PermissionKind.NO_PHONE)
    seat.press("换一个二维码")
    seat.says("考务平台没有答复，刚才的操作没有完成")
    assert code.is_visible()
    line.mend()


def _attachments(seat: Seat, line: Line) -> None:
    seat.at("阅读考试附件")
    seat.person.wait(lambda state: all(item["url"] for item in state["page"]["items"]), 30, "the attachments are here")
    line.cut()
    seat.says(LOST)
    seat.read_all()  # without network
    seat.at("进入考试")


def _enter(seat: Seat, line: Line) -> None:
    seat.press("进入考试")
    seat.says("已经点击，正在等待考务平台答复。")
    seat.says("程序会自动重试，您已按时点击，请不要离开。")
    line.mend()
    seat.at("设备确认")


def from_entering_on(seat: Seat, center: Office, line: Line) -> None:
    """Confirm, answering before and after the questions, end, the phone waived, receipt."""
    seat.network("online")
    line.cut()
    seat.network("offline")
    seat.press("进入待考")
    seat.at("等待面试开始")
    seat.says("网络中断，不影响面试；")
    line.mend()
    seat.network("online")
    seat.page.get_by_role("heading", level=1, name="开始答题").wait_for(timeout=200_000)
    line.cut()
    seat.says("网络中断，请继续作答；")
    assert seat.page.get_by_text("网络中断").count() == 2, "the top bar and one line, no more"
    seat.press("下一题")
    seat.press("结束考试")
    seat.press("确定结束")
    seat.says("网络不通，视频完好保存在本机")
    line.mend()
    seat.says("等待手机佐证视频")
    center.do(phoneacts.waive_phone, CODE, FIRST_NUMBER)
    seat.person.wait(final_receipt, 120, "the receipt")
    seat.at("上传成功")
