"""One browser and one page server for the tests of a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.acceptance.pages.browsing import chromium
from tests.acceptance.pages.serving import Script, served
from ui.pageserver import PageServer


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Script, PageServer]]:
    """The scripted page server."""
    with served() as pair:
        yield pair


@pytest.fixture
def script(stage: tuple[Script, PageServer]) -> Script:
    """What the pages are told, and what they ordered; empty at the start of each test."""
    stage[0].orders.clear()
    stage[0].refusal = None
    return stage[0]


@pytest.fixture
def server(stage: tuple[Script, PageServer]) -> PageServer:
    """Where the pages come from."""
    return stage[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as one:
        yield one
