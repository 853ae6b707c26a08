"""Project folders: the sample is right, and every mistake is told with file, line and remedy, all at once."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.faces.failures import ImageRefused
from center.folder.inside import Inside
from center.folder.problems import Problems
from center.folder.reading import ProjectFolder, read_folder
from center.folder.roster import plain, read_roster
from domain.errors import ProjectInvalid, Words
from tests.support.candidates import photo, sample_at

START_MS = 1_800_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sample_at(tmp_path / "project", START_MS)


def read(folder: Path) -> ProjectFolder:
    return read_folder(folder, lambda _: None)


def problems(folder: Path, look_at: Callable[[bytes], Words | None] = lambda _: None) -> list[str]:
    with pytest.raises(ProjectInvalid) as caught:
        read_folder(folder, look_at)
    return [line.strip() for line in caught.value.detail.splitlines() if line.strip()]


def test_the_sample_is_right(folder: Path) -> None:
    project = read(folder)
    assert [line.name for line in project.roster[:3]] == ["林晓", "阿依古丽·买买提", "𠮷䶮"]
    assert {name: len(found) for name, found in project.questions.items()} == {"a": 3, "b": 3}
    assert [entry.media_type for entry in project.attachments] == ["text/markdown"] * 2
    assert project.photos["astronaut.jpg"].content == photo()


def test_every_mistake_is_told_at_once(folder: Path) -> None:
    settings = folder / "project.toml"
    text = (
        settings.read_text().replace('hotline = "400-000-0000"', 'hotline = ""').replace("answer_minutes", "answer", 1)
    )
    settings.write_text(text)
    roster = folder / "roster.csv"
    roster.write_text(roster.read_text() + "20260001,重复,X,第一场,nobody.jpg\n20260009,,X,第九场,astronaut.jpg\n")
    (folder / "photos" / "astronaut.jpg").unlink()
    found = problems(folder)
    lines = {line.split(": ")[0] for line in found}
    hotline = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("hotline"))
    assert {f"project.toml:{hotline}", "roster.csv:2", "roster.csv:7", "roster.csv:8"} <= lines
    assert any("answer_minutes" in line for line in found)
    assert all(" → " in line and " / " in line for line in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("project.toml", "[consent]", "[consent", "is not TOML"),
        ("project.toml", 'code = "', 'code = "bad code ', "code:"),
        ("project.toml", 'name = "第二场"', 'name = "第一场"', "is there twice"),
        ("project.toml", 'file = "attachments/考生须知.md"', 'file = "../../etc/passwd"', "outside the folder"),
        ("project.toml", 'file = "attachments/考生须知.md"', 'file = "/etc/passwd"', "outside the folder"),
        ("roster.csv", "证件号", "证件", "columns are missing: id_number"),
        ("roster.csv", "20260002", "20260001", "is on line 2 already"),
        ("roster.csv", "第二场", "下午", "is not in project.toml"),
        ("roster.csv", "林晓", '"林晓', "is not CSV"),
        ("roster.csv", "林晓", "林\x07晓", "control characters"),
        ("questions/a.toml", 'id = "2"', 'id = "1"', "is there twice"),
        ("questions/a.toml", "[[question]]", "[question", "is not TOML"),
        ("questions/b.md", "# ", "## ", "needs 1 to 100 questions"),
    ],
)
def test_mistakes(folder: Path, file: str, old: str, new: str, told: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    found = problems(folder)
    assert any(told in line and line.startswith(file.split("/")[0]) for line in found), found


def test_an_attachment_that_is_neither_pdf_nor_markdown(folder: Path) -> None:
    path = folder / "project.toml"
    path.write_text(path.read_text().replace("attachments/考生须知.md", "roster.csv"))
    (folder / "attachments" / "线上面试操作说明.md").write_bytes(b"\xff\xfe")
    assert {line.split(": ")[0] for line in problems(folder)} == {"roster.csv", "attachments/线上面试操作说明.md"}


def test_a_time_without_an_offset(folder: Path) -> None:
    path = folder / "project.toml"
    path.write_text(path.read_text().replace("+00:00", ""))
    assert any("has no offset from UTC" in line for line in problems(folder))


def test_photos_that_do_not_do(folder: Path) -> None:
    def no_face(_: bytes) -> Words | None:
        return Words("没有人脸", "no face")

    def no_picture(_: bytes) -> Words | None:
        raise ImageRefused

    assert problems(folder, no_face) == [
        "photos/astronaut.jpg: 没有人脸（roster.csv 第 2 行） / no face (roster.csv line 2) → "
        "请更换为清晰的单人正面证件照 / put a clear frontal photo of this person alone there"
    ]
    assert len(problems(folder, no_picture)) == 1


def test_a_spreadsheet_in_gb18030_is_read(folder: Path) -> None:
    roster = folder / "roster.csv"
    roster.write_bytes(roster.read_text().replace("\n", "\r\n").encode("gb18030"))
    assert read(folder).roster[2].name == "𠮷䶮"


def test_questions_may_come_later_and_there_may_be_no_attachments(folder: Path) -> None:
    for file in (folder / "questions").iterdir():
        file.unlink()
    path = folder / "project.toml"
    path.write_text(path.read_text().partition("[[attachment]]")[0])
    project = read(folder)
    assert (project.questions, project.attachments) == ({}, ())


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert {line.split(": ")[0] for line in problems(tmp_path)} == {"project.toml", "roster.csv"}


@given(text=st.text(max_size=300))
def test_no_roster_breaks_the_reader(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("roster")
    (folder / "roster.csv").write_bytes(text.encode(errors="surrogatepass"))
    found = Problems()
    lines = read_roster(Inside(folder, found), ["1"])
    assert lines == [] or all(line.number == plain(line.number) for line in lines)


@given(
    cells=st.lists(
        st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20), min_size=5, max_size=5
    )
)
def test_any_name_in_unicode_is_kept(cells: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("roster")
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    (folder / "roster.csv").write_text(f"number,name,id_number,batch,photo\n{quoted}\n")
    found = Problems()
    (line,) = read_roster(Inside(folder, found), None)

    assert line.name == unicodedata.normalize("NFC", cells[1]).strip()
