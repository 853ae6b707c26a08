"""The stored form of a face template."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.faces.failures import TemplateForeign
from center.faces.observation import Template

directions = st.lists(st.floats(-1, 1, width=32), min_size=128, max_size=128).filter(lambda v: max(map(abs, v)) > 0.1)


@given(directions, st.binary(min_size=8, max_size=8))
def test_there_and_back(numbers: list[float], tag: bytes) -> None:
    length = math.sqrt(sum(number * number for number in numbers))
    raw = Template(tag, tuple(number / length for number in numbers)).to_bytes()
    assert len(raw) == 524
    again = Template.from_bytes(raw)
    assert again.tag == tag
    assert again.to_bytes() == raw


@given(st.binary(max_size=600))
def test_anything_else_is_foreign(raw: bytes) -> None:
    with pytest.raises(TemplateForeign):
        Template.from_bytes(raw)


def test_numbers_that_are_no_embedding_are_foreign() -> None:
    for wrong in (0.0, 1.0, math.nan, math.inf):
        with pytest.raises(TemplateForeign):
            Template.from_bytes(Template(b"12345678", (wrong,) * 128).to_bytes())
