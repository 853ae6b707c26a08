"""How this very program is started again: the one place where its command line and its environment are made.

It comes in two shapes: a Python with the packages (``python -m zhishi``), and the packed folder for candidates, in
which one file is the program and there is no Python to ask (docs/packaging.md). Whoever starts a program of ours, or
writes down how it is started, asks here. Never starts anything.
"""

import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path

PACKED = bool(getattr(sys, "frozen", False))
# modules of ours that run as processes of their own; the packed program begins with ``PART`` and the module then
PARTS = ("syncd.migrate",)
PART = "--part"
_LIBRARIES = "LD_LIBRARY_PATH"
_LOADERS = ("_PYI_", "_MEIPASS")  # how the packed program's loader tells its own child what it unpacked
_QT = ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH")  # set by the packed program for its own Qt


def own_command() -> tuple[str, ...]:
    """This program's command line, without its arguments."""
    return command_of(Path(sys.executable), packed=PACKED)


def command_of(executable: Path, *, packed: bool) -> tuple[str, ...]:
    """``executable`` is the packed program, or the Python that runs it.

    On Windows each has a twin that opens no console (``zhishiw.exe``, ``pythonw.exe``): programs nobody looks at.
    """
    silent = executable.with_name(f"{executable.stem}w.exe")
    program = str(silent if executable.suffix == ".exe" and silent.exists() else executable)
    return (program,) if packed else (program, "-m", "zhishi")


def own_part(module: str) -> tuple[str, ...]:
    """The command line of one of ``PARTS``, without its arguments."""
    return part_of(Path(sys.executable), module, packed=PACKED)


def part_of(executable: Path, module: str, *, packed: bool) -> tuple[str, ...]:
    """``module`` run alone, as cheaply as can be: without the command line of the whole program (1.6 s of imports)."""
    if module not in PARTS:
        raise ValueError(f"{module} is not run as a process of its own")
    return (str(executable), PART, module) if packed else (str(executable), "-m", module)


def own_environ(environ: Mapping[str, str], search: Sequence[str] | None = None) -> dict[str, str]:
    """``environ`` with what a program of ours needs to be found: this Python's own search path, where there is one."""
    if PACKED:
        return dict(environ)
    path = sys.path if search is None else search
    return {**environ, "PYTHONPATH": os.pathsep.join(entry for entry in path if entry)}


def forget_packing(environ: MutableMapping[str, str]) -> None:
    """Take out of ``environ`` what the packed program's loader put there for this process alone.

    A program of the system that is started with our libraries in its path crashes or misbehaves, and so does another
    version of ours.
    """
    environ.pop(_LIBRARIES, None)
    before = environ.pop(f"{_LIBRARIES}_ORIG", None)
    if before:
        environ[_LIBRARIES] = before
    for name in [name for name in environ if name.startswith(_LOADERS) or name in _QT]:
        del environ[name]


def library_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """What a program that lies inside the packed folder needs to find the libraries beside it (the window's engine)."""
    place = getattr(sys, "_MEIPASS", "")
    if not PACKED or sys.platform != "linux" or not place:
        return {}
    return {_LIBRARIES: os.pathsep.join(path for path in (place, environ.get(_LIBRARIES, "")) if path)}


def folder() -> Path | None:
    """The packed folder; None where there is none. On macOS the one that holds the application."""
    return folder_of(Path(sys.executable)) if PACKED else None


def folder_of(executable: Path) -> Path:
    """Where the file ``executable`` of a packed program lies, for a person."""
    inside = executable.parent
    return inside.parents[2] if inside.name == "MacOS" and inside.parents[1].suffix == ".app" else inside
