"""Which of the locked requirements an installed distribution needs: the lock holds those of development too."""

import re
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

_BLOCK = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==.*(?:\n[ \t]+.*)*", re.MULTILINE)


def closure(lock: str, distribution: str) -> str:
    """The lines of ``lock`` (with their hashes) that ``distribution`` and what it requires need here.

    Raises PackageNotFoundError when one of them is not installed beside us, ValueError when the lock lacks one.
    """
    wanted = set(_needed(distribution)) - {canonicalize_name(distribution)}
    blocks = {canonicalize_name(match["name"]): match.group() for match in _BLOCK.finditer(lock)}
    if lacking := wanted - blocks.keys():
        raise ValueError(f"not in the lock: {', '.join(sorted(lacking))}")
    return "".join(f"{blocks[name]}\n" for name in sorted(wanted))


def _needed(distribution: str) -> set[NormalizedName]:
    found: set[NormalizedName] = set()
    asked: set[tuple[NormalizedName, str]] = set()
    left = [(distribution, "")]
    while left:
        name, extra = left.pop()
        if (canonicalize_name(name), extra) in asked:
            continue
        asked.add((canonicalize_name(name), extra))
        found.add(canonicalize_name(name))
        for text in metadata.requires(name) or []:
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                left += [(one.name, wanted) for wanted in ("", *one.extras)]
    return found
