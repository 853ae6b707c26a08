"""Zips of project folders: whatever a person's computer makes is taken; nothing ever lands outside."""

import contextlib
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.administration import archive
from center.administration.archive import FILE_MOST, unpack
from center.folder.reading import read_folder
from domain.errors import ProjectInvalid
from tests.support.candidates import sample_at
from tests.support.zipping import GbkName, zip_of, zipped

MOST = 64 << 20
START_MS = 1_800_000_000_000


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "place"
    made.mkdir()
    return made


def mistakes(file: Path, place: Path, most: int = MOST) -> list[str]:
    with pytest.raises(ProjectInvalid) as refused:
        unpack(file, place, most)
    assert all(one.what.zh and one.remedy.zh for one in refused.value.mistakes)
    return [f"{one.file}: {one.what.en}" for one in refused.value.mistakes]


@pytest.mark.parametrize("around", ["", "示例项目"])
def test_the_sample_comes_out_as_it_went_in(tmp_path: Path, place: Path, around: str) -> None:
    folder = sample_at(tmp_path / "project", START_MS)
    root = unpack(zipped(folder, tmp_path / "a.zip", around), place, MOST)
    assert read_folder(root, lambda _: None) == read_folder(folder, lambda _: None)


def test_names_of_chinese_windows_and_of_a_mac(tmp_path: Path, place: Path) -> None:
    file = zip_of(
        tmp_path / "a.zip",
        ("project.toml", b""),
        (GbkName("photos/林晓.jpg"), b"1"),
        ("photos/e\u0301.jpg", b"2"),
        ("attachments\\须知.md", b"3"),
        ("__MACOSX/photos/._林晓.jpg", b"x"),
        (".DS_Store", b"x"),
    )
    unpack(file, place, MOST)
    found = sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())
    assert found == sorted(["project.toml", "photos/林晓.jpg", "photos/é.jpg", "attachments/须知.md"])


class NoName(zipfile.ZipInfo):
    """An entry that has no name."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 -- what zipfile calls it
        return b"", self.flag_bits


def test_an_entry_without_a_name_is_left_out(tmp_path: Path, place: Path) -> None:
    unpack(zip_of(tmp_path / "a.zip", (NoName("x"), b"1"), ("project.toml", b"")), place, MOST)
    assert [path.name for path in place.iterdir()] == ["project.toml"]


def a_link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize("name", ["../project.toml", "/etc/passwd", "a/../../b", "..\\b", "C:/b", "photos/../../b"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, place: Path, name: str) -> None:
    (told,) = mistakes(zip_of(tmp_path / "a.zip", (name, b"x")), place)
    assert told.endswith("lies outside the folder")
    assert set(tmp_path.iterdir()) == {tmp_path / "a.zip", place}
    assert list(place.iterdir()) == []


def test_links_are_refused(tmp_path: Path, place: Path) -> None:
    file = zip_of(tmp_path / "a.zip", (a_link("photos"), b"/etc"), ("photos/passwd", b"x"))
    assert "photos: is a link, no file" in mistakes(file, place)
    assert list(place.iterdir()) == []


def test_names_that_no_disk_takes_are_refused(tmp_path: Path, place: Path) -> None:
    names = ["a/" * 9 + "b", "名" * 70, "a\x07b"]
    file = zip_of(
        tmp_path / "a.zip", *((name, b"") for name in names), ("one", b""), ("one/two", b""), ("a/b", b""), ("a", b"")
    )
    assert [told.rpartition(": ")[2] for told in mistakes(file, place)] == ["is no usable name"] * 5


def test_a_password_is_told(tmp_path: Path, place: Path) -> None:
    file = zip_of(tmp_path / "a.zip", ("project.toml", b"code"))
    raw = bytearray(file.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + at] |= 1
    file.write_bytes(raw)
    assert mistakes(file, place) == ["project.toml: has a password"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, place: Path) -> None:
    file = zip_of(tmp_path / "a.zip", *((f"photos/{number}", bytes(10 << 20)) for number in range(4)))
    assert file.stat().st_size < 1 << 20
    assert "holds too much" in mistakes(file, place, 30 << 20)[0]
    large = zip_of(tmp_path / "b.zip", ("photos/1", bytes(FILE_MOST + 1)))
    assert "is larger than" in mistakes(large, place)[0]
    assert list(place.iterdir()) == []


def test_one_that_tells_less_than_it_holds_writes_no_more_than_it_told(tmp_path: Path, place: Path) -> None:
    file = zip_of(tmp_path / "a.zip", ("photos/1", bytes(5 << 20)))
    raw = bytearray(file.read_bytes())
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 10)
    file.write_bytes(raw)
    assert mistakes(file, place) == ["photos/1: is damaged or packed in an unknown way"]
    assert sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) <= 10


def test_too_many_files_are_refused(tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ENTRIES_MOST", 3)
    assert "holds too much" in mistakes(zip_of(tmp_path / "a.zip", *((str(n), b"") for n in range(5))), place)[0]
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    struct.pack_into("<I", raw, raw.rindex(b"PK\x05\x06") + 12, 17 << 20)
    (tmp_path / "a.zip").write_bytes(raw)
    assert "is no zip file" in mistakes(tmp_path / "a.zip", place)[0]


def test_the_same_file_twice_is_told(tmp_path: Path, place: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        file = zip_of(tmp_path / "a.zip", ("roster.csv", b"1"), ("roster.csv", b"2"))
    assert mistakes(file, place) == ["roster.csv: is there twice"]


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"Rar!\x1a\x07\x00", bytes(100_000)])
def test_what_is_no_zip_is_told(tmp_path: Path, place: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert "is no zip file" in mistakes(tmp_path / "a.zip", place)[0]


def test_one_cut_or_changed_anywhere_is_told_and_never_half_taken(tmp_path: Path, place: Path) -> None:
    whole = zipped(sample_at(tmp_path / "project", START_MS), tmp_path / "a.zip").read_bytes()
    for at in range(0, len(whole), len(whole) // 60):
        (tmp_path / "b.zip").write_bytes(whole[:at])
        assert mistakes(tmp_path / "b.zip", place / f"cut{at}")


def test_a_list_of_files_changed_anywhere_is_told_or_harmless(tmp_path: Path) -> None:
    file = zip_of(tmp_path / "a.zip", ("project.toml", b"code"), ("照片/一.jpg", b"1"))
    whole = file.read_bytes()
    for at in range(whole.index(b"PK\x01\x02"), len(whole)):
        (tmp_path / "b.zip").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        place = tmp_path / str(at)
        place.mkdir()
        with contextlib.suppress(ProjectInvalid):
            unpack(tmp_path / "b.zip", place, MOST)


@given(names=st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=6))
def test_nothing_ever_lands_outside(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    outer = tmp_path_factory.mktemp("outer")
    place = outer / "in" / "place"
    place.mkdir(parents=True)
    file = outer / "a.zip"
    try:
        with zipfile.ZipFile(file, "w") as made:
            for name in dict.fromkeys(names):
                made.writestr(name, b"x")
    except (ValueError, UnicodeError, IndexError):  # names that no zip can hold
        return
    with contextlib.suppress(ProjectInvalid):
        unpack(file, place, MOST)
    assert {path for path in outer.rglob("*") if path.is_file() and not path.is_relative_to(place)} == {file}
