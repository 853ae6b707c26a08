"""Sheets that nobody's spreadsheet runs: every cell reads back, and none begins as a formula."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from center.ledgers.sheet import MARK, cell, sheet

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", " =1", "\u3000=cmd|'/c calc'!A1", '=A1,"x"')

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def read(text: str) -> list[list[str]]:
    assert text.startswith(MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(MARK), newline="")))


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=3, max_size=3)
    )
)
@example([list(FORMULAS[:3])])
@example([list(FORMULAS[-3:])])
def test_every_cell_reads_back_and_none_is_a_formula(rows: list[list[str]]) -> None:
    back = read(sheet(["a", "b", "c"], rows))[1:]
    assert len(back) == len(rows)
    for row, told in zip(rows, back, strict=True):
        for before, after in zip(row, told, strict=True):
            assert after in (before, "'" + before)
            assert not after.lstrip(" \u3000\u00a0\ufeff").startswith(
                ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
            )


def test_numbers_of_ours_stay_numbers() -> None:
    assert [cell(value) for value in (-5, 0, 1.5, None, "")] == ["-5", "0", "1.5", "", ""]
    for formula in FORMULAS:
        assert cell(formula).lstrip('"').startswith("'")
