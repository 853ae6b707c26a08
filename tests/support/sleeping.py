"""A stand-in for ``systemd-inhibit``: notes how it was called and, as the real one does, runs what it was given."""

import os
from collections.abc import Mapping
from pathlib import Path

HOLDS = """#!/bin/sh
echo "$$ $*" >> "{log}"
while [ "${{1#--}}" != "$1" ]; do shift; done
"$@"
echo "$$ let go" >> "{log}"
"""
REFUSES = """#!/bin/sh
echo "Failed to inhibit: Access denied" >&2
exit 1
"""
HANGS = """#!/bin/sh
exec sleep 60
"""


def system(folder: Path, script: str = HOLDS) -> Mapping[str, str]:
    """An environment whose ``systemd-inhibit`` is ``script``."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    program = bin_folder / "systemd-inhibit"
    program.write_text(script.format(log=folder / "log"))
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}


def calls(folder: Path) -> list[str]:
    """What it wrote down."""
    log = folder / "log"
    return log.read_text().splitlines() if log.exists() else []
