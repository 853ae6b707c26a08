"""What a power cut cost, told from the chains after it, from what had been sealed before it, and from the center.

Pure. Seals are taken at their word about when their footage was made; the cut's instant is by the same boot's clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.chain import follow
from domain.errors import ChainBroken
from domain.identity import LinkKind, Track
from domain.seal import Seal

Chains = Mapping[Track, tuple[Seal, ...]]
VIDEO = (Track.CAMERA, Track.SCREEN)


@dataclass(frozen=True, slots=True)
class PowerCut:
    """``boot_ns``: the instant by the guest's clock; ``lost_bytes``: told to be written, and not there any more."""

    boot: str
    boot_ns: int
    lost_bytes: int
    flush: int
    issued: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """``tail_s``: from the end of a track's last footage before the cut to the cut. The rest must be 0."""

    tail_s: Mapping[Track, float]
    lost_seals: int
    not_at_center: int
    broken_chains: int
    hidden_s: float

    @property
    def good(self) -> bool:
        """Within what is promised."""
        harmless = not (self.lost_seals or self.not_at_center or self.broken_chains)
        return harmless and all(tail <= 2.0 for tail in self.tail_s.values()) and self.hidden_s <= 0.5


def chains_of(texts: Iterable[Seal]) -> dict[Track, tuple[Seal, ...]]:
    """Seals by track, in the order of their chain."""
    found: dict[Track, list[Seal]] = {}
    for seal in texts:
        found.setdefault(seal.track, []).append(seal)
    return {track: tuple(sorted(seals, key=lambda seal: seal.seq)) for track, seals in found.items()}


def durable(chains: Chains, counted: Mapping[Track, int]) -> set[str]:
    """Hashes of what was sealed for certain: of each track the first ``counted`` segments, and all before them.

    The recorder counts a segment once its seal is flushed; a name may be seen a moment before that.
    """
    safe: set[str] = set()
    for track, seals in chains.items():
        left = counted.get(track, 0)
        for seal in seals:
            if left <= 0:
                break
            safe.add(seal.hash())
            left -= seal.kind is LinkKind.SEGMENT
    return safe


def judge(session: str, device: str, after: Chains, before: set[str], at_center: set[str], cut: PowerCut) -> Verdict:
    """``before``: hashes sealed, or held by the center, before the cut; ``at_center``: hashes it has verified now."""
    hashes = {seal.hash() for seals in after.values() for seal in seals}
    return Verdict(
        tail_s={track: _tail_s(after.get(track, ()), cut) for track in VIDEO},
        lost_seals=len(before - hashes),
        not_at_center=len(hashes - at_center) + len(at_center - hashes),
        broken_chains=sum(_broken(seals, session, device, track) for track, seals in after.items()),
        hidden_s=max((hidden_s(seals) for seals in after.values()), default=0.0),
    )


def _tail_s(seals: Iterable[Seal], cut: PowerCut) -> float:
    """Infinite when nothing is left of that boot."""
    mine = [seal for seal in seals if seal.kind is LinkKind.SEGMENT and seal.boot_id == cut.boot]
    ends = [seal.boot_ns / 1e9 + seal.duration_ms / 1e3 for seal in mine]
    return cut.boot_ns / 1e9 - max(ends, default=-float("inf"))


def hidden_s(seals: Iterable[Seal]) -> float:
    """The longest stretch between two links that is neither footage nor declared gap, by center time."""
    worst, covered = 0, None
    for seal in seals:
        if seal.kind is LinkKind.INIT:
            continue
        if covered is not None:
            worst = max(worst, seal.center_ms - covered)
        covered = max(covered or 0, seal.center_ms + seal.duration_ms)
    return worst / 1000


def _broken(seals: tuple[Seal, ...], session: str, device: str, track: Track) -> bool:
    try:
        follow(seals, session, device, track)
    except ChainBroken:
        return True
    return False
