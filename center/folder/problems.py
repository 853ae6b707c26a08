"""Mistakes in a project folder: collected, never raised one by one. Owns how they are told."""

from dataclasses import dataclass

from domain.errors import ProjectInvalid, Words


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where (``line`` 0: the whole file), what, and what to do."""

    file: str
    line: int
    what: Words
    remedy: Words

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what.zh} / {self.what.en} → {self.remedy.zh} / {self.remedy.en}"


class Problems:
    """The mistakes found so far."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, line: int, what: tuple[str, str], remedy: tuple[str, str]) -> None:
        """One more."""
        self.found.append(Problem(file, line, Words(*what), Words(*remedy)))

    def raise_any(self) -> None:
        """Raises ProjectInvalid listing all of them, in the order of files and lines; nothing when there are none."""
        if self.found:
            ordered = sorted(self.found, key=lambda problem: (problem.file, problem.line))
            raise ProjectInvalid("\n" + "\n".join(f"  {problem}" for problem in ordered))
