"""Whose doing an incident was: the candidate's, the network's, the system's. Pure.

Owns the one table from what the center holds (timeline events, reasons of gaps) to a cause. It sorts, it does not
judge: that a window lost the focus is the candidate's side, not their guilt. What is usual is no incident.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from domain.errors import Words
from domain.seal import GapReason


class Cause(StrEnum):
    """Where it began."""

    CANDIDATE = "candidate"  # the person, the room, the devices they chose
    NETWORK = "network"
    SYSTEM = "system"  # our programs, the laptop's system and disk, the center


CAUSE_WORDS: dict[Cause, Words] = {
    Cause.CANDIDATE: Words("考生", "candidate"),
    Cause.NETWORK: Words("网络", "network"),
    Cause.SYSTEM: Words("系统", "system"),
}

_GAPS: dict[GapReason, Cause | None] = {
    GapReason.RECORDER_DIED: Cause.SYSTEM,
    GapReason.FFMPEG_DIED: Cause.SYSTEM,
    GapReason.STALLED: Cause.SYSTEM,
    GapReason.SUSPENDED: Cause.CANDIDATE,  # a lid closed, a machine put to sleep
    GapReason.CLOCK_STEPPED: Cause.CANDIDATE,
    GapReason.DEVICE_LOST: Cause.CANDIDATE,
    GapReason.DEVICE_SWITCHED: Cause.CANDIDATE,
    GapReason.DISK_FULL: Cause.CANDIDATE,
    GapReason.DAMAGED: Cause.SYSTEM,
    GapReason.REBOOTED: Cause.SYSTEM,
    GapReason.LATE_START: Cause.SYSTEM,
    GapReason.NO_FOOTAGE: Cause.SYSTEM,
    GapReason.STOPPED: Cause.CANDIDATE,
}
_EVENTS: dict[str, Cause] = {
    "focus_lost": Cause.CANDIDATE,
    "screenshot_key": Cause.CANDIDATE,
    "copy": Cause.CANDIDATE,
    "print": Cause.CANDIDATE,
    "displays_seen": Cause.CANDIDATE,
    "programs_seen": Cause.CANDIDATE,
    "virtual_cameras_seen": Cause.CANDIDATE,
    "power_seen": Cause.CANDIDATE,
    "window_closed": Cause.CANDIDATE,
    "clock_moved": Cause.CANDIDATE,
    "slept": Cause.CANDIDATE,
    "face_failed": Cause.CANDIDATE,
    "phone_unbound": Cause.CANDIDATE,
    "network_lost": Cause.NETWORK,
    "recording_disturbed": Cause.SYSTEM,
    "program_paused": Cause.SYSTEM,
    "pack_damaged": Cause.SYSTEM,
    "phone_state": Cause.CANDIDATE,
    "no_window": Cause.SYSTEM,
    "refused": Cause.SYSTEM,
}
_UNWELL_PHONE = {
    "frozen": Cause.SYSTEM,
    "silent": Cause.SYSTEM,
    "black": Cause.CANDIDATE,
    "interrupted": Cause.CANDIDATE,
}
_DEVICE_CODES = frozenset(("no_device", "device_busy", "disk_full"))


def cause_of_gap(reason: GapReason) -> Cause | None:
    """Where a stretch without footage began."""
    return _GAPS[reason]


def cause_of_event(kind: str, data: Mapping[str, Any]) -> Cause | None:
    """Where an event of the timeline began; None for what is no incident."""
    if kind == "displays_seen":
        return Cause.CANDIDATE if isinstance(data.get("count"), int) and data["count"] > 1 else None
    if kind == "programs_seen":
        return Cause.CANDIDATE if data.get("running") else None
    if kind == "virtual_cameras_seen":
        return Cause.CANDIDATE if data.get("cameras") else None
    if kind == "power_seen":
        return Cause.CANDIDATE if data.get("plugged") is False else None
    if kind == "phone_state":
        return _UNWELL_PHONE.get(str(data.get("after")))
    if kind == "recording_disturbed" and data.get("code") in _DEVICE_CODES:
        return Cause.CANDIDATE
    return _EVENTS.get(kind)


def incident_words(what: str) -> Words:
    """The name of a kind of incident; a kind without one is told as it is."""
    return _NAMES.get(what, Words(what, ""))


_NAMES: dict[str, Words] = {
    "focus_lost": Words("窗口失去焦点", "window lost the focus"),
    "screenshot_key": Words("按截屏键", "screenshot key"),
    "copy": Words("尝试复制", "copying tried"),
    "print": Words("打开打印", "printing opened"),
    "displays_seen": Words("多块显示器", "more than one display"),
    "programs_seen": Words("运行清单中的程序", "listed program running"),
    "virtual_cameras_seen": Words("出现虚拟摄像头", "virtual camera listed"),
    "power_seen": Words("未接电源", "charger unplugged"),
    "window_closed": Words("关闭窗口", "window closed"),
    "clock_moved": Words("电脑时钟被改", "computer's clock was set"),
    "slept": Words("电脑休眠", "computer slept"),
    "face_failed": Words("人脸未通过", "face did not pass"),
    "phone_unbound": Words("手机解除绑定", "phone unbound"),
    "phone_state": Words("手机画面或声音异常", "phone unwell"),
    "network_lost": Words("网络中断", "network lost"),
    "recording_disturbed": Words("录制中断后恢复", "recording interrupted"),
    "program_paused": Words("程序停顿", "program stood still"),
    "pack_damaged": Words("试题包损坏", "question pack damaged"),
    "no_window": Words("窗口无法打开", "window could not open"),
    "refused": Words("请求被平台拒绝", "center refused an order"),
    "quarantined": Words("片段校验不符", "link with a wrong hash"),
    "conflict": Words("同一片段两个内容", "one identity with two contents"),
    "gap_recorder_died": Words("缺失：录制程序中止", "gap: recorder died"),
    "gap_ffmpeg_died": Words("缺失：录制进程中止", "gap: capture died"),
    "gap_stalled": Words("缺失：画面停滞", "gap: capture stalled"),
    "gap_suspended": Words("缺失：电脑休眠", "gap: machine suspended"),
    "gap_clock_stepped": Words("缺失：时钟跳变", "gap: clock stepped"),
    "gap_device_lost": Words("缺失：设备断开", "gap: device lost"),
    "gap_device_switched": Words("缺失：切换设备", "gap: device switched"),
    "gap_disk_full": Words("缺失：磁盘已满", "gap: disk full"),
    "gap_damaged": Words("缺失：文件损坏", "gap: file damaged"),
    "gap_rebooted": Words("缺失：电脑重启", "gap: machine rebooted"),
    "gap_late_start": Words("缺失：开始较晚", "gap: late start"),
    "gap_no_footage": Words("缺失：没有画面", "gap: no footage"),
    "gap_stopped": Words("缺失：提前停止", "gap: stopped early"),
}
