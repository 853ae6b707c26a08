"""The person's own copies: never over another file, never half a file, and told apart from the program's receipt."""

import resource
from pathlib import Path

import pytest

from ui.keepsakes import Keepsakes, NotKept


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "下载"
    kept = Keepsakes(folder)
    kept.save(b"one", "receipt.jws")
    kept.save(b"two", "receipt.jws")
    kept.save(b"three", "receipt.jws")
    assert kept.saved == folder / "receipt (3).jws"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "receipt.jws": b"one",
        "receipt (2).jws": b"two",
        "receipt (3).jws": b"three",
    }


def test_a_dangling_link_of_that_name_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "receipt.jws").symlink_to(target)
    kept = Keepsakes(tmp_path)
    kept.save(b"one", "receipt.jws")
    assert kept.saved == tmp_path / "receipt (2).jws"
    assert not target.exists()


def test_a_folder_that_cannot_be_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    kept = Keepsakes(tmp_path / "file" / "downloads")
    with pytest.raises(NotKept, match="downloads"):
        kept.save(b"one", "receipt.jws")
    assert kept.saved is None


def test_a_write_that_fails_halfway_leaves_no_half_receipt(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with pytest.raises(NotKept, match=r"receipt\.jws"):
            Keepsakes(tmp_path).save(b"x" * (2 << 20), "receipt.jws")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("made", [b"", b"<html>"])
def test_what_is_no_pdf_is_not_kept(tmp_path: Path, made: bytes) -> None:
    kept = Keepsakes(tmp_path)
    kept.print(made, "receipt.pdf")
    assert isinstance(kept.error, NotKept)
    assert (kept.printed, list(tmp_path.iterdir())) == (None, [])


def test_the_next_interview_forgets_the_copies_and_leaves_the_files(tmp_path: Path) -> None:
    kept = Keepsakes(tmp_path)
    kept.print(b"", "receipt.pdf")
    kept.print(b"%PDF-1.4 whole", "receipt.pdf")
    assert (kept.printed, kept.error) == (tmp_path / "receipt.pdf", None)
    kept.forget()
    assert (kept.printed, kept.error) == (None, None)
    assert (tmp_path / "receipt.pdf").exists()
