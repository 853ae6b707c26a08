"""Giving orders to a service manager's own command-line program: the border at which its refusals become ours."""

import subprocess
from collections.abc import Mapping, Sequence

from domain.errors import ServiceManagerFailed

_PATIENCE_S = 180.0  # ``systemctl start`` waits until we are ready, and migrating a queue may take its time
_WORDS = 300


def order(command: Sequence[str], environ: Mapping[str, str]) -> str:
    """Run ``command``; what it printed. Raises ServiceManagerFailed with its last words."""
    code, words = ask(command, environ)
    if code != 0:
        raise ServiceManagerFailed(f"{' '.join(command[:3])}: {words[-_WORDS:] or code}")
    return words


def ask(command: Sequence[str], environ: Mapping[str, str]) -> tuple[int, str]:
    """Exit status and words of ``command``. Raises ServiceManagerFailed when it cannot be run or never ends."""
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_S,
            env=dict(environ),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as why:
        raise ServiceManagerFailed(f"{command[0]}: {why}") from why
    words = (done.stdout.strip() + b"\n" + done.stderr.strip()).decode(errors="replace").strip()
    return done.returncode, words
