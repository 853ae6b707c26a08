"""Every test that docs/bad-input.md names exists, and every row names one."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROWS = [line for line in (ROOT / "docs" / "bad-input.md").read_text().splitlines() if line.startswith("| ")][1:]


def _tests_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def test_every_row_names_tests_that_exist() -> None:
    assert len(ROWS) >= 20
    for row in ROWS:
        named = re.findall(r"`(tests/[^`]+\.py)::(\w+)`", row)
        assert named, row
        for file, name in named:
            assert name in _tests_of(ROOT / file), f"{file}::{name}"
