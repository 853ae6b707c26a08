"""What goes into the candidates' folder: nothing of the center, nothing of the desktop's own, all that is needed."""

import ast
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pack.contents import EXCLUDED, PROGRAMS, desktops_own, own_data, trimmed, wanted

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("place", "goes"),
    [
        ("PySide6/Qt/libexec/QtWebEngineProcess", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/position/libqtposition_nmea.so", False),
        ("PySide6/Qt/qml/QtQuick/libqtquick2plugin.so", False),
        ("PySide6/Qt/translations/qtwebengine_locales/zh-CN.pak", True),
        ("PySide6/Qt/translations/qtwebengine_locales/fr.pak", False),
        ("PySide6/Qt/resources/qtwebengine_resources.pak", True),
        ("PySide6/Qt/resources/qtwebengine_devtools_resources.pak", False),
        ("ui/pages/index.html", True),
    ],
)
def test_what_the_window_uses_goes_in(place: str, goes: bool) -> None:
    assert wanted(place) is goes


@pytest.mark.parametrize("name", ["libstdc++.so.6", "libX11.so.6", "libgbm.so.1", "libpulsecommon-16.1.so", "libc.so"])
def test_the_desktops_own_libraries_stay_out(name: str) -> None:
    assert desktops_own(name)


@pytest.mark.parametrize("name", ["libcrypto.so.3", "libxcb-cursor.so.0", "libnss3.so", "PySide6/Qt/lib/libQt6Core.so"])
def test_what_a_desktop_may_lack_goes_in(name: str) -> None:
    assert not desktops_own(name)


NAMES = st.sampled_from([f"libown-{letter}.so" for letter in "abcdefgh"])


@given(st.dictionaries(NAMES, st.sets(NAMES)), st.sets(NAMES, min_size=1))
def test_libraries_stay_when_something_inside_asks_for_them(needs: dict[str, set[str]], first: set[str]) -> None:
    entries = [("tool", "tool", "EXTENSION"), *((name, name, "BINARY") for name in needs)]
    asked = {"tool": first, **needs}
    kept = {place for place, _, _ in trimmed(entries, lambda file: asked.get(file, set()))}
    for place in kept:
        assert asked[place] & set(needs) <= kept, "nothing that is asked for is missing"
    for place in kept - {"tool"}:
        assert any(place in asked[other] for other in kept), "nothing stays that nobody asks for"


def test_files_beside_the_programs_go_where_the_programs_look_for_them() -> None:
    """They look beside their own module."""
    goes = {f"{place}/{Path(file).name}" for file, place in own_data(ROOT)}
    assert "ui/data/programs.toml" in goes
    listed = subprocess.run(["git", "ls-files", *PROGRAMS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name for name in listed.stdout.splitlines() if not name.endswith((".py", "py.typed"))} <= goes


def test_what_the_candidates_programs_import_is_not_excluded() -> None:
    """Every import of the programs, wherever it stands, but those of the center and of demo and rehearsal here."""
    found: set[str] = set()
    for package in ("domain", "host", "recorder", "syncd", "ui"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    found |= {name.name for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module)
    assert not {name for name in found if name.split(".")[0] in EXCLUDED or name in EXCLUDED}
