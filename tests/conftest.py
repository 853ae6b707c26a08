"""How the tests are shared out over the workers, and what hypothesis may do. No fixture lives here."""

import os

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

# Nobody's machine is fast enough to make a duration a fact: no deadline.
hypothesis.settings.register_profile("zhishi", deadline=None, print_blob=True)
hypothesis.settings.load_profile("zhishi")

# Lanes of heavy tests, one for each worker, first match counts: whole interviews mostly wait (for the start, for a
# countdown), recorders and phones record in real time, and pages in a browser mostly work.
_LANES = (
    ("tests/acceptance/ui/", "interviews"),
    ("tests/acceptance/test_demo.py", "interviews"),
    ("tests/acceptance/recorder/", "programs"),
    ("tests/acceptance/companion/", "programs"),
    ("tests/acceptance/center/", "programs"),
    ("tests/acceptance/syncd/", "programs"),
    ("tests/acceptance/service/", "programs"),
    ("tests/faults/test_short.py", "programs"),
    ("tests/integration/house/test_stage.py", "programs"),
    ("tests/acceptance/", "pages"),
)

_GIVES_WAY = 5  # nice


def lane(nodeid: str) -> str:
    """What is done by one worker, one test at a time: a lane of heavy tests, or a file of light ones."""
    path = nodeid.partition("::")[0]
    return next((name for start, name in _LANES if path.startswith(start)), path)


class LaneScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """A lane for each worker, so that heavy tests of one lane never starve each other, and files for who is free.

    (``--dist loadgroup`` with marks would say the same, but xdist 3.8 loses the groups under pytest 9.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return lane(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LaneScheduling:
    """Asked by xdist only."""
    return LaneScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The lanes come first; within a lane and a file the order is kept."""
    names = list(dict.fromkeys(name for _, name in _LANES))
    items.sort(key=lambda item: names.index(lane(item.nodeid)) if lane(item.nodeid) in names else len(names))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Light tests give way to the lanes: what is recorded there is recorded in real time.

    A worker that has begun with light tests does no lane any more: these come first.
    """
    light = lane(item.nodeid) not in {name for _, name in _LANES}
    if light and "PYTEST_XDIST_WORKER" in os.environ and os.getpriority(os.PRIO_PROCESS, 0) < _GIVES_WAY:
        os.setpriority(os.PRIO_PROCESS, 0, _GIVES_WAY)
