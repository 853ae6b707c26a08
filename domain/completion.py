"""How a session came out, for the ledgers and the public status page. Pure."""

from enum import StrEnum

from domain.errors import Words
from domain.window import Assessment, assess


class Completion(StrEnum):
    """How one session came out, or how far it is."""

    AHEAD = "ahead"  # not begun
    RUNNING = "running"
    OPEN = "open"  # over, within its window, not all here
    LATE = "late"  # the window is over, not all here
    CONFIRMED = "confirmed"
    CONFIRMED_LATE = "confirmed_late"
    CLOSED_WITH_LOSS = "closed_with_loss"
    ABSENT = "absent"  # 缺考


COMPLETION_WORDS: dict[Completion, Words] = {
    Completion.AHEAD: Words("尚未开始", "not begun"),
    Completion.RUNNING: Words("正在面试", "running"),
    Completion.OPEN: Words("等待上传", "waiting for its upload"),
    Completion.LATE: Words("已超时，尚未收齐", "late, not all here"),
    Completion.CONFIRMED: Words("按时完成", "confirmed in time"),
    Completion.CONFIRMED_LATE: Words("超时完成", "confirmed late"),
    Completion.CLOSED_WITH_LOSS: Words("缺失说明结案", "closed with declared loss"),
    Completion.ABSENT: Words("缺考", "absent"),
}
_VERDICTS = {
    Assessment.ON_TRACK: Completion.OPEN,
    Assessment.AT_RISK: Completion.OPEN,
    Assessment.LATE: Completion.LATE,
    Assessment.CONFIRMED: Completion.CONFIRMED,
    Assessment.CONFIRMED_LATE: Completion.CONFIRMED_LATE,
    Assessment.CLOSED_WITH_LOSS: Completion.CLOSED_WITH_LOSS,
}


def completion_of(
    now_ms: int,
    start_ms: int,
    deadline_ms: int | None,
    confirmed_ms: int | None,
    closed_ms: int | None,
    *,
    came: bool,
    may_come: bool,
) -> Completion:
    """``deadline_ms`` None: not over. ``came``: entered, or sent something. ``may_come``: let in after the start."""
    verdict = assess(now_ms, deadline_ms, confirmed_ms, None, idle=True, closed_ms=closed_ms)
    if not came and closed_ms is None and confirmed_ms is None:
        if now_ms < start_ms:
            return Completion.AHEAD
        return Completion.RUNNING if may_come and deadline_ms is None else Completion.ABSENT
    if verdict is Assessment.ON_TRACK and deadline_ms is None:
        return Completion.AHEAD if now_ms < start_ms else Completion.RUNNING
    return _VERDICTS[verdict]


_KEEP = Words("成绩公布之前，请勿卸载软件或删除文件", "Do not uninstall or delete anything before the results are out")
_CALL = Words("请拨打技术服务电话", "Please call support")
_SAID: dict[Completion, tuple[Words, Words]] = {
    Completion.AHEAD: (Words("面试尚未开始", "The interview has not begun"), Words("", "")),
    Completion.RUNNING: (
        Words("面试正在进行，视频边录边传", "The interview is running; it is sent while it is recorded"),
        Words("", ""),
    ),
    Completion.OPEN: (
        Words("面试已结束，数据还没有收齐", "The interview is over; not everything has arrived yet"),
        Words(
            "请让电脑开机并联网，直到电脑上显示“上传成功”",
            "Leave the computer on and online until it says so",
        ),
    ),
    Completion.LATE: (
        Words(
            "已超过上传时限，数据还没有收齐，仍可继续上传",
            "The time to upload is over and not everything is here; it can still be sent",
        ),
        Words("请让电脑开机并联网，并立即拨打技术服务电话", "Leave the computer on and online, and call support now"),
    ),
    Completion.CONFIRMED: (Words("上传成功：数据已全部收到并核验", "Everything has arrived and is verified"), _KEEP),
    Completion.CONFIRMED_LATE: (
        Words("上传成功（超时完成）：数据已全部收到并核验", "Everything has arrived, late, and is verified"),
        _KEEP,
    ),
    Completion.CLOSED_WITH_LOSS: (
        Words(
            "已按缺失说明结案：部分数据无法收齐，已收到的有效",
            "Closed with declared loss; what has arrived counts",
        ),
        Words(
            "电脑上尚有的数据仍会接收；有疑问请拨打技术服务电话",
            "What is left there is still taken; call support if in doubt",
        ),
    ),
    Completion.ABSENT: (Words("没有您进入面试的记录", "There is no record that you entered the interview"), _CALL),
}
_PHONE = Words(
    "手机佐证视频还没有收齐：请在手机上停止拍摄，并保持手机联网",
    "The phone's video is still to come: stop it on the phone and keep the phone online",
)


def public_words(state: Completion, *, phone_left: bool, laptop_left: bool) -> tuple[Words, Words]:
    """(what is true now, what to do), as the public status page says it."""
    said, todo = _SAID[state]
    if state is Completion.OPEN and phone_left and not laptop_left:
        return said, _PHONE
    return said, todo
