"""What is to go wrong in one run of the lab, and when: pure, from a seed alone.

Every fault has a place; at one place one thing goes wrong at a time, at different places anything may coincide. The
same seed gives the same plan for ever: a run is replayed by naming it.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

CALM_S = 0.8  # before the first fault
FAULTS_S = 7.0  # while faults may begin


class Place(StrEnum):
    """What a fault takes hold of."""

    SYNCD = "syncd"
    CENTER = "center"
    RECORDER = "recorder"
    REACH = "reach"  # whether packets pass at all
    RATE = "rate"
    LOSS = "loss"
    DELAY = "delay"
    GATE = "gate"  # what stands before the center: proxies, portals, overload
    LAPTOP_DISK = "laptop disk"
    CENTER_DISK = "center disk"
    CLOCK = "clock"
    FILES = "files"


class Fault(StrEnum):
    """One kind of thing that goes wrong."""

    KILL_SYNCD = "kill -9 syncd"
    KILL_CENTER = "kill -9 center"
    KILL_RECORDER = "kill -9 recorder"
    LINK_DOWN = "link down"
    ADDRESS_LOST = "address lost"
    FAR_SILENCE = "packets dropped far away"
    FLAPPING = "network flaps"
    SLOW = "2 kbit/s"
    LOSSY = "30 % loss"
    LATENCY = "2 s latency"
    RESET = "reset in the middle of a body"
    HALF_OPEN = "half-open connections"
    PORTAL_PAGE = "captive portal, page"
    PORTAL_REDIRECT = "captive portal, redirect"
    STORM_500 = "500 to everything"
    STORM_503 = "503 to everything"
    STORM_429 = "429 to everything"
    LAPTOP_FULL = "laptop disk full"
    LAPTOP_READ_ONLY = "laptop disk read-only"
    CENTER_FULL = "center disk full"
    CLOCK_JUMP = "wall clock jumps"
    SLEEP = "laptop sleeps ten minutes"
    REBOOT = "laptop restarts"
    QUEUE_DAMAGED = "queue.db damaged"
    SIDECAR_DAMAGED = "sidecars damaged"
    CENTER_RESTORED = "center restored from an older backup"
    TWO_SERVICES = "several syncd started at once"
    KEY_ROTATED = "center signing key rotated"
    KEY_FOREIGN = "center root key changed"


_PLACES: dict[Fault, tuple[Place, ...]] = {
    Fault.KILL_SYNCD: (Place.SYNCD,),
    Fault.KILL_CENTER: (Place.CENTER,),
    Fault.KILL_RECORDER: (Place.RECORDER,),
    Fault.LINK_DOWN: (Place.REACH,),
    Fault.ADDRESS_LOST: (Place.REACH,),
    Fault.FAR_SILENCE: (Place.REACH,),
    Fault.FLAPPING: (Place.REACH,),
    Fault.SLOW: (Place.RATE,),
    Fault.LOSSY: (Place.LOSS,),
    Fault.LATENCY: (Place.DELAY,),
    Fault.RESET: (Place.GATE,),
    Fault.HALF_OPEN: (Place.GATE,),
    Fault.PORTAL_PAGE: (Place.GATE,),
    Fault.PORTAL_REDIRECT: (Place.GATE,),
    Fault.STORM_500: (Place.GATE,),
    Fault.STORM_503: (Place.GATE,),
    Fault.STORM_429: (Place.GATE,),
    Fault.LAPTOP_FULL: (Place.LAPTOP_DISK,),
    Fault.LAPTOP_READ_ONLY: (Place.LAPTOP_DISK,),
    Fault.CENTER_FULL: (Place.CENTER_DISK,),
    Fault.CLOCK_JUMP: (Place.CLOCK,),
    Fault.SLEEP: (Place.CLOCK, Place.SYNCD, Place.RECORDER, Place.FILES),
    Fault.REBOOT: (Place.CLOCK, Place.SYNCD, Place.RECORDER, Place.FILES),
    Fault.QUEUE_DAMAGED: (Place.FILES, Place.SYNCD),
    Fault.SIDECAR_DAMAGED: (Place.FILES,),
    Fault.CENTER_RESTORED: (Place.CENTER, Place.CENTER_DISK),
    Fault.TWO_SERVICES: (Place.SYNCD,),
    Fault.KEY_ROTATED: (Place.CENTER,),
    Fault.KEY_FOREIGN: (Place.CENTER,),
}
# How long, in seconds: from, to.
_LASTS: dict[Fault, tuple[float, float]] = {
    Fault.KILL_SYNCD: (0.0, 1.5),
    Fault.KILL_CENTER: (0.0, 2.5),
    Fault.KILL_RECORDER: (0.0, 1.5),
    Fault.RESET: (0.1, 0.6),
    Fault.CLOCK_JUMP: (0.2, 3.0),
    Fault.SLEEP: (0.1, 0.6),
    Fault.REBOOT: (0.2, 1.5),
    Fault.QUEUE_DAMAGED: (0.0, 0.5),
    Fault.SIDECAR_DAMAGED: (0.0, 0.1),
    Fault.CENTER_RESTORED: (1.0, 3.5),
    Fault.TWO_SERVICES: (0.2, 1.0),
    Fault.KEY_ROTATED: (0.0, 0.5),
}
_USUAL_S = (0.4, 4.0)
_LONG_S = 60.0
_LONG_EVERY = 30  # one run of so many has an outage of up to a minute


class Ending(StrEnum):
    """How the session ends."""

    ORDER = "the recorder is told to end"
    CLOSED = "the recorder is killed, a person closes"
    SCHEDULE = "nobody says anything: the schedule"


class Recorder(StrEnum):
    """Who makes the footage."""

    TAPE = "tape"
    FFMPEG = "the real recorder with ffmpeg"


@dataclass(frozen=True, slots=True)
class Event:
    """``fault`` begins ``at_s`` after the start of recording and lasts ``lasts_s``; ``draw`` seeds its particulars."""

    at_s: float
    lasts_s: float
    fault: Fault
    draw: int

    @property
    def places(self) -> tuple[Place, ...]:
        """What it takes hold of."""
        return _PLACES[self.fault]

    @property
    def until_s(self) -> float:
        """When it is over."""
        return self.at_s + self.lasts_s

    def __str__(self) -> str:
        return f"{self.at_s:.1f}–{self.until_s:.1f} s {self.fault}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. ``wall_off_ms``: the laptop's wall clock is wrong from the beginning."""

    seed: int
    events: tuple[Event, ...]
    ending: Ending
    recorder: Recorder
    window_ms: int
    wall_off_ms: int
    lasts_s: float

    def __str__(self) -> str:
        off = f", clock {self.wall_off_ms / 3_600_000:+.0f} h" if self.wall_off_ms else ""
        faults = "; ".join(str(event) for event in self.events)
        return f"{self.recorder}, {self.ending}, window {self.window_ms // 1000} s{off}: {faults}"


