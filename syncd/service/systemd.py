"""systemd: a unit of the user's own manager (systemd.service(5), systemd.unit(5)).

Restarted however it ends, and when it falls silent (watchdog). Without lingering the user's manager, and we with it,
runs only from login to logout; with it from boot on. Lingering is asked for at installation: the system allows that
to some users and not to others, and then says so.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from host.durable import translate, write_bytes
from syncd.service.orders import ask, order
from syncd.service.program import TITLE, Program, ServiceState

LINGERING = Path("/var/lib/systemd/linger")
WATCHDOG_S = 120


def unit_text(program: Program) -> str:
    """The unit file. ``Restart=always`` without a limit: nobody may be there to start it by hand."""
    environ = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in sorted(program.environ.items()))
    command = " ".join(_quoted(word).replace("$", "$$") for word in program.arguments)
    return f"""\
# made by `zhishi service install`; changes are lost at the next one
[Unit]
Description={TITLE}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
{environ}WorkingDirectory=/
UMask=0077
NoNewPrivileges=yes
Restart=always
RestartSec=2
WatchdogSec={WATCHDOG_S}
TimeoutStartSec=180
TimeoutStopSec=30
OOMPolicy=continue

[Install]
WantedBy=default.target
"""


def _quoted(word: str) -> str:
    """One word for a unit file: quotes and backslashes escaped, ``%`` doubled (it begins a specifier)."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


class Systemd:
    """The user's manager, spoken to through systemctl and loginctl."""

    def __init__(
        self, program: Program, environ: Mapping[str, str], folder: Path, user: str, lingering: Path = LINGERING
    ) -> None:
        self._program = program
        self._lingering = lingering
        self._environ = environ
        self._unit = f"{program.name}.service"
        self._file = folder / self._unit
        self._user = user

    @staticmethod
    def usable(environ: Mapping[str, str]) -> bool:
        """The user's manager answers."""
        return ask(("systemctl", "--user", "show-environment"), environ)[0] == 0

    def install(self) -> list[str]:
        """See ``ServiceManager``."""
        with translate(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(self._file, unit_text(self._program).encode())
        self._systemctl("daemon-reload")
        self._systemctl("enable", self._unit)
        self._systemctl("restart", self._unit)
        return [] if self._lingers() or self._linger() else [_advice(self._user)]

    def uninstall(self) -> None:
        """See ``ServiceManager``. Lingering stays: others may rely on it."""
        if not self._file.exists():
            return
        self._systemctl("disable", "--now", self._unit)
        with translate(self._file):
            self._file.unlink(missing_ok=True)
        self._systemctl("daemon-reload")

    def state(self) -> ServiceState:
        """See ``ServiceManager``."""
        shown = self._systemctl("show", self._unit, "--property=LoadState,ActiveState,SubState,StatusText,MainPID")
        told = dict(line.partition("=")[::2] for line in shown.splitlines())
        words = f"{told.get('ActiveState', '?')} ({told.get('SubState', '?')}) {told.get('StatusText', '')}".strip()
        return ServiceState(
            installed=told.get("LoadState") == "loaded",
            running=told.get("ActiveState") == "active",
            file=self._file,
            starts_alone=self._lingers(),
            words=words,
        )

    def starter(self) -> tuple[str, ...]:
        """See ``ServiceManager``."""
        return ("systemctl", "--user", "start", self._unit) if self._file.exists() else ()

    def _lingers(self) -> bool:
        return (self._lingering / self._user).exists()

    def _linger(self) -> bool:
        ask(("loginctl", "enable-linger"), self._environ)
        return self._lingers()

    def _systemctl(self, *words: str) -> str:
        return order(("systemctl", "--user", *words), self._environ)


def _advice(user: str) -> str:
    return (
        "只在您登录系统后自动运行；若要开机即运行，请管理员执行： / It runs while you are logged in. "
        f"To have it run from boot on, an administrator types: sudo loginctl enable-linger {user}"
    )


def unit_folder(environ: Mapping[str, str]) -> Path:
    """Where units of this user lie (systemd.unit(5))."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", ""), ".config")  # noqa: PTH118
    return Path(base) / "systemd" / "user"
