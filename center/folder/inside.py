"""Files inside a project folder. Owns that nothing outside it is read, and how large a file may be."""

import unicodedata
from pathlib import Path

from center.folder.problems import Problems

MIB = 1 << 20
_LARGEST_TEXT = 8 * MIB


class Inside:
    """A folder; names are relative to it, with forward slashes."""

    def __init__(self, root: Path, problems: Problems) -> None:
        self.root = root.resolve()
        self.problems = problems

    def bytes(self, name: str, largest: int, asked: tuple[str, int]) -> bytes | None:
        """The file's content; None with a problem noted at ``asked`` (file, line) when it cannot be had."""
        try:
            path = (self.root / name).resolve()
            if not name.strip() or not path.is_relative_to(self.root):
                self.problems.add(
                    *asked,
                    (f"{name!r} 不在项目文件夹内", f"{name!r} lies outside the folder"),
                    ("请把文件放进项目文件夹", "put the file into the project folder"),
                )
                return None
            size = path.stat().st_size
            if size > largest:
                self.problems.add(
                    *asked,
                    (f"{name} 超过 {largest // MIB} MB", f"{name} is larger than {largest // MIB} MB"),
                    ("请缩小该文件", "make it smaller"),
                )
                return None
            return path.read_bytes()
        except (OSError, ValueError) as why:
            reason = why.strerror if isinstance(why, OSError) else "no file name"
            self.problems.add(
                *asked,
                (f"无法读取文件 {name}", f"{name} cannot be read: {reason}"),
                ("请核对文件名并放入该文件", "check the name and put the file there"),
            )
            return None

    def text(self, name: str, asked: tuple[str, int] | None = None, *, chinese: bool = False) -> str | None:
        """The file as text (UTF-8; with ``chinese`` also GB 18030, which spreadsheets write); None with a problem."""
        raw = self.bytes(name, _LARGEST_TEXT, asked or (name, 0))
        if raw is None:
            return None
        for encoding in ("utf-8-sig", "gb18030") if chinese else ("utf-8-sig",):
            try:
                return unicodedata.normalize("NFC", raw.decode(encoding)).replace("\r\n", "\n")
            except UnicodeDecodeError:
                continue
        self.problems.add(
            name, 0, ("不是 UTF-8 文本", "is no UTF-8 text"), ("请另存为 UTF-8 编码", "save it with UTF-8 encoding")
        )
        return None
