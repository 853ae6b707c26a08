"""What else happens to a laptop that records: the camera goes, the disk fills up, somebody sets the clock."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from domain.identity import LinkKind, Track
from domain.seal import GapReason, Seal
from tests.lab.laptop import Laptop
from tests.lab.verdict import Chains, durable, hidden_s

_BEFORE_S, _AFTER_S = 8.0, 8.0
_FILLED_S = 25.0
_CAMERA_GONE_S = 8.0


@dataclass(frozen=True, slots=True)
class TroubleResult:
    """``gaps``: the reasons declared meanwhile, by track; ``back_s``: until both tracks flowed again."""

    name: str
    gaps: dict[str, list[str]]
    wanted: GapReason
    tracks: tuple[Track, ...]
    back_s: float
    lost_seals: int
    hidden_s: float
    conflicts: int

    @property
    def good(self) -> bool:
        """Declared where it happened, nothing lost, recording is back."""
        declared = all(self.wanted.value in self.gaps.get(track.value, []) for track in self.tracks)
        return declared and not self.lost_seals and self.hidden_s <= 0.5 and not self.conflicts

    def line(self) -> str:
        """A row of the table."""
        gaps = "; ".join(f"{track}: {', '.join(reasons) or '–'}" for track, reasons in self.gaps.items())
        return (
            f"{self.name:<12}  gaps {gaps}  back after {self.back_s:.0f} s  lost seals {self.lost_seals}  "
            f"hidden {self.hidden_s:.2f} s  conflicts {self.conflicts}  {'good' if self.good else 'BAD'}"
        )


def run(laptop: Laptop, names: Iterable[str], until: float) -> Iterator[TroubleResult]:
    """Each of ``names`` in turn, on a laptop that records, as long as it is not ``until`` (monotonic seconds)."""
    for name in names:
        if time.monotonic() > until:
            return
        strike, wanted, tracks = ALL[name]
        laptop.await_footage()
        laptop.machine.clock.pass_s(_BEFORE_S)
        counted = laptop.counted()
        chains, _ = laptop.spool()
        back_s = strike(laptop)
        laptop.machine.clock.pass_s(_AFTER_S)
        after = _after(laptop, chains)
        yield _result(laptop, name, wanted, tracks, (chains, after), durable(chains, counted), back_s)


def _after(laptop: Laptop, before: Chains) -> Chains:
    """The chains once something new has been sealed on both tracks."""

    def newer() -> Chains | None:
        chains, _ = laptop.spool()
        fresh = all(
            any(s.kind is LinkKind.SEGMENT for s in chains[track][len(before[track]) :])
            for track in (Track.CAMERA, Track.SCREEN)
        )
        return chains if fresh else None

    found: Chains = laptop.await_true(newer, "new seals of both tracks")
    return found


def _result(
    laptop: Laptop,
    name: str,
    wanted: GapReason,
    tracks: tuple[Track, ...],
    chains: tuple[Chains, Chains],
    before: set[str],
    back_s: float,
) -> TroubleResult:
    old, new = chains
    hashes = {seal.hash() for seals in new.values() for seal in seals}
    fresh = {track: new[track][len(old[track]) :] for track in (Track.CAMERA, Track.SCREEN)}
    return TroubleResult(
        name,
        {track.value: [_reason(seal) for seal in seals if seal.kind is LinkKind.GAP] for track, seals in fresh.items()},
        wanted,
        tracks,
        back_s,
        len(before - hashes),
        max(hidden_s(new[track]) for track in fresh),
        laptop.center.conflicts(laptop.session),
    )


def _reason(seal: Seal) -> str:
    return seal.reason.value if seal.reason is not None else ""


def _flows_again(laptop: Laptop) -> float:
    began_ms = laptop.machine.clock.wall_ms()
    laptop.await_footage()
    return (laptop.machine.clock.wall_ms() - began_ms) / 1000


def _camera(laptop: Laptop) -> float:
    """The camera's driver is taken away while it records, and given back."""
    driver = "/sys/bus/platform/drivers/vivid"
    laptop.root("sh", "-c", f"echo vivid.0 > {driver}/unbind")
    laptop.machine.clock.pass_s(_CAMERA_GONE_S)
    laptop.root("sh", "-c", f"echo vivid.0 > {driver}/bind")
    return _flows_again(laptop)


def _disk(laptop: Laptop) -> float:
    """Something else fills the disk to the last block; later it goes away."""
    laptop.root("sh", "-c", "fallocate -l $(($(stat -f -c '%a*%S' /) - 4194304)) /filler")
    laptop.machine.clock.pass_s(_FILLED_S)
    laptop.root("rm", "/filler")
    return _flows_again(laptop)


def _clock(hours: int) -> Callable[[Laptop], float]:
    def strike(laptop: Laptop) -> float:
        laptop.root("date", "-s", f"{hours:+d} hour")
        laptop.machine.clock.pass_s(_BEFORE_S)
        back_s = _flows_again(laptop)
        laptop.root("date", "-s", f"{-hours:+d} hour")
        return back_s + _flows_again(laptop)

    return strike


Strike = tuple[Callable[[Laptop], float], GapReason, tuple[Track, ...]]
_BOTH = (Track.CAMERA, Track.SCREEN)
ALL: dict[str, Strike] = {
    "camera": (_camera, GapReason.DEVICE_LOST, (Track.CAMERA,)),
    "disk": (_disk, GapReason.DISK_FULL, _BOTH),
    "clock+1h": (_clock(1), GapReason.CLOCK_STEPPED, _BOTH),
    "clock-1h": (_clock(-1), GapReason.CLOCK_STEPPED, _BOTH),
}
