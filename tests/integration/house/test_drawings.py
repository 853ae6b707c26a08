"""The manual's pictures are what the script draws."""

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[3]


def test_the_pictures_are_as_drawn() -> None:
    spec = importlib.util.spec_from_file_location("drawings", ROOT / "scripts" / "drawings.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    drawn: dict[str, str] = script.drawings()
    assert {file.name: file.read_text() for file in (ROOT / "docs" / "drawings").glob("*.svg")} == drawn
    for name, picture in drawn.items():
        title = ElementTree.fromstring(picture).find("{http://www.w3.org/2000/svg}title")  # noqa: S314 -- our own
        assert title is not None, name
        assert title.text
        assert f"](drawings/{name})" in (ROOT / "docs" / "phone-manual.zh.md").read_text()
