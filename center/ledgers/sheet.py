"""A table as a file for a spreadsheet (RFC 4180, UTF-8 with the mark that tells Excel so). Pure.

A cell that a spreadsheet would take for a formula is shown as text (an apostrophe before it): what candidates and staff
typed ends up in these files, and whoever opens them must not run it. Full-width signs count too: Excel takes them in
Chinese and Japanese.
"""

from collections.abc import Iterable, Sequence

MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTED = ('"', ",", "\r", "\n", ";", "\t")

Value = str | int | float | bool | None


def cell(value: Value) -> str:
    """One cell; numbers of ours stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = value.replace("\0", "")
    if text.lstrip(" \u3000\u00a0\ufeff").startswith(_FORMULA):
        text = "'" + text
    if any(sign in text for sign in _QUOTED):
        return '"' + text.replace('"', '""') + '"'
    return text


def sheet(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """The whole file."""
    lines = [",".join(cell(value) for value in row) for row in (head, *rows)]
    return MARK + "\r\n".join(lines) + "\r\n"
