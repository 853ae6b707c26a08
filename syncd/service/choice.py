"""Which service manager this system has. The one place that looks at the platform."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from domain.errors import ServiceManagerFailed
from syncd.service.absent import NoManager
from syncd.service.launchd import Launchd
from syncd.service.program import Program, ServiceManager
from syncd.service.systemd import Systemd, unit_folder
from syncd.service.windows import TaskScheduler


def choose(program: Program, environ: Mapping[str, str]) -> ServiceManager:
    """The manager for ``program``; ``environ`` is the user's own."""
    if sys.platform == "win32":
        user = "\\".join(part for part in (environ.get("USERDOMAIN"), environ.get("USERNAME")) if part)
        return TaskScheduler(program, environ, user)
    elif sys.platform == "darwin":  # noqa: RET505 -- the type checker reads one platform at a time
        return Launchd(program, environ, Path(environ["HOME"]) / "Library" / "LaunchAgents", os.getuid())
    else:
        return _linux(program, environ)


if sys.platform != "win32":
    import pwd

    def _linux(program: Program, environ: Mapping[str, str]) -> ServiceManager:
        own = dict(environ)
        runtime = Path(f"/run/user/{os.getuid()}")
        if "XDG_RUNTIME_DIR" not in own and runtime.is_dir():  # as after ``su`` or in a cron job
            own["XDG_RUNTIME_DIR"] = str(runtime)
        try:
            if not Systemd.usable(own):
                return NoManager("no systemd user manager answers")
        except ServiceManagerFailed as why:
            return NoManager(why.detail)
        return Systemd(program, own, unit_folder(own), pwd.getpwuid(os.getuid()).pw_name)
