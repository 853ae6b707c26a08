"""``project.toml``: the project, its texts, batches and list of attachments. Owns its schema and the words about it."""

import re
import tomllib
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from center.folder.inside import Inside
from domain.publication import APPEAL_MS, DAY_MS

FILE = "project.toml"
_LINE = re.compile(r"at line (\d+)")
Name = Annotated[str, Field(min_length=1, max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=20_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextPart(_Part):
    """A text in two languages."""

    zh: Words
    en: Annotated[str, Field(max_length=20_000)] = ""


class VersionedPart(TextPart):
    """A text that asks for a yes; a change of words needs a new version."""

    version: Annotated[str, Field(min_length=1, max_length=40)]


class BatchPart(_Part):
    """One batch."""

    name: Name
    start: datetime
    answer_minutes: Annotated[float, Field(gt=0, le=600)]
    late_limit_minutes: Annotated[float, Field(ge=0, le=120)] = 10
    showing_seconds: Annotated[float, Field(ge=0, le=600)] = 60
    questions: Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]


class AttachmentPart(_Part):
    """One attachment."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    file: Annotated[str, Field(max_length=200)]
    title: Name


class Settings(_Part):
    """The whole file."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,31}$")]
    title: Annotated[str, Field(min_length=1, max_length=120)]
    hotline: Annotated[str, Field(min_length=1, max_length=60)]
    practice: bool = False
    rehearsal: bool = False
    companion_required: bool = False
    show_name: bool = True
    window_minutes: Annotated[float, Field(ge=1, le=1440)] = 60
    appeal_days: Annotated[float, Field(ge=0, le=365)] = APPEAL_MS / DAY_MS
    retention_days: Annotated[float | None, Field(ge=0, le=36_500)] = None
    consent: VersionedPart
    pledge: VersionedPart
    notices: Annotated[dict[str, TextPart], Field(max_length=20)] = Field(default_factory=dict)
    phrases: Annotated[dict[str, TextPart], Field(max_length=50)] = Field(default_factory=dict)
    batch: Annotated[list[BatchPart], Field(min_length=1, max_length=200)]
    attachment: Annotated[list[AttachmentPart], Field(max_length=50)] = Field(default_factory=list)


def read_settings(inside: Inside) -> tuple[Settings, str] | None:
    """(settings, text of the file); None with problems noted."""
    text = inside.text(FILE)
    if text is None:
        return None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        found = _LINE.search(str(why))
        inside.problems.add(
            FILE,
            int(found[1]) if found else text.count("\n") + 1,
            ("格式错误", f"is not TOML: {why}"),
            ("请对照示例项目改正该行", "correct this line after the sample project"),
        )
        return None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as why:
        for error in why.errors():
            _note(inside, text, error["loc"], error["msg"])
        return None
    _check_whole(inside, settings, text)
    return settings, text


def line_of(text: str, *path: str | int) -> int:
    """The line where the value at ``path`` is written, as near as can be told; 0 when it is not there at all."""
    lines = text.splitlines()
    at = 0
    for step, part in enumerate(path):
        if isinstance(part, int):
            table = f"[[{path[step - 1]}]]"
            starts = [number for number, line in enumerate(lines) if line.strip() == table]
            at = starts[part] if part < len(starts) else at
            continue
        pattern = re.compile(rf"^\s*({re.escape(part)}\s*=|\[+[\w.]*\b{re.escape(part)}\s*\]+)")
        at = next((number for number in range(at, len(lines)) if pattern.match(lines[number])), at)
    return at + 1 if lines else 0


def _note(inside: Inside, text: str, place: tuple[str | int, ...], message: str) -> None:
    name = ".".join(str(part) for part in place)
    inside.problems.add(
        FILE,
        line_of(text, *place),
        (f"{name} 缺失或不符合要求", f"{name}: {message}"),
        ("请对照示例项目填写", "fill it in after the sample project"),
    )


def _check_whole(inside: Inside, settings: Settings, text: str) -> None:
    if settings.rehearsal and not (settings.practice and len(settings.batch) == 1):
        inside.problems.add(
            FILE,
            line_of(text, "rehearsal"),
            ("开放的模拟测试须是练习项目，且只有一个场次", "an open rehearsal is a practice project with one batch"),
            ("请写 practice = true，只保留一个 [[batch]]", "write practice = true and keep one [[batch]]"),
        )
    for index, batch in enumerate(settings.batch):
        if batch.start.tzinfo is None:
            inside.problems.add(
                FILE,
                line_of(text, "batch", index, "start"),
                (f"场次 {batch.name} 的开考时间没有时区", f"the start of batch {batch.name} has no offset from UTC"),
                ("请在时间后加上 +08:00", "add +08:00 to it"),
            )
    _check_twice(inside, text, "batch", "name", [batch.name for batch in settings.batch])
    _check_twice(inside, text, "attachment", "id", [entry.id for entry in settings.attachment])


def _check_twice(inside: Inside, text: str, table: str, field: str, values: list[Any]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            inside.problems.add(
                FILE,
                line_of(text, table, index, field),
                (f"{table} {value!r} 重复", f"{table} {value!r} is there twice"),
                ("请改名", "give it another name"),
            )
