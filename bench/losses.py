"""What a kill cost, read from the chain that was sealed. Pure: seals and instants in, seconds out.

All instants are nanoseconds of one boot's clock. A seal is taken at its word about when its footage was made; that
word is checked from outside: footage may not reach beyond the kill of the process that made it, nor overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.identity import LinkKind
from domain.seal import Seal

_S = 1_000_000_000
_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Loss:
    """One kill on one track, in seconds.

    ``tail``: from the end of the sealed footage to the kill (negative when it reaches beyond it); ``first_frame``:
    from the kill to the first footage after it. None when there is no footage on that side.
    """

    tail: float | None
    first_frame: float | None


def loss(seals: Sequence[Seal], kill_ns: int) -> Loss:
    """What the kill at ``kill_ns`` cost the track with this chain."""
    footage = _footage(seals)
    before = [end for start, end in footage if start <= kill_ns]
    after = [start for start, _ in footage if start > kill_ns]
    return Loss(
        (kill_ns - max(before)) / _S if before else None,
        (min(after) - kill_ns) / _S if after else None,
    )


def fabricated(seals: Sequence[Seal]) -> float:
    """Seconds by which, in the worst stretch, footage adds up to more than the time that passed (0 when none does)."""
    worst, summed, best_start = 0, 0, None
    for start, end in sorted(_footage(seals)):
        # Over the stretch from segment i to j: (sum to j − end of j) + (start of i − sum before i)
        best_start = start - summed if best_start is None else max(best_start, start - summed)
        summed += end - start
        worst = max(worst, summed - end + best_start)
    return worst / _S


def footage_s(seals: Sequence[Seal], run: str) -> float:
    """Seconds of footage in one run."""
    return sum(end - start for start, end in _footage([seal for seal in seals if seal.run == run])) / _S


def footage_end_s(seals: Sequence[Seal], run: str) -> float:
    """Where the footage of one run ends, in seconds of the boot clock; 0 when it has none."""
    return max((end for _, end in _footage([seal for seal in seals if seal.run == run])), default=0) / _S


def hidden(seals: Sequence[Seal]) -> float:
    """Seconds of the longest stretch between two links that is neither footage nor a declared gap."""
    links = sorted(_stretch(seal) for seal in seals if seal.kind is not LinkKind.INIT)
    worst, covered = 0, links[0][1] if links else 0
    for start, end in links:
        worst = max(worst, start - covered)
        covered = max(covered, end)
    return worst / _S


def _footage(seals: Sequence[Seal]) -> list[tuple[int, int]]:
    return [_stretch(seal) for seal in seals if seal.kind is LinkKind.SEGMENT]


def _stretch(seal: Seal) -> tuple[int, int]:
    return seal.boot_ns, seal.boot_ns + seal.duration_ms * _MS
