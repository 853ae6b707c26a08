"""The whole folder, read and checked at once. Owns nothing but the order; every part has its own module."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from center.folder.inside import MIB, Inside
from center.folder.problems import Problems
from center.folder.questions import read_questions
from center.folder.roster import FILE as ROSTER
from center.folder.roster import RosterLine, read_roster
from center.folder.settings import FILE as SETTINGS
from center.folder.settings import AttachmentPart, Settings, line_of, read_settings
from domain.errors import Words, ZhishiError
from domain.wire.interview import Question

PHOTO_MOST = 12 * MIB
ATTACHMENT_MOST = 20 * MIB
_TYPES = {".pdf": "application/pdf", ".md": "text/markdown"}

LookAt = Callable[[bytes], Words | None]  # what is wrong with a registered photo; None: nothing


@dataclass(frozen=True, slots=True)
class Paper:
    """Bytes that the center keeps under their hash."""

    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """One attachment, ready to be kept."""

    id: str
    title: str
    media_type: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    """A folder without mistakes. ``questions`` has only the sets that are there."""

    settings: Settings
    roster: tuple[RosterLine, ...]
    photos: dict[str, Paper]  # by the name in the roster
    attachments: tuple[AttachmentFile, ...]
    questions: dict[str, tuple[Question, ...]]


def read_folder(root: Path, look_at: LookAt) -> ProjectFolder:
    """The project in ``root``; raises ProjectInvalid with every mistake there is."""
    problems = Problems()
    inside = Inside(root, problems)
    read = read_settings(inside)
    settings, text = read if read is not None else (None, "")
    roster = []
    if settings is None or not settings.rehearsal:  # whoever rehearses is on no roster
        roster = read_roster(inside, None if settings is None else [batch.name for batch in settings.batch])
    photos = _photos(inside, roster, look_at)
    attachments = [] if settings is None else _attachments(inside, settings, text)
    names = [] if settings is None else sorted({batch.questions for batch in settings.batch})
    sets = {name: read_questions(inside, name) for name in names}
    problems.raise_any()
    if settings is None:  # pragma: no cover -- its problem was raised in the line above
        raise AssertionError("settings without a problem")
    return ProjectFolder(
        settings,
        tuple(roster),
        photos,
        tuple(attachments),
        {name: tuple(questions) for name, questions in sets.items() if questions is not None},
    )


def _photos(inside: Inside, roster: list[RosterLine], look_at: LookAt) -> dict[str, Paper]:
    found: dict[str, Paper] = {}
    looked: set[str] = set()
    for entry in roster:
        if entry.photo in looked:
            continue
        looked.add(entry.photo)
        content = inside.bytes(f"photos/{entry.photo}", PHOTO_MOST, (ROSTER, entry.line))
        if content is None:
            continue
        try:
            wrong = look_at(content)
        except ZhishiError as why:
            wrong = why.message
        if wrong is not None:
            inside.problems.add(
                f"photos/{entry.photo}",
                0,
                (f"{wrong.zh}（{ROSTER} 第 {entry.line} 行）", f"{wrong.en} ({ROSTER} line {entry.line})"),
                ("请更换为清晰的单人正面证件照", "put a clear frontal photo of this person alone there"),
            )
            continue
        found[entry.photo] = _paper(content)
    return found


def _attachments(inside: Inside, settings: Settings, text: str) -> list[AttachmentFile]:
    found = []
    for index, entry in enumerate(settings.attachment):
        content = inside.bytes(entry.file, ATTACHMENT_MOST, (SETTINGS, line_of(text, "attachment", index, "file")))
        media_type = _TYPES.get(Path(entry.file).suffix.lower())
        if content is not None and _is_readable(inside, entry, media_type, content) and media_type is not None:
            found.append(AttachmentFile(entry.id, entry.title, media_type, _paper(content)))
    return found


def _is_readable(inside: Inside, entry: AttachmentPart, media_type: str | None, content: bytes) -> bool:
    if media_type == "application/pdf":
        fine = content.startswith(b"%PDF-")
    else:
        fine = media_type is not None and _is_text(content)
    if not fine:
        inside.problems.add(
            entry.file,
            0,
            ("不是 PDF 或 UTF-8 编码的 Markdown", "is neither a PDF nor Markdown in UTF-8"),
            ("请转换为 PDF 或 .md 文件", "make it a PDF or a .md file"),
        )
    return fine


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _paper(content: bytes) -> Paper:
    return Paper(hashlib.sha256(content).hexdigest(), content)
