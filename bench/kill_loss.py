"""``kill-loss``: kill -9 of ffmpeg, recorder, syncd and center at random instants of one long interview.

A virtual screen, speech and a clip as camera are recorded and uploaded live by the real programs. Whoever was killed
is started again at once, as the ui or the service manager would (ffmpeg: by the recorder). Tails and first frames are
read from the sealed chains by the boot clock; what was sealed is remembered file by file before every restart; what
the center acknowledged is remembered by a probe that uploads all the time. At the end the session must be confirmed.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from bench.device import BareDevice
from bench.figures import Figure, Outcome, percentile
from bench.losses import Loss, fabricated, footage_end_s, footage_s, hidden, loss
from bench.probe import Probe
from bench.setting import Bench, Setting
from bench.world import START_S, Center, Laptop, Running, await_until, kill_pid, recording_system
from domain.chain import follow
from domain.errors import ChainBroken
from domain.identity import Track
from domain.seal import Seal
from domain.status import LocalSessionState
from host.clock import SystemClock
from host.durable import hash_file
from host.machine import process_alive
from host.runrecord import RUN_NAME, RunRecord
from host.spool import SEAL_SUFFIX, Spool, read_seal
from zhishi.verify import verify

ROUNDS, QUICK_ROUNDS = 200, 24
_CONFIRM_S = 300.0
_SETTLE_S = 3.0
_ORPHAN_NS = 2_000_000_000
_TRACKS = (Track.CAMERA, Track.SCREEN)


class Victim(StrEnum):
    """Who is killed; of ffmpeg there are two, taken in turn."""

    FFMPEG = "ffmpeg"
    RECORDER = "recorder"
    SYNCD = "syncd"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Death:
    """The ffmpeg of ``track`` that died of a kill: its run, and when it was seen to be gone.

    A killed recorder's ffmpeg is ended by the system a moment later, and what it records until then is true.
    """

    track: Track
    run: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: the instant by the boot clock, and the ffmpegs that died of it."""

    victim: Victim
    at_ns: int
    deaths: tuple[Death, ...] = ()


@dataclass(slots=True)
class _Case:
    """The system under fire and what has been seen of it."""

    center: Center
    laptop: Laptop
    session: str
    clock: SystemClock = field(default_factory=SystemClock)
    kills: list[Kill] = field(default_factory=list)
    sealed: dict[Path, bytes] = field(default_factory=dict)
    lost_links: int = 0

    @property
    def spool(self) -> Spool:
        return Spool(self.laptop.home.spool)

    def saw(self, victim: Victim, captures: list[Running]) -> None:
        """``victim`` was killed this instant; wait until the ffmpegs it takes along are gone."""
        at_ns = self.clock.boot_ns()
        left, deaths = list(captures), []
        while left:
            for one in [one for one in left if not process_alive(one.pid, one.created)]:
                deaths.append(Death(one.track, one.run, self.clock.boot_ns()))
                left.remove(one)
            time.sleep(0.002)
            if self.clock.boot_ns() - at_ns > _ORPHAN_NS:
                break  # it lives on as an orphan: the next recorder has to end it
        self.kills.append(Kill(victim, at_ns, (*deaths, *(Death(o.track, o.run, 0) for o in left))))

    def remember_seals(self) -> None:
        """Everything that is evidence by now."""
        for path in self.spool.session_dir(self.session).glob(f"tracks/*/*/*{SEAL_SUFFIX}"):
            if path not in self.sealed:
                self.sealed[path] = path.read_bytes()

    def lost_seals(self) -> int:
        """Links once sealed that are gone, changed, or whose evidence no longer has the sealed hash."""
        return sum(not _whole(path, raw) for path, raw in self.sealed.items())

    def births(self) -> dict[str, int]:
        """When each run's ffmpeg was started, by the boot clock."""
        folders = self.spool.session_dir(self.session).glob("tracks/*/*")
        return {
            folder.name: RunRecord.load(folder).started.boot_ns for folder in folders if (folder / RUN_NAME).exists()
        }

    def chains(self) -> dict[Track, tuple[Seal, ...]]:
        """Every track's chain."""
        return {track: self.spool.read_seals(self.session, track).seals for track in _TRACKS}


