"""The random name of an installation: made once, its owner's only, made anew when it was damaged."""

from pathlib import Path
from uuid import UUID

from host.paths import Home
from ui.installation import installation_of


def test_it_is_made_once_and_another_home_has_another(tmp_path: Path) -> None:
    home = Home(tmp_path / "a").prepare()
    first = installation_of(home)
    assert UUID(first).version == 4
    assert installation_of(home) == first
    assert installation_of(Home(tmp_path / "b").prepare()) != first
    assert (home.state / "installation").stat().st_mode & 0o777 == 0o600


def test_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    home = Home(tmp_path).prepare()
    (home.state / "installation").write_bytes(b"\xff\x00")
    made = installation_of(home)
    assert installation_of(home) == made
