"""Programs of others that record the screen or control this machine from afar, as a file lists them.

Owns the list and the look at the processes. Never ends any of them, and knows nothing but their names.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

import psutil

BLOCKING = ("recording", "remote")


@dataclass(frozen=True, slots=True)
class Foreign:
    """One listed program: what people call it, its kind, and the process names it goes by."""

    title: str
    kind: str
    names: tuple[str, ...]

    def is_(self, process: str) -> bool:
        """Whether a process of that name is this program."""
        return any(process.startswith(n[:-1]) if n.endswith("*") else process == n for n in self.names)


def listed() -> tuple[Foreign, ...]:
    """The list that ships with the program."""
    raw = tomllib.loads((resources.files("ui") / "data" / "programs.toml").read_text(encoding="utf-8"))
    return tuple(Foreign(entry["title"], entry["kind"], tuple(entry["names"])) for entry in raw["program"])


def among(processes: Iterable[str], known: Iterable[Foreign]) -> tuple[Foreign, ...]:
    """The listed programs among process names."""
    plain = {name.lower().removesuffix(".exe") for name in processes}
    return tuple(program for program in known if any(program.is_(name) for name in plain))


def running(known: Iterable[Foreign]) -> tuple[Foreign, ...]:
    """The listed programs that run now."""
    return among((process.info["name"] or "" for process in psutil.process_iter(["name"])), known)
