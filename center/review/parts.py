"""Which files a lane is downloaded as: one where it can be, one more for each change that a file cannot hold.

A laptop's runs share a file while their init file is the same, byte for byte; a phone's segments share one as long as
they come from the same phone. Pure.
"""

from dataclasses import dataclass

from domain.footage import Lane, Piece
from domain.identity import Track


@dataclass(frozen=True, slots=True)
class Part:
    """One file. ``number`` counts from 1 within the track; ``alone`` when it is the only one."""

    track: Track
    number: int
    alone: bool
    pieces: tuple[Piece, ...]

    @property
    def bytes(self) -> int:
        """About its size."""
        return sum(piece.seal.size for piece in self.pieces)

    def name(self, alias: str) -> str:
        """Its file name without an ending: the reviewer-only number and the track, nothing else."""
        return f"{alias}-{self.track.value}" + ("" if self.alone else f"-{self.number}")


def parts(lane: Lane) -> tuple[Part, ...]:
    """The files of a lane, in order of their first piece."""
    found: dict[str, list[Piece]] = {}
    for piece in lane.pieces:
        if not piece.gap:
            seal = piece.seal
            key = seal.device if lane.track is Track.COMPANION else lane.inits[seal.run].sha256
            found.setdefault(key, []).append(piece)
    alone = len(found) == 1
    return tuple(Part(lane.track, n + 1, alone, tuple(pieces)) for n, pieces in enumerate(found.values()))
