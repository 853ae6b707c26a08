"""Plain words for what is noted on the timeline: what was seen, never what it means or whose fault it is. Pure.

Owns the sentences of the integrity notes and which of them are marked on the evidence strip. People decide what they
mean.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.errors import Words, all_errors

_TRACKS = {"camera": Words("摄像", "camera"), "screen": Words("录屏", "screen")}
Data = Mapping[str, Any]


def words(kind: str, data: Data) -> Words | None:
    """The sentence for one note; None where the kind has none (``kind`` and fields then speak for themselves)."""
    made = _WORDS.get(kind)
    return None if made is None else made if isinstance(made, Words) else made(data)


def is_incident(kind: str, data: Data) -> bool:
    """Whether a reviewer should look there: something began. What came to its end, and what is usual, is not marked."""
    if kind == "displays_seen":
        return isinstance(data.get("count"), int) and data["count"] > 1
    field = _WHILE.get(kind)
    return kind in _ALWAYS if field is None else bool(data.get(field))


def _displays(data: Data) -> Words:
    count = data.get("count")
    if count is None:
        return Words("显示器数量无法确定", "The number of displays cannot be told")
    if count == 1:
        return Words("使用一块显示器", "One display is in use")
    return Words(f"使用 {count} 块显示器", f"{count} displays are in use")


def _programs(data: Data) -> Words:
    names = [str(name) for name in data.get("running") or ()]
    if not names:
        return Words("清单中的程序均已退出", "No listed program runs any more")
    return Words(f"正在运行：{'、'.join(names)}", f"Running: {', '.join(names)}")


def _cameras(data: Data) -> Words:
    names = [str(name) for name in data.get("cameras") or ()]
    if not names:
        return Words("设备列表中不再有虚拟摄像头", "No virtual camera is listed any more")
    return Words(f"设备列表中有虚拟摄像头：{'、'.join(names)}", f"A virtual camera is listed: {', '.join(names)}")


def _power(data: Data) -> Words:
    if data.get("plugged") is None:
        return Words("电源状态无法确定", "Whether the charger is plugged in cannot be told")
    return (
        Words("充电器已接上", "The charger is plugged in")
        if data["plugged"]
        else Words("充电器已拔下", "The charger is unplugged")
    )


def _disturbed(data: Data) -> Words:
    track = _track(data)
    error = all_errors().get(str(data.get("code")))
    if error is None:
        return Words(f"{track.zh}中断，正在自动恢复", f"The {track.en} recording is interrupted; it recovers by itself")
    return Words(
        f"{track.zh}中断（{error.message.zh}），正在自动恢复",
        f"The {track.en} recording is interrupted ({error.message.en}); it recovers by itself",
    )


def _back(data: Data) -> Words:
    track = _track(data)
    return Words(f"{track.zh}已恢复", f"The {track.en} recording is back")


def _track(data: Data) -> Words:
    name = str(data.get("track", ""))
    return _TRACKS.get(name, Words(name, name))


def _clock(data: Data) -> Words:
    seconds = round(int(data.get("by_ms", 0)) / 1000)
    zh, en = ("拨快", "forward") if seconds > 0 else ("拨慢", "back")
    return Words(f"电脑时钟{zh}了 {abs(seconds)} 秒", f"The computer's clock was set {en} by {abs(seconds)} s")


def _slept(data: Data) -> Words:
    seconds = round(int(data.get("for_ms", 0)) / 1000)
    return Words(f"电脑休眠了 {seconds} 秒", f"The computer slept for {seconds} s")


def _question(data: Data) -> Words:
    number = data.get("number")
    return Words(f"屏幕上是第 {number} 题", f"Question {number} is on the screen")


def _paused(data: Data) -> Words:
    seconds = round(int(data.get("for_ms", 0)) / 1000)
    return Words(f"智试云窗口程序停顿了 {seconds} 秒", f"The window's program stood still for {seconds} s")


_WORDS: dict[str, Words | Callable[[Data], Words]] = {
    "focus_lost": Words("面试窗口失去焦点", "The interview's window lost the focus"),
    "focus_back": Words("回到面试窗口", "The interview's window has the focus again"),
    "screenshot_key": Words("按了截屏键", "The screenshot key was pressed"),
    "copy": Words("按了复制，未复制任何内容", "Copying was tried; nothing was copied"),
    "print": Words("打开了打印", "Printing was opened"),
    "displays_seen": _displays,
    "programs_seen": _programs,
    "virtual_cameras_seen": _cameras,
    "power_seen": _power,
    "recording_disturbed": _disturbed,
    "recording_back": _back,
    "clock_moved": _clock,
    "slept": _slept,
    "program_paused": _paused,
    "question_on_screen": _question,
    "a4_shown": Words("考生表示已展示 A4 纸正反面", "The candidate says both sides of the A4 sheet were shown"),
}

_ALWAYS = frozenset(
    ("focus_lost", "screenshot_key", "copy", "print", "recording_disturbed", "clock_moved", "slept", "program_paused")
)
_WHILE = {"programs_seen": "running", "virtual_cameras_seen": "cameras"}  # while this field names something
