"""``roster.csv``: one candidate a line. Owns its columns and the checks of a line; photos are looked at elsewhere."""

import csv
import io
import unicodedata
from dataclasses import dataclass

from center.folder.inside import Inside

FILE = "roster.csv"
_COLUMNS = {
    "number": ("number", "准考证号"),
    "name": ("name", "姓名"),
    "id_number": ("id_number", "证件号"),
    "batch": ("batch", "场次"),
    "photo": ("photo", "照片"),
}
_OPTIONAL = {"phone": ("phone", "联系电话")}  # whom to call about an upload; a roster may leave it out
_MOST = 64
_MOST_LINES = 50_000


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One candidate; ``photo`` names a file inside ``photos/``; ``phone`` may be empty."""

    line: int
    number: str
    name: str
    id_number: str
    batch: str
    photo: str
    phone: str = ""


def plain(value: str) -> str:
    """A number as it is compared: full-width forms and case are one (NFKC, upper case, no spaces)."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


def read_roster(inside: Inside, batches: list[str] | None) -> list[RosterLine]:
    """Every line that can be used; problems are noted. ``batches`` None: unknown, so not compared."""
    text = inside.text(FILE, chinese=True)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text), strict=True)
    found: list[RosterLine] = []
    try:
        header = _header(inside, next(reader, []))
        if header is None:
            return []
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            line = _line(inside, reader.line_num, header, row)
            if line is not None:
                found.append(line)
            if len(found) > _MOST_LINES:
                _note(inside, reader.line_num, "行数过多", "has too many lines", "请拆分项目", "split the project")
                return found
    except csv.Error as why:
        _note(inside, reader.line_num, "CSV 格式错误", f"is not CSV: {why}", "请检查引号", "check the quotes")
    _check_together(inside, found, batches)
    return found


def _header(inside: Inside, row: list[str]) -> dict[str, int] | None:
    names = [cell.strip() for cell in row]
    found = {key: next((names.index(name) for name in known if name in names), -1) for key, known in _COLUMNS.items()}
    missing = [_COLUMNS[key][1] for key, at in found.items() if at < 0]
    if missing:
        _note(
            inside,
            1,
            f"缺少列 {'、'.join(missing)}",
            f"columns are missing: {', '.join(key for key, at in found.items() if at < 0)}",
            "第一行应为 准考证号,姓名,证件号,场次,照片",
            "the first line names them: number,name,id_number,batch,photo",
        )
        return None
    for key, known in _OPTIONAL.items():
        found[key] = next((names.index(name) for name in known if name in names), -1)
    return found


def _line(inside: Inside, at: int, header: dict[str, int], row: list[str]) -> RosterLine | None:
    cells = {key: row[column].strip() if 0 <= column < len(row) else "" for key, column in header.items()}
    fine = True
    for key, value in cells.items():
        zh = {**_COLUMNS, **_OPTIONAL}[key][1]
        if not value and key in _OPTIONAL:
            continue
        if not value:
            _note(inside, at, f"{zh}为空", f"{key} is empty", "请补充", "fill it in")
        elif len(value) > _MOST or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
            _note(
                inside,
                at,
                f"{zh}过长或含有控制字符",
                f"{key} is too long or has control characters",
                "请改正",
                "correct it",
            )
        else:
            continue
        fine = False
    if not fine:
        return None
    return RosterLine(
        at,
        plain(cells["number"]),
        cells["name"],
        plain(cells["id_number"]),
        cells["batch"],
        cells["photo"],
        cells["phone"],
    )


def _check_together(inside: Inside, found: list[RosterLine], batches: list[str] | None) -> None:
    seen: dict[str, int] = {}
    for entry in found:
        first = seen.setdefault(entry.number, entry.line)
        if first != entry.line:
            _note(
                inside,
                entry.line,
                f"准考证号 {entry.number} 与第 {first} 行重复",
                f"number {entry.number} is on line {first} already",
                "请更正其中一行",
                "correct one of them",
            )
        if batches is not None and entry.batch not in batches:
            _note(
                inside,
                entry.line,
                f"场次 {entry.batch!r} 不在 project.toml 中",
                f"batch {entry.batch!r} is not in project.toml",
                f"可用场次：{'、'.join(batches)}",
                f"batches are: {', '.join(batches)}",
            )
    if not found and not inside.problems.found:
        _note(inside, 0, "没有考生", "names no candidate", "请至少填写一行", "fill in one line at least")


def _note(inside: Inside, line: int, zh: str, en: str, remedy_zh: str, remedy_en: str) -> None:
    inside.problems.add(FILE, line, (zh, en), (remedy_zh, remedy_en))
