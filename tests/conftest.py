"""How the tests are shared out over two workers, and what hypothesis may do. No fixture lives here."""

import hypothesis
import pytest

# Nobody's machine is fast enough to make a duration a fact: no deadline.
hypothesis.settings.register_profile("zhishi", deadline=None, print_blob=True)
hypothesis.settings.load_profile("zhishi")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group by file; all heavy tests (``@pytest.mark.heavy``, all of tests/acceptance) are one group.

    With ``--dist loadgroup`` one worker then does the heavy ones, one at a time and first, while the other
    does the rest: two heavy tests never starve each other.
    """
    for item in items:
        path = item.nodeid.partition("::")[0]
        if path.startswith("tests/acceptance/"):
            item.add_marker(pytest.mark.heavy)
        if item.get_closest_marker("xdist_group") is None:
            group = "heavy" if item.get_closest_marker("heavy") else path
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("heavy") is None)  # stable: order in a file is kept
