"""``syncd-memory``: what the sync daemon holds and burns with a long queue, and with nothing to do.

5,000 segments, real files really sealed, are laid into the spool of an enrolled session; the network between syncd
and its center is cut by the fault proxy. Then syncd is started. Memory is the resident size of the process and its
children; idle CPU is measured twice: with all of it queued and no network, and, on a second home, enrolled with an
open session and nothing queued, network up.
"""

import time
from pathlib import Path

from bench.cpu import resident_mb, tree, use_over
from bench.device import random_file
from bench.figures import Figure, Outcome
from bench.laid import lay_chain
from bench.setting import Bench, Setting
from bench.world import Center, Laptop, await_until, new_laptop
from zhishi.faultproxy import FaultProxy, Mode

QUEUED = 5000
_SIZE = 4096
_QUEUE_S = 300.0
_SETTLE_S = 10.0
_LOOK_S = 0.5


def run(setting: Setting) -> Outcome:
    """One long queue, then idleness twice."""
    seconds = setting.rounds(30, 12)
    with (
        Center(setting.folder / "center", setting.environ) as center,
        FaultProxy(("127.0.0.1", center.port)) as proxy,
        new_laptop(setting.folder / "laptop", setting.environ) as laptop,
    ):
        took = _lay(setting, laptop, center, proxy)
        proxy.switch(Mode.REFUSE)
        began = time.monotonic()
        laptop.start_syncd()
        peak = _until_queued(laptop)
        queued_s = time.monotonic() - began
        setting.say(f"{QUEUED} segments queued {queued_s:.1f} s after the start; peak {peak:.0f} MB")
        time.sleep(_SETTLE_S)
        waiting = _cpu(laptop, seconds)
        steady = resident_mb(_pid(laptop))
        peak = max(peak, steady)
    with (
        Center(setting.folder / "other", setting.environ) as center,
        new_laptop(setting.folder / "idle", setting.environ) as idle,
    ):
        idle.start_syncd()
        idle.enrol(center.url, center.code())
        time.sleep(_SETTLE_S)
        nothing = _cpu(idle, seconds)
        empty = resident_mb(_pid(idle))
    what = f"resident memory of syncd and its children, {QUEUED} segments queued, center unreachable"
    cpu = f"CPU of syncd over {seconds} s"
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(f"{what}: highest from the start on", peak, "MB", {}, "≤ 120 MB", peak <= 120),
            Figure(f"{what}: steady", steady, "MB", {"nothing queued": empty}, "≤ 120 MB", steady <= 120),
            Figure(
                f"{cpu}, idle: enrolled in an open session, nothing queued, network up",
                nothing,
                "% of a core",
                {},
                "≤ 1 %",
                nothing <= 1,
            ),
            Figure(
                f"{cpu}, {QUEUED} queued, center unreachable",
                waiting,
                "% of a core",
                {},
                "≤ 1 %",
                waiting <= 1,
            ),
        ),
        setting.quick,
        f"laid and sealed in {took:.0f} s; queued {queued_s:.1f} s after syncd's start",
    )


def _lay(setting: Setting, laptop: Laptop, center: Center, proxy: FaultProxy) -> float:
    """Enrol ``laptop`` through ``proxy`` and fill its spool; syncd does not run afterwards. Seconds it took."""
    laptop.start_syncd()
    enrolled = laptop.enrol(proxy.url, center.code())
    laptop.stop()
    chance = setting.random("syncd-memory")
    setting.say(f"laying and sealing {QUEUED} segments")
    began = time.monotonic()
    source = Path(setting.folder / "segment")
    files = (random_file(source, _SIZE, chance) for _ in range(QUEUED))
    lay_chain(laptop.home, enrolled.session, enrolled.device, files)
    return time.monotonic() - began


def _until_queued(laptop: Laptop) -> float:
    """Wait until syncd knows every segment; the highest resident memory on the way, in MB."""
    peak = 0.0

    def all_queued() -> bool:
        nonlocal peak
        laptop.programs["syncd"].must_live()
        peak = max(peak, resident_mb(_pid(laptop)))
        status = laptop.sync()
        return status is not None and sum(t.segments for s in status.sessions for t in s.tracks.values()) >= QUEUED

    await_until(all_queued, _QUEUE_S, f"{QUEUED} segments queued", poll_s=_LOOK_S)
    return peak


def _cpu(laptop: Laptop, seconds: float) -> float:
    return sum(used.percent for used in use_over(tree(_pid(laptop)), seconds).values())


def _pid(laptop: Laptop) -> int:
    return laptop.programs["syncd"].process.pid


BENCH = Bench("syncd-memory", "同步程序的内存与空闲开销 · syncd's memory and idle CPU", run)