def run(setting: Setting) -> Outcome:
    """All kills, then the end of the session and the receipt."""
    rounds = setting.rounds(ROUNDS, QUICK_ROUNDS)
    chance = setting.random("kill-loss")
    victims = [victim for victim in Victim for _ in range(-(-rounds // len(Victim)))][:rounds]
    chance.shuffle(victims)
    began = time.monotonic()
    with recording_system(setting.folder, setting.environ) as (center, laptop, session):
        case = _Case(center, laptop, session)
        device = BareDevice.enrol(center.url, center.code())
        time.sleep(_SETTLE_S)
        with Probe(device, setting.random("probe")) as probe:
            for number, victim in enumerate(victims, 1):
                _strike(case, victim, chance, number)
                if number % 10 == 0 or number == rounds:
                    setting.say(f"{number} of {rounds} kills, {time.monotonic() - began:.0f} s")
            time.sleep(_SETTLE_S)
        laptop.stop_recording(end=True)
        case.remember_seals()
        confirmed = _confirmed(case)
        lost_seals = case.lost_seals() + _broken_chains(case)
        chains = case.chains()
        born = case.births()
    return Outcome(
        BENCH.id,
        BENCH.title,
        tuple(_figures(case.kills, chains, lost_seals, case.lost_links, probe, confirmed, born)),
        setting.quick,
        f"{len(case.kills)} kills, {len(case.sealed)} links, seed {setting.seed}",
    )


def _strike(case: _Case, victim: Victim, chance: Random, number: int) -> None:
    """Wait a random while, kill, remember, start again, wait until all is well."""
    laptop = case.laptop
    time.sleep(chance.uniform(0.2, 5.2))
    case.remember_seals()
    captures = laptop.captures()
    if victim is Victim.FFMPEG:
        captures = captures[sum(kill.victim is victim for kill in case.kills) % 2 :][:1]
        kill_pid(captures[0].pid)
        case.saw(victim, captures)
    elif victim is Victim.RECORDER:
        kill_pid(laptop.programs["recorder"].process.pid)
        case.saw(victim, captures)
        laptop.programs["recorder"].kill()
        case.remember_seals()
        laptop.start_recorder()
    elif victim is Victim.SYNCD:
        laptop.programs["syncd"].kill()
        case.saw(victim, [])
        laptop.start_syncd()
    else:
        verified = case.center.verified(case.session)
        case.center.kill()
        case.saw(victim, [])
        case.center.start()
        case.lost_links += len(verified.keys() - case.center.verified(case.session).keys())
    gone = {death.run for death in case.kills[-1].deaths}
    await_until(
        lambda: laptop.footage_flows() and not gone & {one.run for one in laptop.captures()},
        START_S,
        f"footage after kill {number} ({victim})",
        poll_s=0.1,
    )


def _confirmed(case: _Case) -> bool:
    """The session receipt came, and receipt, chains and every file fit together offline."""

    def there() -> bool:
        status = case.laptop.sync()
        return status is not None and any(
            one.session == case.session and one.state == LocalSessionState.CONFIRMED for one in status.sessions
        )

    await_until(there, _CONFIRM_S, "the session confirmed", poll_s=0.2)
    status = case.laptop.sync()
    mine = next(one for one in status.sessions if one.session == case.session) if status else None
    if mine is None or mine.receipt is None or mine.center_key is None:
        return False
    verify(Path(mine.receipt), Path(mine.center_key), case.spool.session_dir(case.session))
    return True


def _figures(
    kills: list[Kill],
    chains: Mapping[Track, tuple[Seal, ...]],
    lost_seals: int,
    lost_links: int,
    probe: Probe,
    confirmed: bool,
    born: Mapping[str, int],
) -> list[Figure]:
    losses = [(kill, death.track, loss(chains[death.track], kill.at_ns)) for kill in kills for death in kill.deaths]
    tails = [each.tail for _, _, each in losses if each.tail is not None]
    firsts = [each.first_frame for _, _, each in losses if each.first_frame is not None]
    seen = [(death, chains[death.track]) for kill in kills for death in kill.deaths if death.at_ns]
    beyond = [footage_end_s(chain, death.run) - death.at_ns / 1e9 for death, chain in seen]
    invented = max([0.0, *beyond, *(fabricated(seals) for seals in chains.values())])
    lives = [footage_s(chain, death.run) - (death.at_ns - born[death.run]) / 1e9 for death, chain in seen]
    unsaid = max(hidden(seals) for seals in chains.values())
    centers = sum(kill.victim is Victim.CENTER for kill in kills)
    return [
        Figure(
            "longest tail: kill instant − end of sealed footage, per track, kills of ffmpeg and recorder",
            max(tails), "s", {}, "≤ 1.0 s", max(tails) <= 1.0, _by_victim(losses, "tail"),
        ),
        Figure(
            "longest wait: kill instant → first new frame, per track, same kills",
            max(firsts), "s", {}, "≤ 5 s", max(firsts) <= 5.0, _by_victim(losses, "first_frame"),
        ),
        Figure("sealed links gone, changed, or not fitting their file or chain", lost_seals, "links", {}, "0",
               lost_seals == 0),
        Figure(
            f"acknowledged bytes the center did not hold after its restart, {centers} kills of it",
            probe.lost_bytes, "bytes", {}, "0", probe.lost_bytes == 0,
            f"{probe.acknowledgements} offsets acknowledged to a probe, {probe.checks} compared, "
            f"{probe.finished} uploads verified",
        ),
        Figure("links verified before a kill of the center and not after", lost_links, "links", {}, "0",
               lost_links == 0),
        Figure(
            "fabricated: footage said to be made after its ffmpeg was gone, or adding up to more than the time that "
            "passed in any stretch of a track",
            invented, "s", {}, "≤ 0.5 s", invented <= 0.5,
        ),
        Figure(
            "fabricated, whatever the seals say of when: footage of one run beyond the life of its ffmpeg",
            max([0.0, *lives]), "s", {}, "≤ 0.5 s", max([0.0, *lives]) <= 0.5, f"of {len(lives)} runs",
        ),
        Figure("longest stretch neither footage nor declared gap", unsaid, "s", {}, "≤ 0.5 s", unsaid <= 0.5),
        Figure(
            "session confirmed afterwards, receipt, chains and files checked offline (1: yes)",
            int(confirmed), "", {}, "1", confirmed,
        ),
    ]  # fmt: skip


def _by_victim(losses: list[tuple[Kill, Track, Loss]], what: str) -> str:
    told = []
    for victim in (Victim.FFMPEG, Victim.RECORDER):
        for track in _TRACKS:
            values = [
                value
                for kill, one, each in losses
                if kill.victim is victim and one is track and (value := getattr(each, what)) is not None
            ]
            if values:
                told.append(
                    f"{victim}/{track} p50 {percentile(values, 0.5):.2f} p95 {percentile(values, 0.95):.2f} "
                    f"max {max(values):.2f} of {len(values)}"
                )
    return "; ".join(told)


def _whole(path: Path, raw: bytes) -> bool:
    if not path.exists() or path.read_bytes() != raw:
        return False
    seal, evidence = read_seal(path), path.with_name(path.name.removesuffix(SEAL_SUFFIX))
    return seal.reason is not None or (evidence.exists() and hash_file(evidence) == (seal.sha256, seal.size))


def _broken_chains(case: _Case) -> int:
    """Tracks whose chain does not follow or holds unreadable seals."""
    broken = 0
    device = case.spool.session(case.session).device
    for track in _TRACKS:
        scan = case.spool.read_seals(case.session, track)
        broken += len(scan.damaged)
        try:
            follow(scan.seals, case.session, device, track)
        except ChainBroken:
            broken += 1
    return broken


BENCH = Bench("kill-loss", "强行结束的损失 · what kill -9 costs", run)
