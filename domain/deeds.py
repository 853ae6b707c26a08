"""Plain words for what center, phone and staff note on a timeline; what laptops note is ``domain.notes``'s. Pure.

One table, so that support reads the same sentence everywhere. A kind without words speaks for itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.errors import Words
from domain.notes import words as noted

Data = Mapping[str, Any]


def words(source: str, kind: str, data: Data) -> Words | None:
    """The sentence for one entry of a timeline; None where the kind has none, or a laptop's data are none we know."""
    if source == "laptop":
        try:
            return noted(kind, data)
        except (TypeError, ValueError, AttributeError):  # a laptop may say anything
            return None
    made = _WORDS.get(kind)
    return made if made is None or isinstance(made, Words) else made(data)


def _late(data: Data) -> Words:
    return (
        Words("进入考试（开考之后）", "Entered, after the start") if data.get("late") else Words("进入考试", "Entered")
    )


def _shown(data: Data) -> Words:
    late = int(data.get("late_ms", 0)) // 1000
    if late <= 0:
        return Words("试题已显示", "The questions were shown")
    return Words(f"试题已显示，比开考晚 {late} 秒", f"The questions were shown {late} s late")


def _logged_in(data: Data) -> Words:
    hand = bool(data.get("by_support"))
    return Words("登录成功（人工）" if hand else "登录成功", "Logged in, by hand" if hand else "Logged in")


def _taken_over(data: Data) -> Words:
    hand = bool(data.get("by_support"))
    return Words(
        "另一台设备接替登录（人工）" if hand else "另一台设备接替登录",
        "Another laptop took over, by hand" if hand else "Another laptop took over",
    )


def _phone_state(data: Data) -> Words:
    after = str(data.get("after", ""))
    return Words(f"手机状态：{_PHONE.get(after, after)}", f"The phone: {after}")


def _minutes(zh: str, en: str) -> Callable[[Data], Words]:
    def made(data: Data) -> Words:
        minutes = f"{int(data.get('extra_ms', 0)) / 60_000:g}"
        return Words(f"{zh} {minutes} 分钟", f"{en} {minutes} min")

    return made


def _claimed(data: Data) -> Words:
    after = str(data.get("after", ""))
    if not after:
        return Words("求助已交回", "The call for help was given back")
    return Words(f"求助由{after}认领", f"{after} took the call for help")


def _told(data: Data) -> Words:
    return Words(f"已告知考生：{data.get('text', '')}", f"The candidate was told: {data.get('text', '')}")


_PHONE = {
    "preview": "预览",
    "recording": "正在录制",
    "interrupted": "录制中断",
    "frozen": "画面静止",
    "black": "画面全黑",
    "silent": "没有声音",
    "uploading": "正在上传",
    "done": "上传成功",
}

_WORDS: dict[str, Words | Callable[[Data], Words]] = {
    "entered": _late,
    "attachment_read": Words("已阅一份附件", "An attachment was read"),
    "pledge": Words("作出诚信承诺", "The pledge was accepted"),
    "help": Words("请求帮助", "Asked for help"),
    "questions_shown": _shown,
    "face_passed": Words("人脸登录通过", "The face was recognised"),
    "face_failed": Words("人脸登录未通过", "The face was not recognised"),
    "logged_in_by_hand": Words("人工准予登录", "Logged in by hand"),
    "login": _logged_in,
    "takeover": _taken_over,
    "login_help": Words("请求人工登录", "Asked to be logged in by hand"),
    "rehearsal_begun": Words("开始考前模拟测试", "A rehearsal began"),
    "phone_asked": Words("手机扫码，等待确认", "A phone scanned the code"),
    "phone_approved": Words("手机已绑定", "The phone was bound"),
    "phone_replaced": Words("手机已被另一部替换", "Another phone took its place"),
    "phone_unbound": Words("手机已解除绑定", "The phone was let go"),
    "phone_state": _phone_state,
    "admit_login": Words("准予人工登录一次", "One login by hand was allowed"),
    "admit_takeover": Words("准予另一台设备接替登录", "Another laptop may take over"),
    "admit_enter_late": Words("准予迟到进入", "May enter late"),
    "admit_no_phone": Words("准予先进入后补绑", "May bind the phone later"),
    "entry_code": Words("读出进入口令", "The entry code was read out"),
    "release_code": Words("读出放题码", "The release code was read out"),
    "end_login": Words("结束当前登录", "The login was ended"),
    "answer": Words("答复求助", "The call for help was answered"),
    "claim": _claimed,
    "extra_time": _minutes("延长答题", "More time to answer:"),
    "extend_window": _minutes("延长上传确认时限", "More time to upload:"),
    "broadcast": _told,
    "send_now": Words("请电脑立即上传", "The laptop was asked to send now"),
    "waive_phone": Words("不再等待佐证", "The phone's evidence is no longer waited for"),
    "finish_phone": Words("从平台结束手机录制", "The phone was stopped from afar"),
    "unbind_phone": Words("从平台解除手机绑定", "The phone was let go by support"),
    "view_face": Words("查看登录画面与报名照片", "Looked at the login picture and the photo"),
}
