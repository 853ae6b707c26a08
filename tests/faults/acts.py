"""How each fault begins, goes on and ends. Each acts through ``World``; none looks at what the programs make of it."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from host.spool import SEAL_SUFFIX
from tests.faults.plan import Event, Fault
from tests.faults.world import World, copy_tree
from tests.support.waiting import wait_until
from zhishi.faultproxy import Mode

SLEEP_MS = 600_000
Act = Callable[[World, random.Random], None]


def _nothing(_world: World, _chance: random.Random) -> None:
    """No such step."""


@dataclass(frozen=True, slots=True)
class Course:
    """What happens at its beginning, at every look meanwhile, and at its end."""

    begin: Act
    end: Act = _nothing
    during: Act = _nothing


def course(event: Event) -> tuple[Course, random.Random]:
    """The course of one planned fault, and its own chance."""
    return _COURSES[event.fault], random.Random(event.draw)


def _killing(name: str) -> Course:
    return Course(lambda world, _: world.kill(name), lambda world, _: world.want(name))


def _cutting(kind: str) -> Course:
    return Course(lambda world, _: world.line.cut(kind), lambda world, _: world.line.join())


def _gate(mode: Mode) -> Course:
    def begin(world: World, chance: random.Random) -> None:
        world.line.gate.switch(mode)
        if chance.random() < 0.5:
            world.line.gate.reset_connections()

    return Course(begin, lambda world, _: world.line.gate.switch(Mode.PASS))


def _flap(world: World, chance: random.Random) -> None:
    if chance.random() < 0.25:
        world.line.join()
    elif chance.random() < 0.25:
        world.line.cut(chance.choice(("link", "address", "far")))


def _reset(world: World, chance: random.Random) -> None:
    world.line.gate.reset_after(chance.choice((1, 300, 2_000, 20_000, 60_000)) + chance.randrange(1000))


def _laptop_programs(world: World) -> list[psutil.Process]:
    found = []
    for name in ("syncd", "recorder"):
        if name in world.running and world.running[name].alive():
            process = psutil.Process(world.running[name].pid)
            found += [process, *process.children(recursive=True)]
    return found


def _fall_asleep(world: World, _chance: random.Random) -> None:
    for process in _laptop_programs(world):
        process.suspend()


def _wake_up(world: World, _chance: random.Random) -> None:
    world.laptop_clock.passes(SLEEP_MS)
    world.center_clock.passes(SLEEP_MS)
    for process in _laptop_programs(world):
        process.resume()


def _power_off(world: World, _chance: random.Random) -> None:
    for process in _laptop_programs(world):
        if process.pid not in {program.pid for program in world.running.values()}:
            process.kill()
    for name in ("syncd", "recorder"):
        world.kill(name)
    world.laptop_clock.reboot()


def _power_on(world: World, _chance: random.Random) -> None:
    for name in ("syncd", "recorder"):
        world.want(name)


def _damage_queue(world: World, chance: random.Random) -> None:
    world.kill("syncd")
    queue = world.home.queue_db
    parts = [part for part in queue.parent.glob("queue.db*") if part.suffix in (".db", ".db-wal") and part.is_file()]
    for part in parts:
        with suppress(OSError):  # its disk is read-only just now: no damage
            _ruin(part, chance, whole=True)


def _damage_sidecars(world: World, chance: random.Random) -> None:
    """Of what the center has verified, so that a copy exists somewhere even when the queue is lost as well."""
    paths = _known_sidecars(world)
    for path in chance.sample(paths, min(len(paths), chance.randint(1, 3))):
        with suppress(OSError):
            _ruin(path, chance, whole=False)
        world.notes.append(f"damaged {path.parent.name[-4:]}/{path.name}")


def _known_sidecars(world: World) -> list[Path]:
    restored = any(event.fault is Fault.CENTER_RESTORED for event in world.plan.events)
    lost = any(event.fault is Fault.QUEUE_DAMAGED for event in world.plan.events)
    if restored and lost:
        return []  # no copy would be left anywhere: then nobody could do better than to say so
    try:
        with closing(sqlite3.connect(f"file:{world.home.queue_db}?mode=ro", uri=True, timeout=2)) as db:
            where = "where state = 'verified'" if lost else ""
            rows = db.execute(f"select path from upload {where} order by path").fetchall()  # noqa: S608 -- two constants
    except sqlite3.Error:
        return []
    named = [world.home.spool / (row[0] + ("" if row[0].endswith(SEAL_SUFFIX) else SEAL_SUFFIX)) for row in rows]
    return [path for path in named if path.exists()]


def _ruin(path: Path, chance: random.Random, *, whole: bool) -> None:
    """Random bytes changed, cut off, or gone."""
    size = path.stat().st_size
    kind = chance.choice(("bytes", "bytes", "cut", "empty", "gone") if whole else ("bytes", "bytes", "cut", "empty"))
    if kind == "gone":
        path.unlink()
        return
    with path.open("r+b") as file:
        if kind == "cut":
            file.truncate(chance.randrange(size) if size else 0)
        elif kind == "empty":
            file.truncate(0)
        elif size:
            for _ in range(chance.choice((1, 1, 4, 64))):
                file.seek(chance.randrange(size))
                file.write(bytes([chance.randrange(256)]))


def _back_up(world: World, _chance: random.Random) -> None:
    world.kill("center")
    copy_tree(world.center_data, world.folder / "backup")
    world.want("center")


def _restore(world: World, _chance: random.Random) -> None:
    world.kill("center")
    copy_tree(world.folder / "backup", world.center_data)
    world.want("center")


def _rotate(world: World, _chance: random.Random) -> None:
    world.kill("center")
    for name in ("signing.private.json", "sealing.private.json", "key_set.jws"):
        (world.center_data / "keys" / name).unlink(missing_ok=True)


def _foreign(world: World, _chance: random.Random) -> None:
    world.kill("center")
    shutil.move(world.center_data / "keys", world.folder / "keys")
    world.foreign_verified = {held.identity for held in world.books.verified(world.session)}
    world.want("center")


def _own_again(world: World, _chance: random.Random) -> None:
    world.kill("center")
    given = {held.identity for held in world.books.verified(world.session)} - world.foreign_verified
    if given:
        world.broken.append(f"{len(given)} links were given to a center with another root key")
    shutil.rmtree(world.center_data / "keys", ignore_errors=True)
    shutil.move(world.folder / "keys", world.center_data / "keys")
    world.want("center")


def _start_several(world: World, chance: random.Random) -> None:
    if chance.random() < 0.6:
        world.kill("syncd")
    world.wanted.discard("syncd")
    for number in range(3):
        world.extra.append(world.start_syncd(world.folder / "syncd.log", patient=number == 2))


def _one_is_left(world: World, _chance: random.Random) -> None:
    """Of those that do not wait their turn at most one lives."""
    first = [world.running.pop("syncd")] if "syncd" in world.running else []
    plain = (*first, *world.extra[:2])
    try:
        wait_until(lambda: sum(program.alive() for program in plain) <= 1, 15.0, "one syncd is left")
    except AssertionError as why:
        world.broken.append(f"two syncd at once: {why}")
    for program in (*first, *world.extra):
        program.kill()
    world.extra.clear()
    world.want("syncd")


def _jump(world: World, chance: random.Random) -> None:
    world.laptop_clock.step_wall(chance.choice((-86_400_000, -7_200_000, -30_000, 30_000, 7_200_000, 86_400_000)))


_COURSES: dict[Fault, Course] = {
    Fault.KILL_SYNCD: _killing("syncd"),
    Fault.KILL_CENTER: _killing("center"),
    Fault.KILL_RECORDER: _killing("recorder"),
    Fault.LINK_DOWN: _cutting("link"),
    Fault.ADDRESS_LOST: _cutting("address"),
    Fault.FAR_SILENCE: _cutting("far"),
    Fault.FLAPPING: Course(_nothing, lambda world, _: world.line.join(), _flap),
    Fault.SLOW: Course(lambda world, _: world.line.throttle(2000), lambda world, _: world.line.throttle(None)),
    Fault.LOSSY: Course(lambda world, _: world.line.lose(300), lambda world, _: world.line.lose(0)),
    Fault.LATENCY: Course(lambda world, _: world.line.lengthen(1.0), lambda world, _: world.line.lengthen(0)),
    Fault.RESET: Course(_reset),
    Fault.HALF_OPEN: Course(
        lambda world, _: world.line.gate.switch(Mode.STALL), lambda world, _: world.line.gate.switch(Mode.PASS)
    ),
    Fault.PORTAL_PAGE: _gate(Mode.PORTAL_PAGE),
    Fault.PORTAL_REDIRECT: _gate(Mode.PORTAL_REDIRECT),
    Fault.STORM_500: _gate(Mode.FAILING),
    Fault.STORM_503: _gate(Mode.BUSY),
    Fault.STORM_429: _gate(Mode.TOO_MANY),
    Fault.LAPTOP_FULL: Course(lambda world, _: world.laptop_disk.fill(), lambda world, _: world.laptop_disk.empty()),
    Fault.LAPTOP_READ_ONLY: Course(
        lambda world, _: world.laptop_disk.freeze(), lambda world, _: world.laptop_disk.thaw()
    ),
    Fault.CENTER_FULL: Course(lambda world, _: world.center_disk.fill(), lambda world, _: world.center_disk.empty()),
    Fault.CLOCK_JUMP: Course(_jump),
    Fault.SLEEP: Course(_fall_asleep, _wake_up),
    Fault.REBOOT: Course(_power_off, _power_on),
    Fault.QUEUE_DAMAGED: Course(_damage_queue, lambda world, _: world.want("syncd")),
    Fault.SIDECAR_DAMAGED: Course(_damage_sidecars),
    Fault.CENTER_RESTORED: Course(_back_up, _restore),
    Fault.TWO_SERVICES: Course(_start_several, _one_is_left),
    Fault.KEY_ROTATED: Course(_rotate, lambda world, _: world.want("center")),
    Fault.KEY_FOREIGN: Course(_foreign, _own_again),
}
