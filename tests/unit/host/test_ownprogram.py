"""How this program is started again, in both its shapes, and what its loader leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from host.ownprogram import (
    PARTS,
    command_of,
    folder_of,
    forget_packing,
    own_command,
    own_environ,
    own_part,
    part_of,
)


def test_a_python_runs_the_package_and_the_packed_program_itself(tmp_path: Path) -> None:
    assert command_of(tmp_path / "python3", packed=False) == (str(tmp_path / "python3"), "-m", "zhishi")
    assert command_of(tmp_path / "zhishi", packed=True) == (str(tmp_path / "zhishi"),)


@pytest.mark.parametrize(("name", "packed"), [("zhishi.exe", True), ("python.exe", False)])
def test_on_windows_the_twin_without_a_console_is_taken_where_there_is_one(
    tmp_path: Path, name: str, packed: bool
) -> None:
    assert command_of(tmp_path / name, packed=packed)[0] == str(tmp_path / name)
    twin = tmp_path / name.replace(".exe", "w.exe")
    twin.touch()
    assert command_of(tmp_path / name, packed=packed)[0] == str(twin)
    assert command_of(twin, packed=packed)[0] == str(twin), "it starts itself the same way"


def test_this_program_answers_as_it_would_be_started(tmp_path: Path) -> None:
    elsewhere = own_environ({"PATH": "/usr/bin:/bin"}, sys.path)
    done = subprocess.run(
        [*own_command(), "verify", "--help"], env=elsewhere, cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", PARTS)
def test_every_part_is_a_module_that_can_be_run(tmp_path: Path, module: str) -> None:
    made = tmp_path / "made"
    done = subprocess.run([*own_part(module), str(made)], env=own_environ({}), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert made.exists()
    assert part_of(Path("/opt/zhishi"), module, packed=True) == ("/opt/zhishi", "--part", module)


def test_what_is_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="os"):
        own_part("os")


def test_what_the_loader_set_for_one_process_is_handed_to_no_other() -> None:
    environ = {
        "PATH": "/usr/bin",
        "LD_LIBRARY_PATH": "/opt/zhishi/_internal",
        "LD_LIBRARY_PATH_ORIG": "/opt/theirs",
        "_PYI_ARCHIVE_FILE": "/opt/zhishi/zhishi",
        "_PYI_PARENT_PROCESS_LEVEL": "1",
        "QT_PLUGIN_PATH": "/opt/zhishi/_internal/PySide6/Qt/plugins",
    }
    forget_packing(environ)
    assert environ == {"PATH": "/usr/bin", "LD_LIBRARY_PATH": "/opt/theirs"}
    environ = {"LD_LIBRARY_PATH": "/opt/zhishi/_internal", "LD_LIBRARY_PATH_ORIG": ""}
    forget_packing(environ)
    assert environ == {}


def test_the_folder_is_where_a_person_sees_the_program() -> None:
    assert folder_of(Path("/opt/zhishi/zhishi")) == Path("/opt/zhishi")
    assert folder_of(Path("/Applications/智试云.app/Contents/MacOS/zhishi")) == Path("/Applications")
