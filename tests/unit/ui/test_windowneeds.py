"""How the window is drawn: OpenGL only where something other than the processor does it."""

from pathlib import Path

import pytest

from ui.windowneeds import drawing


def test_without_a_graphics_processor_nothing_is_drawn_through_opengl(tmp_path: Path) -> None:
    assert drawing({}, tmp_path / "nothing") == {
        "QT_QUICK_BACKEND": "software",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
    }
    (tmp_path / "card0").touch()  # a screen, and nothing that draws
    added = drawing({"QTWEBENGINE_CHROMIUM_FLAGS": "--lang=zh"}, tmp_path)
    assert added["QTWEBENGINE_CHROMIUM_FLAGS"] == "--lang=zh --disable-gpu"


@pytest.mark.parametrize(("card", "environ"), [("renderD128", {}), ("card0", {"QT_QUICK_BACKEND": "rhi"})])
def test_a_graphics_processor_and_a_choice_made_by_hand_stand(
    tmp_path: Path, card: str, environ: dict[str, str]
) -> None:
    (tmp_path / card).touch()
    assert drawing(environ, tmp_path) == {}
