"""launchd on macOS: an agent of the user (launchd.plist(5)). It runs from login on; a daemon would need root."""

import plistlib
from collections.abc import Mapping
from pathlib import Path

from host.durable import translate, write_bytes
from host.logs import log_path
from syncd.service.orders import ask, order
from syncd.service.program import Program, ServiceState


def plist_bytes(program: Program) -> bytes:
    """The property list. ``KeepAlive``: started again however it ends."""
    words = str(log_path(program.home, "syncd").with_suffix(".out"))
    return plistlib.dumps(
        {
            "Label": program.name,
            "ProgramArguments": list(program.arguments),
            "EnvironmentVariables": dict(program.environ),
            "RunAtLoad": True,
            "KeepAlive": True,
            "ThrottleInterval": 5,
            "ProcessType": "Background",
            "LowPriorityBackgroundIO": False,
            "WorkingDirectory": "/",
            "Umask": 0o077,
            "StandardOutPath": words,
            "StandardErrorPath": words,
        }
    )


class Launchd:
    """The user's domain of launchd, spoken to through launchctl."""

    def __init__(self, program: Program, environ: Mapping[str, str], folder: Path, uid: int) -> None:
        self._program = program
        self._environ = environ
        self._file = folder / f"{program.name}.plist"
        self._domain = f"gui/{uid}"
        self._target = f"gui/{uid}/{program.name}"

    def install(self) -> list[str]:
        """See ``ServiceManager``."""
        with translate(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(self._file, plist_bytes(self._program))
        ask(("launchctl", "bootout", self._target), self._environ)  # an older one; a refusal means there is none
        order(("launchctl", "bootstrap", self._domain, str(self._file)), self._environ)
        return ["在您登录系统后自动运行 / It runs from the moment you log in to this Mac"]

    def uninstall(self) -> None:
        """See ``ServiceManager``."""
        if not self._file.exists():
            return
        ask(("launchctl", "bootout", self._target), self._environ)
        with translate(self._file):
            self._file.unlink(missing_ok=True)

    def state(self) -> ServiceState:
        """See ``ServiceManager``."""
        code, words = ask(("launchctl", "print", self._target), self._environ)
        states = [line.strip() for line in words.splitlines() if line.strip().startswith("state = ")]
        return ServiceState(
            installed=self._file.exists(),
            running=code == 0 and "state = running" in states,
            file=self._file,
            starts_alone=False,
            words=states[0] if states else words[:200],
        )

    def starter(self) -> tuple[str, ...]:
        """See ``ServiceManager``."""
        return ("launchctl", "kickstart", self._target) if self._file.exists() else ()
