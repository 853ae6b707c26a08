"""What a ledger is: named columns and rows, told as JSON or as a sheet. Owns both forms; asks nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from center.ledgers.sheet import Value, sheet
from domain.errors import Words
from domain.wire.after import LedgerBody, LedgerColumn

YES, NO = Words("是", "yes"), Words("否", "no")
Kind = Literal["text", "time", "number", "span", "size"]


@dataclass(frozen=True, slots=True)
class Column:
    """``time``: center time in milliseconds; ``span``: milliseconds; ``size``: bytes."""

    key: str
    title: Words
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Ledger:
    """``rows`` have a value for every column that says something; ``Words`` are told in one language."""

    name: str
    columns: tuple[Column, ...]
    rows: list[Mapping[str, Value | Words]] = field(default_factory=list)

    def body(self, project: str, now_ms: int, *, english: bool = False) -> LedgerBody:
        """As JSON."""
        told = [LedgerColumn(key=one.key, zh=one.title.zh, en=one.title.en, kind=one.kind) for one in self.columns]
        rows = [{one.key: _said(row.get(one.key), english) for one in self.columns} for row in self.rows]
        return LedgerBody(project=project, ledger=self.name, center_ms=now_ms, columns=told, rows=rows)

    def sheet(self, *, english: bool = False) -> str:
        """For a spreadsheet; times are of this machine's zone, with their offset from UTC."""
        head = [one.title.en if english else one.title.zh for one in self.columns]
        rows = ([_cell(one, _said(row.get(one.key), english)) for one in self.columns] for row in self.rows)
        return sheet(head, rows)


def _said(value: Value | Words, english: bool) -> Value:
    if isinstance(value, Words):
        return value.en if english and value.en else value.zh
    return value


def _cell(column: Column, value: Value) -> Value:
    if column.kind == "time" and isinstance(value, int):
        return datetime.fromtimestamp(value / 1000).astimezone().isoformat(sep=" ", timespec="seconds")
    if column.kind == "span" and isinstance(value, int):
        return round(value / 1000, 1)
    return value
