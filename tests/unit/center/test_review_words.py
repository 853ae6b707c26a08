"""What a reviewer is told: sentences whatever a laptop says, no name, files named by number and track alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.review import happenings
from center.review.parts import parts
from center.review.veil import Veil
from domain.footage import lanes
from domain.identity import LinkKind, Track
from tests.support.seals import make_seal

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_FIELDS = [
    "by_ms",
    "for_ms",
    "running",
    "cameras",
    "count",
    "track",
    "code",
    "plugged",
    "number",
    "after",
    "stage",
    "by",
]
KINDS = [
    "focus_lost", "displays_seen", "programs_seen", "virtual_cameras_seen", "power_seen", "recording_disturbed",
    "recording_back", "clock_moved", "slept", "program_paused", "phone_state", "stage", "ended", "question_on_screen",
    "logged_in", "made_up",
]  # fmt: skip


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_whatever_a_laptop_tells_becomes_a_sentence(kind: str, data: dict[str, object]) -> None:
    said = happenings.words(kind, data)
    assert said.zh
    assert said.en
    happenings.is_incident(kind, data)


@pytest.mark.parametrize(
    ("kind", "data", "zh", "marked"),
    [
        ("phone_state", {"before": "recording", "after": "frozen"}, "手机画面静止", True),
        ("phone_state", {"before": "frozen", "after": "recording"}, "手机正在录制", False),
        ("logged_in", {"by_support": True}, "由技术服务人员放行登录，未比对人脸", False),
        ("question_on_screen", {"number": 3}, "屏幕上是第 3 题", False),
        ("ended", {"by": "candidate"}, "考生提前结束", False),
        ("window_closed", {}, "窗口被关闭", True),
    ],
)
def test_what_happened_is_said_and_what_matters_is_marked(
    kind: str, data: dict[str, object], zh: str, marked: bool
) -> None:
    assert happenings.words(kind, data).zh == zh
    assert happenings.is_incident(kind, data) is marked


@given(st.text(), st.text())
def test_no_name_passes_the_veil(before: str, after: str) -> None:
    veil = Veil(("林晓", "20260001"), "R1")
    assert "林晓" not in veil.over(f"{before}林晓{after}")
    assert veil.over("20260001 号考生林晓") == "R1 号考生R1"
    assert veil.over("第 202600012 行") == "第 202600012 行"  # another, longer number
    assert Veil(("", " "), "R1").over(before) == before


def test_runs_share_a_file_while_their_init_is_the_same() -> None:
    seals = []
    for n, (run, init) in enumerate((("a1", b"one"), ("a2", b"one"), ("a3", b"two"))):
        name = f"01936f5e-0000-7000-8000-0000000000{run}"
        seals.append(make_seal(kind=LinkKind.INIT, seq=2 * n, run=name, content=init, duration_ms=0, start_ms=n * 9000))
        seals.append(make_seal(seq=2 * n + 1, run=name, start_ms=n * 9000))
    (lane,) = lanes(seals)
    found = parts(lane)
    assert [len(part.pieces) for part in found] == [2, 1]
    assert [part.name("R12345678") for part in found] == ["R12345678-camera-1", "R12345678-camera-2"]
    (whole,) = parts(lanes(seals[:4])[0])
    assert whole.name("R12345678") == "R12345678-camera"
    assert whole.track is Track.CAMERA
