"""The digits of the doctor: they say what they say, and a slip of the tongue never says something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import CodeWrong
from domain.findings import DIGITS, CheckId, Essentials, Verdict, read_code, write_code
from domain.status import LocalSessionState
from domain.window import Assessment

sizes = st.one_of(st.none(), st.integers(0, 2**15 - 1))
essentials = st.builds(
    Essentials,
    verdicts=st.fixed_dictionaries({check: st.sampled_from(Verdict) for check in CheckId}),
    unsent_mb=sizes,
    free_gb=sizes,
    kbit_s=st.one_of(st.none(), st.integers(0, 2**31 - 1)),
    clock_s=sizes,
    state=st.one_of(st.none(), st.sampled_from(LocalSessionState)),
    assessment=st.one_of(st.none(), st.sampled_from(Assessment)),
    reason=st.sampled_from(["", "captive_portal", "center_unreachable", "disk_full"]),
    system=st.sampled_from(["", "linux", "win32", "darwin"]),
)


def floor(value: int | None) -> int | None:
    return value if not value else 1 << (value.bit_length() - 1)


@given(found=essentials)
def test_what_is_written_is_read(found: Essentials) -> None:
    code = write_code(found)
    assert len(code) == DIGITS + 4
    assert code.replace(" ", "").isdigit()
    read = read_code(code)
    assert read.verdicts == found.verdicts
    assert (read.state, read.assessment, read.reason, read.system) == (
        found.state, found.assessment, found.reason, found.system,
    )  # fmt: skip
    for name in ("unsent_mb", "free_gb", "kbit_s", "clock_s"):
        assert getattr(read, name) == floor(getattr(found, name)), name


@given(found=essentials, at=st.integers(0, DIGITS - 1), other=st.integers(1, 9))
def test_one_wrong_digit_is_noticed(found: Essentials, at: int, other: int) -> None:
    digits = list(write_code(found).replace(" ", ""))
    digits[at] = str((int(digits[at]) + other) % 10)
    with pytest.raises(CodeWrong):
        read_code("".join(digits))


@given(found=essentials, at=st.integers(0, DIGITS - 2))
def test_two_digits_that_changed_places_are_noticed(found: Essentials, at: int) -> None:
    digits = list(write_code(found).replace(" ", ""))
    if digits[at] == digits[at + 1]:
        return
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    with pytest.raises(CodeWrong):
        read_code("".join(digits))


@given(text=st.text(max_size=30))
def test_anything_else_is_no_code(text: str) -> None:
    try:
        found = read_code(text)
    except CodeWrong:
        return
    assert write_code(found).replace(" ", "") == "".join(text.split()).replace("-", "")


def test_figures_beyond_the_scale_stay_at_its_end() -> None:
    read = read_code(write_code(Essentials(unsent_mb=10**9, clock_s=10**9)))
    assert (read.unsent_mb, read.clock_s) == (2**14, 2**14)
    assert read_code(write_code(Essentials(clock_s=-5))).clock_s == 0


def test_spaces_and_dashes_do_not_matter_and_another_version_is_told() -> None:
    code = write_code(Essentials())
    assert read_code(code.replace(" ", "-")) == read_code(" " + code)
    body = "2" + code.replace(" ", "")[1:-2]
    other = f"{body}{98 - int(body) * 100 % 97:02}"
    with pytest.raises(CodeWrong, match="version 2"):
        read_code(other)
