"""The files that service managers are given: as kept in ``golden/``, and accepted by the real readers there are."""

import plistlib
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from host.paths import Home
from syncd.service.launchd import plist_bytes
from syncd.service.program import Program, program_of
from syncd.service.systemd import unit_text
from syncd.service.windows import task_bytes

GOLDEN = Path(__file__).parent / "golden"
USUAL = Home(Path("/home/zhang/.local/share/zhishi"))
COMMAND = ("/opt/zhishi/bin/python", "-m", "zhishi")
PROGRAM = program_of(USUAL, USUAL, COMMAND, {})


def test_the_unit_is_the_golden_one() -> None:
    assert unit_text(PROGRAM) == (GOLDEN / "zhishi-syncd.service").read_text()


def test_the_agent_is_the_golden_one() -> None:
    assert plist_bytes(PROGRAM) == (GOLDEN / "zhishi-syncd.plist").read_bytes()


def test_the_task_is_the_golden_one() -> None:
    assert task_bytes(PROGRAM, "LAPTOP\\张").decode("utf-16") == (GOLDEN / "zhishi-syncd.xml").read_text()


def test_the_golden_unit_is_accepted_by_systemd(tmp_path: Path) -> None:
    unit = tmp_path / "zhishi-syncd.service"
    # verify looks whether the program can be run: this one can
    unit.write_text((GOLDEN / unit.name).read_text().replace(COMMAND[0], shutil.which("true") or ""))
    _verified(unit)


@pytest.mark.parametrize("name", ["with space", "50%", "$HOME", 'a"b', "back\\slash", "面试 数据", "$$%%h"])
def test_odd_folders_survive_the_unit_file(tmp_path: Path, name: str) -> None:
    program = Program("zhishi-odd", (shutil.which("true") or "",), Home(tmp_path / name), {"PYTHONPATH": name})
    unit = tmp_path / "zhishi-odd.service"
    unit.write_text(unit_text(program))
    _verified(unit)


def _verified(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(unit.parent), "XDG_RUNTIME_DIR": str(unit.parent)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert unit.name not in done.stderr  # it warns of what it does not understand


WORDS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@given(st.lists(WORDS, min_size=1, max_size=4), st.dictionaries(st.just("PYTHONPATH"), WORDS))
def test_the_agent_and_the_task_carry_any_words(command: list[str], environ: dict[str, str]) -> None:
    program = Program("x", tuple(command), USUAL, environ)
    agent = plistlib.loads(plist_bytes(program))
    assert agent["ProgramArguments"] == list(program.arguments)
    assert agent["EnvironmentVariables"] == environ
    task = ElementTree.fromstring(task_bytes(program, "u").decode("utf-16"))  # noqa: S314 -- made a moment ago
    place = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert task.findtext(f".//{place}Command") == command[0]
    assert task.findtext(f".//{place}Arguments") == subprocess.list2cmdline(program.arguments[1:])


def test_every_home_has_a_service_of_its_own() -> None:
    other = program_of(Home(Path("/srv/other")), USUAL, COMMAND, {})
    third = program_of(Home(Path("/srv/third")), USUAL, COMMAND, {})
    assert PROGRAM.name == "zhishi-syncd"
    assert len({PROGRAM.name, other.name, third.name}) == 3


def test_a_line_break_cannot_smuggle_a_setting_into_a_unit() -> None:
    with pytest.raises(BadInput):
        program_of(Home(Path("/srv/a\nExecStartPre=/bin/rm")), USUAL, COMMAND, {})
