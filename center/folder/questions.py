"""``questions/NAME.toml`` or ``NAME.md``: one set of questions. Owns both ways of writing it.

TOML: ``[[question]]`` with ``text`` (and ``id``). Markdown: every line that begins with ``# `` begins a question. A set
that is not there is no mistake: it may be imported later.
"""

import re
import tomllib

from center.folder.inside import Inside
from domain.wire.interview import Question

FOLDER = "questions"
MOST = 100
LONGEST = 5000
_LINE = re.compile(r"at line (\d+)")


def read_questions(inside: Inside, name: str) -> list[Question] | None:
    """The set ``name`` in its order; None when it is not there, or with problems noted."""
    files = [f"{FOLDER}/{name}{ending}" for ending in (".toml", ".md")]
    there = [file for file in files if (inside.root / file).is_file()]
    if not there:
        return None
    file = there[0]
    if len(there) > 1:
        inside.problems.add(
            file,
            0,
            (f"试题 {name} 有两个文件", "there are two files of this name"),
            ("请只保留一个", "keep one of them"),
        )
        return None
    text = inside.text(file)
    if text is None:
        return None
    found = _toml(inside, file, text) if file.endswith(".toml") else _markdown(text)
    if found is None:
        return None
    _check(inside, file, found)
    return [Question(id=key, text=words) for _, key, words in found]


def _toml(inside: Inside, file: str, text: str) -> list[tuple[int, str, str]] | None:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        at = _LINE.search(str(why))
        line = int(at[1]) if at else text.count("\n") + 1
        inside.problems.add(file, line, ("格式错误", f"is not TOML: {why}"), ("请改正该行", "correct this line"))
        return None
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[question]]"]
    entries = raw.get("question", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        entries = []
    return [
        (
            starts[index] if index < len(starts) else 0,
            str(entry.get("id", index + 1)),
            str(entry.get("text", "")).strip(),
        )
        for index, entry in enumerate(entries)
    ]


def _markdown(text: str) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# "):
            found.append((number, str(len(found) + 1), []))
        elif found:
            found[-1][2].append(line)
    return [(number, key, "\n".join(lines).strip()) for number, key, lines in found]


def _check(inside: Inside, file: str, found: list[tuple[int, str, str]]) -> None:
    if not 1 <= len(found) <= MOST:
        inside.problems.add(
            file, 0, (f"应有 1 到 {MOST} 道试题", f"needs 1 to {MOST} questions"), ("请补充或拆分", "add or split them")
        )
    keys: set[str] = set()
    for line, key, words in found:
        if not words or len(words) > LONGEST:
            inside.problems.add(
                file,
                line,
                (f"试题 {key} 为空或超过 {LONGEST} 字", f"question {key} is empty or longer than {LONGEST} characters"),
                ("请改正题目内容", "correct its text"),
            )
        if key in keys:
            inside.problems.add(
                file, line, (f"试题编号 {key} 重复", f"question id {key} is there twice"), ("请改正编号", "change one")
            )
        keys.add(key)
