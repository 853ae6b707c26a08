"""One run from its plan to its outcome: begin, let things go wrong, make everything whole, wait, judge."""

import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ZhishiError
from domain.status import LocalSessionState
from tests.faults.acts import Course, course
from tests.faults.invariants import broken
from tests.faults.line import Line
from tests.faults.plan import Plan
from tests.faults.watching import Watching
from tests.faults.world import World, new_world
from tests.support.hatchery import Hatchery

SETTLE_S = 100.0
_LOOK_S = 0.05
_LOG_TAIL = 1200


@dataclass(frozen=True, slots=True)
class Outcome:
    """``broken`` is empty when all is well; ``settled_s`` is from everything whole to confirmed."""

    plan: Plan
    broken: tuple[str, ...]
    settled_s: float
    took_s: float
    links: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        verdict = "; ".join(self.broken) or f"{self.links} links, confirmed after {self.settled_s:.1f} s"
        return f"{self.plan.seed}: {verdict} [{self.took_s:.0f} s] {self.plan}"


def run(plan: Plan, folder: Path, hatchery: Hatchery, line: Line, tape: Path) -> Outcome:
    """Play ``plan`` in ``folder``, which is kept when something is broken."""
    began = time.monotonic()
    settled, links, said_broken = 0.0, 0, []
    world: World | None = None
    try:
        with new_world(plan, folder, hatchery, line, tape) as world:
            with Watching(world) as watching:
                _play(world)
                settled = _settle(world, watching)
            world.end_all()
            said = watching.last.session if watching.last else None
            said_broken = [*world.broken, *broken(world, said)]
            links = len(world.books.verified(world.session))
            if said_broken:
                _keep(world)
    except (AssertionError, OSError, ZhishiError) as why:
        said_broken = [f"{type(why).__name__}: {str(why)[:800]}"]
    if not said_broken:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(
        plan, tuple(said_broken), settled, time.monotonic() - began, links, tuple(world.notes if world else ())
    )


def _play(world: World) -> None:
    """Every event of the plan at its time; the recorder ends while the last of them are still going on."""
    began = time.monotonic()
    courses = [(event, *course(event)) for event in world.plan.events]
    going: list[tuple[float, Course, random.Random]] = []
    while (now := time.monotonic() - began) < world.plan.lasts_s:
        while courses and courses[0][0].at_s <= now:
            event, its, chance = courses.pop(0)
            its.begin(world, chance)
            going.append((event.until_s, its, chance))
        for until, its, chance in list(going):
            if until <= now:
                its.end(world, chance)
                going.remove((until, its, chance))
            else:
                its.during(world, chance)
        world.tend()
        time.sleep(_LOOK_S)  # the plan says at which moment each fault comes and goes
    world.end_recording()
    for _, its, chance in going:
        its.end(world, chance)


def _settle(world: World, watching: Watching) -> float:
    """Everything is whole again: seconds until syncd says confirmed. Raises AssertionError when it does not."""
    world.line.heal()
    for disk in (world.laptop_disk, world.center_disk):
        disk.thaw()
        disk.empty()
    for name in ("center", "syncd"):
        world.want(name)
    began = time.monotonic()
    while time.monotonic() - began < SETTLE_S:
        world.tend()
        world.close()
        last = watching.last
        if last is not None and last.session.state == LocalSessionState.CONFIRMED:
            return time.monotonic() - began
        time.sleep(_LOOK_S)
    said = "nothing" if watching.last is None else watching.last.session.model_dump_json()[:1500]
    world.broken.append(f"not confirmed within {SETTLE_S:.0f} s of everything being whole; syncd says {said}")
    return SETTLE_S


def _keep(world: World) -> None:
    """What is needed to find out why, off the small disks."""
    for name, source in (("laptop", world.home.root), ("center", world.center_data)):
        shutil.copytree(source, world.folder / f"kept-{name}", symlinks=True, dirs_exist_ok=True)
