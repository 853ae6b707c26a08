"""Keeping this machine awake: one small class per system, and one that says that it cannot be had.

Owns the hold only. When it is needed is decided by who holds it: syncd, the one program that lives from login to the
receipt, window closed or recorder dead (``syncd.wakefulness``).
"""

import sys
from collections.abc import Mapping
from typing import Protocol

from host.awake.none import NoInhibitor


class Inhibitor(Protocol):
    """One hold. It falls with this process, however that dies."""

    @property
    def held(self) -> bool:
        """The hold stands now, as far as the system tells."""
        ...

    def take(self) -> None:
        """Hold; nothing happens when it is held. Raises SleepNotPrevented."""
        ...

    def release(self) -> None:
        """Let the machine sleep again; nothing happens when it is not held."""
        ...


def inhibitor(environ: Mapping[str, str]) -> Inhibitor:
    """This system's; ``environ`` is what its programs are started with."""
    if sys.platform == "win32":
        from host.awake.windows import ExecutionState

        return ExecutionState()
    elif sys.platform == "darwin":  # noqa: RET505 -- the type checker reads one platform at a time
        from host.awake.macos import Caffeinate

        return Caffeinate(environ)
    elif sys.platform == "linux":
        from host.awake.logind import Logind

        return Logind(environ)
    else:
        return NoInhibitor(sys.platform)


__all__ = ["Inhibitor", "NoInhibitor", "inhibitor"]
