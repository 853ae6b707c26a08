"""The timeline in words for reviewers: what happened, in sentences of ours; nothing that anybody typed gets through.

Owns the sentences of what the center and the devices tell; those of the integrity notes are ``domain.notes``'s. Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain import notes
from domain.companion import UNWELL
from domain.errors import Words

Data = Mapping[str, Any]
_PHONE = {
    "preview": Words("取景", "shows its picture"),
    "pan": Words("环拍", "is turned round"),
    "placing": Words("摆放", "is being placed"),
    "recording": Words("正在录制", "records"),
    "frozen": Words("画面静止", "shows a picture that stands still"),
    "black": Words("画面全黑", "shows a black picture"),
    "silent": Words("没有声音", "hears nothing"),
    "interrupted": Words("录制中断", "was interrupted"),
    "stopped": Words("已停止录制", "has stopped recording"),
    "uploading": Words("正在上传", "uploads"),
    "done": Words("上传完成", "has sent everything"),
}
_STAGES = {
    "devices": Words("设备准备", "device check"),
    "login": Words("人脸登录", "login"),
    "binding": Words("佐证绑定", "binding the phone"),
    "attachments": Words("阅读附件", "attachments"),
    "enter": Words("进入考试", "entering"),
    "confirm": Words("设备确认", "device confirmation"),
    "answering": Words("开始答题", "answering"),
    "end": Words("结束考试", "the end"),
}


def words(kind: str, data: Data) -> Words:
    """One sentence; of a kind nobody wrote a sentence for, or with data that make none, its name."""
    made = _WORDS.get(kind)
    if made is not None:
        return made if isinstance(made, Words) else made(data)
    try:
        return notes.words(kind, data) or Words(kind, kind)
    except (TypeError, ValueError, OverflowError):  # a laptop is never trusted to tell numbers
        return Words(kind, kind)


def is_incident(kind: str, data: Data) -> bool:
    """Whether it is marked on the strip."""
    if kind == "phone_state":
        after = data.get("after")
        return isinstance(after, str) and after in UNWELL
    return kind in _ALWAYS or notes.is_incident(kind, data)


def _stage(data: Data) -> Words:
    name = _STAGES.get(str(data.get("stage")))
    return Words("换到另一环节", "Another stage") if name is None else Words(f"环节：{name.zh}", f"Stage: {name.en}")


def _phone(data: Data) -> Words:
    name = _PHONE.get(str(data.get("after")))
    if name is None:
        return Words("手机状态改变", "The phone's state changed")
    return Words(f"手机{name.zh}", f"The phone {name.en}")


def _login(data: Data) -> Words:
    return (
        Words("由技术服务人员放行登录，未比对人脸", "Logged in by support, no face was compared")
        if data.get("by_support")
        else Words("人脸登录通过", "Logged in by face")
    )


def _end(data: Data) -> Words:
    early = data.get("by") == "candidate"
    return Words("考生提前结束", "The candidate ended early") if early else Words("面试结束", "The interview ended")


_WORDS: dict[str, Words | Callable[[Data], Words]] = {
    "stage": _stage,
    "phone_state": _phone,
    "logged_in": _login,
    "ended": _end,
    "face_passed": Words("人脸比对通过", "The face was found to be the right one"),
    "logged_in_by_hand": Words("由技术服务人员放行登录", "Support let log in by hand"),
    "face_failed": Words("一次人脸比对未通过", "One face comparison failed"),
    "login_help": Words("登录时求助", "Help was asked for while logging in"),
    "attachment_opened": Words("打开附件", "An attachment was opened"),
    "attachment_read": Words("附件已阅", "An attachment was marked as read"),
    "pledge": Words("接受诚信承诺书", "The integrity pledge was accepted"),
    "enter_pressed": Words("点击【进入考试】", "Entering was pressed"),
    "entered": Words("进入考试", "Entered"),
    "devices_confirmed": Words("设备确认完成", "The devices were confirmed"),
    "questions_here": Words("试题已到本机", "The questions are on the laptop"),
    "questions_shown": Words("试题出现", "The questions appeared"),
    "help": Words("求助", "Help was asked for"),
    "network_lost": Words("网络中断", "The network was lost"),
    "network_back": Words("网络恢复", "The network is back"),
    "phone_asked": Words("手机申请绑定", "A phone asked to be bound"),
    "phone_approved": Words("手机绑定成功", "The phone was bound"),
    "phone_replaced": Words("手机被另一部替换", "The phone was replaced by another"),
    "phone_unbound": Words("手机解除绑定", "The phone was let go"),
    "phone_done": Words("手机数据已全部收到", "All of the phone's evidence is here"),
    "refused": Words("一项操作被平台拒绝", "The center refused something"),
    "window_closed": Words("窗口被关闭", "The window was closed"),
    "rehearsal_begun": Words("开始模拟测试", "The rehearsal began"),
}
_ALWAYS = frozenset(("phone_replaced", "window_closed"))
