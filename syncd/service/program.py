"""What a service manager is to run, and what every manager can be asked. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from domain.errors import BadInput
from host.paths import Home

NAME = "zhishi-syncd"
TITLE = "智试 zhishi: sends recorded interviews until the center has confirmed them"


@dataclass(frozen=True, slots=True)
class Program:
    """``command`` starts the program (without its arguments), ``environ`` is what it needs besides the user's own.

    ``name``: one service per home, so that a home of its own (tests, a second installation) never takes another's.
    """

    name: str
    command: tuple[str, ...]
    home: Home
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The whole command line."""
        return (*self.command, "syncd", "--home", str(self.home.root), "--service")


def program_of(home: Home, usual: Home, command: Sequence[str], environ: Mapping[str, str]) -> Program:
    """The service of ``home``; ``usual`` is where a home lies when nobody says otherwise. Raises BadInput."""
    told = [*command, str(home.root), *environ.values()]
    if any(sign < " " for text in told for sign in text):
        raise BadInput(f"a control character in {told!r}")
    name = NAME
    if home.root != usual.root:
        name += "-" + hashlib.sha256(str(home.root).encode()).hexdigest()[:8]
    return Program(name, tuple(command), home, dict(environ))


@dataclass(frozen=True, slots=True)
class ServiceState:
    """``starts_alone``: it is started without anybody logging in (None: this manager cannot tell).

    ``words``: what the manager itself says, in its own language.
    """

    installed: bool
    running: bool
    file: Path | None = None
    starts_alone: bool | None = None
    words: str = ""


class ServiceManager(Protocol):
    """One kind of service manager. Every method may raise ServiceManagerFailed or ServiceUnsupported."""

    def install(self) -> list[str]:
        """Write, enable and start it; the same again brings a new version into service. Advice for the person."""
        ...

    def uninstall(self) -> None:
        """Stop and remove it; nothing happens when it is not there."""
        ...

    def state(self) -> ServiceState:
        """How it stands."""
        ...

    def starter(self) -> tuple[str, ...]:
        """The command that starts an installed service; empty when there is none."""
        ...
