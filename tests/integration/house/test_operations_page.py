"""docs/operations.md has a row for every error code, with the words the candidate sees and a remedy for support."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from domain.errors import ZhishiError, all_errors

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "operations.md").read_text()
_ROW = re.compile(r"^\| `([a-z_]+)` \| (.*?) \| (.*?) \| (是|否) \| (.*?) \|$", re.MULTILINE)
ROWS = {row[0]: row[1:] for row in _ROW.findall(PAGE)}
PROGRAMS = ("domain", "host", "recorder", "syncd", "ui", "center", "zhishi")


def _every_error() -> dict[str, type[ZhishiError]]:
    """Also those that a program keeps for itself: every module is loaded."""
    for name in PROGRAMS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return {code: kind for code, kind in all_errors().items() if kind.__module__.partition(".")[0] in PROGRAMS}


ERRORS = _every_error()


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_code_is_explained_with_the_words_on_the_screen(code: str) -> None:
    kind = ERRORS[code]
    again = "是" if kind.retryable else "否"
    wanted = f"| `{code}` | {kind.message.zh} | {kind.hint.zh} | {again} | (what support does) |"
    assert code in ROWS, f"docs/operations.md wants this row: {wanted}"
    assert ROWS[code][:3] == (kind.message.zh, kind.hint.zh, again), f"the words have changed: {wanted}"
    assert len(ROWS[code][3]) >= 4


def test_no_row_is_of_an_error_that_is_gone() -> None:
    assert set(ROWS) <= set(ERRORS)
    assert len(_ROW.findall(PAGE)) == len(ROWS)
