"""A phone, its laptop and their center for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.phonepage import World, world


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[World]:
    """Everything but the browser, which each test starts with the camera it wants."""
    with world(tmp_path) as made:
        yield made
        assert made.phone.said == []
