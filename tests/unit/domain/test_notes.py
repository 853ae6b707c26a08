"""Every integrity note has plain words in both languages, accuses nobody, and only what began is an incident."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notes import is_incident, words
from ui.pageorders import Note

BEGAN: list[tuple[str, dict[str, Any], str]] = [
    ("focus_lost", {}, "面试窗口失去焦点"),
    ("screenshot_key", {}, "按了截屏键"),
    ("displays_seen", {"count": 2}, "使用 2 块显示器"),
    ("programs_seen", {"running": ["OBS Studio", "ToDesk"]}, "正在运行：OBS Studio、ToDesk"),
    ("virtual_cameras_seen", {"cameras": ["OBS Virtual Camera"]}, "设备列表中有虚拟摄像头：OBS Virtual Camera"),
    ("recording_disturbed", {"track": "camera", "code": "no_device"}, "摄像中断（未找到录制设备），正在自动恢复"),
    ("recording_disturbed", {"track": "screen", "code": None}, "录屏中断，正在自动恢复"),
    ("clock_moved", {"by_ms": 3_600_000}, "电脑时钟拨快了 3600 秒"),
    ("clock_moved", {"by_ms": -61_000}, "电脑时钟拨慢了 61 秒"),
    ("slept", {"for_ms": 90_400}, "电脑休眠了 90 秒"),
    ("program_paused", {"for_ms": 12_000}, "智试云窗口程序停顿了 12 秒"),
]
USUAL: list[tuple[str, dict[str, Any]]] = [
    ("focus_back", {}),
    ("displays_seen", {"count": 1}),
    ("displays_seen", {"count": None}),
    ("programs_seen", {"running": []}),
    ("virtual_cameras_seen", {"cameras": []}),
    ("power_seen", {"plugged": False}),
    ("power_seen", {"plugged": True}),
    ("power_seen", {"plugged": None}),
    ("recording_back", {"track": "camera"}),
    ("a4_shown", {}),
    ("question_on_screen", {"number": 2}),
]


@pytest.mark.parametrize(("kind", "data", "zh"), BEGAN)
def test_what_began_is_said_plainly_and_marked(kind: str, data: dict[str, Any], zh: str) -> None:
    said = words(kind, data)
    assert said is not None
    assert said.zh == zh
    assert said.en
    assert is_incident(kind, data)


@pytest.mark.parametrize(("kind", "data"), USUAL)
def test_what_ended_or_is_usual_is_said_but_not_marked(kind: str, data: dict[str, Any]) -> None:
    said = words(kind, data)
    assert said is not None
    assert said.zh
    assert said.en
    assert not is_incident(kind, data)


def test_whatever_a_page_may_note_has_words() -> None:
    for kind in get_args(Note.model_fields["kind"].annotation):
        assert words(kind, {}) is not None


@given(st.sampled_from([kind for kind, *_ in BEGAN]), st.dictionaries(st.text(max_size=8), st.integers()))
def test_nobody_is_accused_and_missing_fields_do_not_break_it(kind: str, data: dict[str, Any]) -> None:
    said = words(kind, data)
    assert said is not None
    assert not any(word in said.zh + said.en for word in ("作弊", "违规", "违纪", "嫌疑", "cheat", "violat", "suspic"))
    assert isinstance(is_incident(kind, data), bool)


def test_other_notes_speak_for_themselves() -> None:
    assert words("stage", {"stage": "login"}) is None
    assert not is_incident("stage", {"stage": "login"})
