"""Does this machine's network count bytes for money? Told to the person, never a reason to hold evidence back.

Linux asks NetworkManager (its property ``Metered``); Windows asks the connection's cost. Elsewhere nobody knows.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping

_ASK_S = 5.0
_LINUX = (
    "busctl", "--system", "--timeout=3", "get-property", "org.freedesktop.NetworkManager",
    "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "Metered",
)  # fmt: skip
_WINDOWS = (
    "powershell", "-NoProfile", "-NonInteractive", "-Command",
    "[void][Windows.Networking.Connectivity.NetworkInformation,Windows,ContentType=WindowsRuntime];"
    "[Windows.Networking.Connectivity.NetworkInformation]::GetInternetConnectionProfile()"
    ".GetConnectionCost().NetworkCostType",
)  # fmt: skip


def metered(environ: Mapping[str, str]) -> bool | None:
    """True or False as the system says or guesses; None: it cannot tell."""
    command = {"linux": _LINUX, "win32": _WINDOWS}.get(sys.platform)
    if command is None or (tool := shutil.which(command[0], path=environ.get("PATH"))) is None:
        return None
    try:
        done = subprocess.run(
            [tool, *command[1:]],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ASK_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return read_answer(done.stdout) if done.returncode == 0 else None


def read_answer(text: str) -> bool | None:
    """NetworkManager's ``u 4`` (1 yes, 2 no, 3 and 4 the same as guesses), or Windows' word for the cost."""
    word = text.strip().lower()
    if word.startswith("u "):
        return {"1": True, "3": True, "2": False, "4": False}.get(word[2:])
    return {"unrestricted": False, "fixed": True, "variable": True}.get(word)
