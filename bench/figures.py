"""What a measurement says, and the file it is kept in.

Owns the form of ``results.json`` and the arithmetic of ratios. Never measures and never prints.
"""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from host.durable import write_json


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: ``ours`` in ``unit``, the same of others in ``against`` (the first one is what ``ratio`` divides by).

    ``what`` tells exactly what was measured, ``reach`` the bar in words, ``reached`` whether it was (None: no bar),
    ``note`` the spread or anything a reader must know.
    """

    what: str
    ours: float
    unit: str
    against: Mapping[str, float] = field(default_factory=dict)
    reach: str = ""
    reached: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the first other; None when there is none or it is 0."""
        first = next(iter(self.against.values()), 0.0)
        return self.ours / first if first else None

    def to_dict(self) -> dict[str, Any]:
        """Form in the file."""
        return {
            "what": self.what,
            "ours": _rounded(self.ours),
            "unit": self.unit,
            "against": {name: _rounded(value) for name, value in self.against.items()},
            "ratio": None if self.ratio is None else _rounded(self.ratio),
            "reach": self.reach,
            "reached": self.reached,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """All rows of one id; the first is the headline."""

    id: str
    title: str
    figures: tuple[Figure, ...]
    quick: bool = False
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """One entry of results.json: the headline's ``ours, unit, against, ratio``, and every row under ``figures``."""
        headline = self.figures[0].to_dict()
        return {
            "id": self.id,
            **headline,
            "title": self.title,
            "quick": self.quick,
            "note": self.note,
            "figures": [figure.to_dict() for figure in self.figures],
        }


def merge(path: Path, outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Put ``outcomes`` into the list at ``path``: an id measured now replaces its old entry, others stay.

    Raises StorageError; a file that is not such a list is written anew.
    """
    entries = {entry["id"]: entry for entry in _read(path)}
    for outcome in outcomes:
        entries[outcome.id] = outcome.to_dict()
    merged = list(entries.values())
    write_json(path, merged)
    return merged


def median(values: Sequence[float]) -> float:
    """The middle one; 0 of nothing."""
    return statistics.median(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of ``values`` do not exceed (nearest rank); 0 of nothing."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -int(-share * len(ranked) // 1) - 1))]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """``lowest–highest of n``."""
    if not values:
        return "none"
    return f"{min(values):.{digits}f}–{max(values):.{digits}f} of {len(values)}"


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        held = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return []
    return [entry for entry in held if isinstance(entry, dict) and "id" in entry] if isinstance(held, list) else []


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
