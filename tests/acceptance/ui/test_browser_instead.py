"""Where the window cannot be opened the pages open in the default browser, and say what is missing.

Qt is really broken: the dynamic loader finds a file that is no library where it looks for one.
"""

from pathlib import Path

import pytest

from tests.support.desktop import desktop
from tests.support.interviewing import candidate, office
from tests.support.waiting import wait_until


def _browser(folder: Path) -> dict[str, str]:
    """A default browser that writes down what it is to open."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{folder}/opening" && mv "{folder}/opening" "{folder}/opened"\n')
    program.chmod(0o755)
    return {"BROWSER": str(program)}


def _broken(folder: Path, library: str) -> dict[str, str]:
    """An environment in which ``library`` cannot be loaded."""
    place = folder / "lib"
    place.mkdir()
    (place / library).write_text("no library")
    return {"LD_LIBRARY_PATH": str(place)}


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("library", "named"),
    [("libxcb-cursor.so.0", "apt-get install libxcb-cursor0"), ("libsmime3.so", "libsmime3.so")],
    ids=["in the list", "not in the list"],
)
def test_a_broken_qt_is_named_and_the_browser_goes_on(tmp_path: Path, library: str, named: str) -> None:
    with (
        desktop() as stage,
        office(tmp_path) as center,
        candidate(
            center.url, {**stage.environ, **_browser(tmp_path), **_broken(tmp_path, library)}, window=True
        ) as person,
    ):
        person.start("--browser")
        person.open(wait_until(lambda: _opened(tmp_path), 30, "the browser is asked to open the pages"))
        notice = person.wait(lambda state: _notice(state, "window"), 20, "the pages say why they are in a browser")
        assert named in notice["zh"]
        assert named in notice["en"]
        assert named in person.words()
        person.must("seen", id="window")
        person.wait(lambda state: not _notice(state, "window"), 10, "a notice that was read goes away")
        person.check_devices()
        person.at("login")


@pytest.mark.timeout(120)
def test_a_screen_that_cannot_be_reached_does_not_end_the_program(tmp_path: Path) -> None:
    """Qt would end the whole process: the screen is looked at before Qt is started."""
    with (
        office(tmp_path) as center,
        candidate(center.url, {**_browser(tmp_path), "DISPLAY": ":60123"}, window=True) as person,
    ):
        person.start("--browser")
        person.open(wait_until(lambda: _opened(tmp_path), 30, "the browser is asked to open the pages"))
        notice = person.wait(lambda state: _notice(state, "window"), 20, "the pages say why they are in a browser")
        assert ":60123" in notice["zh"]
        person.at("devices")


@pytest.mark.timeout(120)
def test_without_any_browser_the_address_is_told_in_the_terminal(tmp_path: Path) -> None:
    nothing = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
    with office(tmp_path) as center, candidate(center.url, nothing, window=True) as person:
        person.start("--browser")
        wait_until(lambda: "/?door=" in person.words(), 30, "the address is in the terminal")
        person.open("http://" + person.words().rpartition("http://")[2].split()[0])
        person.at("devices")


def _opened(folder: Path) -> str:
    file = folder / "opened"
    return file.read_text() if file.exists() else ""


def _notice(state: dict[str, list[dict[str, str]]], name: str) -> dict[str, str] | None:
    return next((one for one in state["notices"] if one["id"] == name), None)
