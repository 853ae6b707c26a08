"""A zip of a project folder, unpacked. Owns that nothing of it lands outside, and how much it may hold.

Whatever a person's own computer makes is taken: names in GBK (Windows Explorer), decomposed names and side files
(macOS), one folder around everything. Mistakes are told as those of a folder are.
"""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from center.folder.problems import Problems
from center.folder.reading import ATTACHMENT_MOST, PHOTO_MOST
from center.folder.settings import FILE as SETTINGS
from host.durable import private_folder, translate

ENTRIES_MOST = 60_000
FILE_MOST = max(PHOTO_MOST, ATTACHMENT_MOST)
_LIST_MOST = 16 << 20  # bytes of the list of files, which is read into memory at once
_BLOCK = 1 << 20
_UTF8, _ENCRYPTED = 0x800, 0x1
_END, _END_SIZE, _NOTE_MOST = b"PK\x05\x06", 22, 65_535
_DEEPEST, _LONGEST = 8, 200  # folders in each other; bytes of one name
_SIDE_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}
_WHOLE = "ZIP"
# what reading a file that is no right zip raises; OSError: a place before its beginning
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # packed in a way that zipfile cannot read
    RuntimeError,
    ValueError,
    OSError,
)
_SAVE_AGAIN = ("请重新压缩项目文件夹", "compress the project folder again")


def unpack(archive: Path, into: Path, total_most: int) -> Path:
    """The folder with the project inside ``into``; raises ProjectInvalid, StorageError."""
    problems = Problems()
    with translate(archive):
        bounded = _bounded(archive)
    if not bounded:
        problems.add(
            _WHOLE,
            0,
            ("不是 ZIP 文件，或文件数量过多", "is no zip file, or holds too many files"),
            ("请将项目文件夹压缩为 ZIP 后重试", "compress the project folder to a zip file"),
        )
        problems.raise_any()
    try:
        opened = zipfile.ZipFile(archive)
    except _DAMAGED:
        _damaged(_WHOLE, problems)
        problems.raise_any()
        raise  # never: the line above raises
    with opened:
        names = _names(opened.infolist(), problems, total_most)
        problems.raise_any()
        for name, info in names.items():
            _write(opened, info, name, into, problems)
    problems.raise_any()
    return _root(into)


def _bounded(archive: Path) -> bool:
    """Whether it ends as a zip file does, and its list of files is small enough to be read."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_SIZE - _NOTE_MOST))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return False
    large = b"PK\x06\x07" in tail[max(0, at - 20) : at]  # zip64: more files or bytes than are taken
    return not large and int.from_bytes(tail[at + 12 : at + 16], "little") <= _LIST_MOST


def _names(found: list[zipfile.ZipInfo], problems: Problems, total_most: int) -> dict[str, zipfile.ZipInfo]:
    """The files by their names, relative and with forward slashes; problems are noted."""
    names: dict[str, zipfile.ZipInfo] = {}
    folders: set[str] = set()
    total = 0
    for info in found:
        name = _name(info)
        parts = PurePosixPath(name).parts
        if name.endswith("/") or not parts or _is_side_file(parts):
            continue
        if name.startswith("/") or ".." in parts or ":" in parts[0]:
            problems.add(name, 0, ("不在项目文件夹内", "lies outside the folder"), _SAVE_AGAIN)
        elif not _can_be_named(name, parts) or name in folders or not _folders_of(name).isdisjoint(names):
            problems.add(repr(name), 0, ("文件名不可用", "is no usable name"), ("请改名", "give it another name"))
        elif stat.S_ISLNK(info.external_attr >> 16):
            problems.add(
                name, 0, ("是链接，不是文件", "is a link, no file"), ("请放入文件本身", "put the file itself there")
            )
        elif info.flag_bits & _ENCRYPTED:
            problems.add(
                name, 0, ("已加密", "has a password"), ("请去掉压缩包的密码", "compress it without a password")
            )
        elif info.file_size > FILE_MOST:
            problems.add(
                name,
                0,
                (f"超过 {FILE_MOST >> 20} MB", f"is larger than {FILE_MOST >> 20} MB"),
                ("请缩小该文件", "make it smaller"),
            )
        elif name in names:
            problems.add(name, 0, ("重复", "is there twice"), _SAVE_AGAIN)
        names[name] = info
        folders |= _folders_of(name)
        total += info.file_size
        if total > total_most or len(names) > ENTRIES_MOST:
            most = f"{total_most >> 20} MB, {ENTRIES_MOST}"
            problems.add(
                name,
                0,
                (f"压缩包内容过多（最多 {most} 个文件）", f"the archive holds too much (at most {most} files)"),
                ("请在服务器上运行 zhishi center import", "run zhishi center import on the server"),
            )
            break
    return names


def _name(info: zipfile.ZipInfo) -> str:
    """As its maker meant it: UTF-8 where it says so, else perhaps unsaid UTF-8, else what Chinese Windows writes."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _can_be_named(name: str, parts: tuple[str, ...]) -> bool:
    fits = len(parts) <= _DEEPEST and all(len(part.encode(errors="replace")) <= _LONGEST for part in parts)
    return fits and name.isprintable()


def _folders_of(name: str) -> set[str]:
    return {str(folder) for folder in PurePosixPath(name).parents}


def _is_side_file(parts: tuple[str, ...]) -> bool:
    return "__MACOSX" in parts or parts[-1] in _SIDE_FILES or parts[-1].startswith("._")


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, into: Path, problems: Problems) -> None:
    target = into / name
    if not target.resolve().is_relative_to(into.resolve()):  # what the names let through, the disk must not
        problems.add(name, 0, ("不在项目文件夹内", "lies outside the folder"), _SAVE_AGAIN)
        return
    private_folder(target.parent)
    with translate(target), target.open("xb") as file:
        for block in _blocks(opened, info):
            if block is None:
                _damaged(name, problems)
                return
            file.write(block)


def _blocks(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes | None]:
    """Its content; None as the last where it cannot be had."""
    try:
        with opened.open(info) as source:
            while block := source.read(_BLOCK):
                yield block
    except _DAMAGED:
        yield None


def _damaged(name: str, problems: Problems) -> None:
    problems.add(name, 0, ("压缩包损坏或格式不支持", "is damaged or packed in an unknown way"), _SAVE_AGAIN)


def _root(into: Path) -> Path:
    """Where the project lies: at the top, or in the one folder around it."""
    if not (into / SETTINGS).is_file():
        inside = [folder for folder in into.iterdir() if (folder / SETTINGS).is_file()]
        if len(inside) == 1:
            return inside[0]
    return into
