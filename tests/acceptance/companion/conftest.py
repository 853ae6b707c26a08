"""A phone, its laptop and their center for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.phonepage import IPHONE, PIXEL, World, world


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[World]:
    """Everything but the browser, which each test starts with the camera it wants."""
    with world(tmp_path) as made:
        yield made
        assert made.phone.said == []


@pytest.fixture(params=[PIXEL, pytest.param(IPHONE, marks=pytest.mark.drill)])
def any_scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """On each phone."""
    with world(tmp_path, device=request.param) as made:
        yield made
        assert made.phone.said == []
