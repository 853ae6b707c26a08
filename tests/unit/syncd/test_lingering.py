"""Running from boot on: asked for where the system allows it, explained where not. The two commands are stand-ins."""

from pathlib import Path

from host.paths import Home
from syncd.service.program import Program
from syncd.service.systemd import Systemd

_SYSTEMCTL = """#!/bin/sh
case "$2" in show) printf 'LoadState=loaded\\nActiveState=active\\nSubState=running\\nStatusText=\\n';; esac
"""


def manager(folder: Path, loginctl: str) -> Systemd:
    tools, lingering = folder / "tools", folder / "linger"
    tools.mkdir()
    lingering.mkdir()
    for name, text in (("systemctl", _SYSTEMCTL), ("loginctl", f"#!/bin/sh\n{loginctl}\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o700)
    program = Program("zhishi-syncd", ("/opt/zhishi/zhishi",), Home(folder / "home").prepare())
    environ = {"PATH": f"{tools}:/usr/bin:/bin", "LINGER": str(lingering)}
    return Systemd(program, environ, folder / "units", "zhang", lingering)


def test_it_is_asked_for_and_then_told_as_so(tmp_path: Path) -> None:
    service = manager(tmp_path, 'test "$1" = enable-linger && touch "$LINGER/zhang"')
    assert service.install() == []
    assert service.state().starts_alone is True


def test_where_it_is_refused_the_command_for_an_administrator_is_told(tmp_path: Path) -> None:
    service = manager(tmp_path, "echo 'Access denied' >&2; exit 1")
    (advice,) = service.install()
    assert "sudo loginctl enable-linger zhang" in advice
    assert "登录系统后" in advice
    assert service.state().starts_alone is False
    assert service.state().installed, "and it is installed all the same"


def test_what_stands_already_is_not_asked_for_again(tmp_path: Path) -> None:
    service = manager(tmp_path, 'touch "$LINGER/asked"')
    (tmp_path / "linger" / "zhang").touch()
    assert service.install() == []
    assert not (tmp_path / "linger" / "asked").exists()
