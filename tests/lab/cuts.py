"""Power cuts: the guest records, its power goes at a seeded instant, it boots again, and nobody logs in.

Half of the cuts come while everything is sent as it is recorded; before the other half the cable is pulled, and the
instant is any flush since, with some of the writes behind it: then the center cannot have seen what the disk forgot.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from domain.identity import Track
from tests.lab.laptop import Laptop
from tests.lab.verdict import PowerCut, Verdict, durable, judge

_RECORD_S = (6.0, 16.0)
_UNPLUGGED_S = (4.0, 9.0)


@dataclass(frozen=True, slots=True)
class CutResult:
    """One cut: what the disk lost, what the interview lost, and how long the guest took to have it all sent."""

    number: int
    plugged: bool
    power: PowerCut
    verdict: Verdict
    conflicts: int
    boot_s: float
    sent_s: float
    sealed_before: int

    @property
    def good(self) -> bool:
        """Nothing is lost beyond what is promised."""
        return self.verdict.good and self.conflicts == 0

    def line(self) -> str:
        """A row of the table."""
        tails = "  ".join(f"{track.value} {self.verdict.tail_s[track]:.2f} s" for track in self.verdict.tail_s)
        verdict = self.verdict
        return (
            f"{self.number:>3}  {'live' if self.plugged else 'unplugged':<9}  {tails}  "
            f"lost seals {verdict.lost_seals}  not at center {verdict.not_at_center}  "
            f"broken chains {verdict.broken_chains}  conflicts {self.conflicts}  hidden {verdict.hidden_s:.2f} s  "
            f"disk lost {self.power.lost_bytes / 1024:.0f} KiB  boot {self.boot_s:.0f} s, sent {self.sent_s:.0f} s  "
            f"of {self.sealed_before} seals  {'good' if self.good else 'BAD'}"
        )


def run(laptop: Laptop, cuts: int, chance: Random, until: float) -> Iterator[CutResult]:
    """``cuts`` of them on one session that is being recorded, as long as it is not ``until`` (monotonic seconds).

    Recording goes on after each as when the candidate opens the window again.
    """
    for number in range(1, cuts + 1):
        if time.monotonic() > until:
            return
        laptop.await_footage()
        yield _one(laptop, number, chance, plugged=number % 2 == 1)
        laptop.open_window()


def _one(laptop: Laptop, number: int, chance: Random, *, plugged: bool) -> CutResult:
    machine = laptop.machine
    machine.clock.pass_s(chance.uniform(*_RECORD_S))
    since = None
    if not plugged:
        machine.network(plugged=False)
        machine.clock.pass_s(0.5)
    # counted first, listed afterwards: whatever is counted has been flushed and is in the list
    counted = laptop.counted()
    chains, _ = laptop.spool()
    before = durable(chains, counted)
    if not plugged:
        since = machine.written()
        machine.clock.pass_s(chance.uniform(*_UNPLUGGED_S))
    before |= laptop.at_center().keys()
    power = machine.cut_power(chance, since)
    before |= laptop.at_center().keys() if plugged else set()
    boot_s = machine.boot()
    began = time.monotonic()
    laptop.await_settled()
    sent_s = time.monotonic() - began
    after, _ = laptop.spool()
    held = laptop.at_center().keys()
    video = {track: after.get(track, ()) for track in (Track.CAMERA, Track.SCREEN)}
    verdict = judge(laptop.session, laptop.device, video, before, set(held), power)
    return CutResult(
        number, plugged, power, verdict, laptop.center.conflicts(laptop.session), boot_s, sent_s, len(before)
    )
