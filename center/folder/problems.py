"""Mistakes in a project folder: collected, never raised one by one."""

from domain.errors import Mistake, ProjectInvalid, Words


class Problems:
    """The mistakes found so far."""

    def __init__(self) -> None:
        self.found: list[Mistake] = []

    def add(self, file: str, line: int, what: tuple[str, str], remedy: tuple[str, str]) -> None:
        """One more."""
        self.found.append(Mistake(file, line, Words(*what), Words(*remedy)))

    def raise_any(self) -> None:
        """Raises ProjectInvalid listing all of them, in the order of files and lines; nothing when there are none."""
        if self.found:
            raise ProjectInvalid(mistakes=sorted(self.found, key=lambda one: (one.file, one.line)))
