"""A control group of its own for a program that must outlive its starter.

Where the user has a systemd manager, ``systemd-run --scope`` moves the program out of its starter's group before it
begins: what is killed there for want of memory (systemd-oomd kills whole groups), or ended with the window's own
scope, spares it. It execs: pid and parent stay what they would be. Elsewhere nothing is done; Windows programs leave
their starter's job by a creation flag (``ui.launcher``).
"""

import contextlib
import shutil
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def scoped(command: Sequence[str], environ: Mapping[str, str], title: str) -> list[str]:
    """``command`` as it has to be run to get a scope of its own; as it is where there is no manager for that."""
    runner = shutil.which("systemd-run", path=environ.get("PATH"))
    if sys.platform != "linux" or runner is None or not _manager_answers(environ):
        return list(command)
    # --collect: a scope that failed does not stay; no --unit: names of dead ones could collide
    told = [runner, "--user", "--scope", "--quiet", "--collect", f"--description={title}"]
    return [*told, "--property=OOMPolicy=continue", "--", *command]


def _manager_answers(environ: Mapping[str, str]) -> bool:
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if not runtime:
        return False
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.settimeout(1.0)
        asked.connect(str(Path(runtime) / "systemd" / "private"))
        return True
    return False