def make_plan(seed: int) -> Plan:
    """The plan of ``seed``. Each fault leads in one run of as many as there are kinds; the others are drawn."""
    chance = random.Random(f"faults/{seed}")
    kinds = list(Fault)
    leading = kinds[seed % len(kinds)]
    drawn = [leading, *(chance.choice(kinds) for _ in range(chance.randint(2, 5)))]
    free: dict[Place, float] = dict.fromkeys(Place, CALM_S)
    events = []
    for number, fault in enumerate(drawn):
        lasts = chance.uniform(*_LASTS.get(fault, _USUAL_S))
        if number == 0 and seed % _LONG_EVERY == 0 and fault not in _LASTS:
            lasts = chance.uniform(10.0, _LONG_S)
        earliest = max(free[place] for place in _PLACES[fault])
        at = max(earliest, chance.uniform(CALM_S, FAULTS_S))
        if at > FAULTS_S and number > 0:
            continue  # no room left at this place
        event = Event(round(at, 3), round(lasts, 3), fault, chance.getrandbits(32))
        for place in event.places:
            free[place] = event.until_s + 0.3
        events.append(event)
    return Plan(
        seed=seed,
        events=tuple(sorted(events, key=lambda event: event.at_s)),
        ending=chance.choices(list(Ending), (6, 2, 2))[0],
        recorder=Recorder.FFMPEG if seed % 15 == 7 else Recorder.TAPE,
        window_ms=chance.choice((3_600_000, 3_600_000, 3_600_000, 4_000)),
        wall_off_ms=chance.choice((0, 0, 0, 86_400_000, -86_400_000)),
        lasts_s=round(max(FAULTS_S, *(event.until_s for event in events)) + 0.5, 3),
    )
