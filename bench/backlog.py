"""``backlog``: a whole interview waits, and the line is long, lossy and breaks.

200 MB over 20 Mbit/s with 3 % loss and 100 ms round trip, with three outages of 20 seconds in which the router drops
everything silently. Ours ends with the session receipt, checked on the laptop; a peer ends when the far side holds
every file. All run at the same time, each on a line of its own in namespaces of its own (``bench.backlog_inside``),
with the same outages at the same moments. Peers get as many streams as ours may use, and short timeouts where theirs
would be minutes; what is not through when the time is up counts as that.
"""

import json
import shutil
import subprocess
import sys
import threading
from typing import Any

from bench.backlog_inside import CONTENDERS, OURS, Work
from bench.device import random_file
from bench.figures import Figure, Outcome
from bench.setting import Bench, Setting
from domain.errors import ServiceError
from zhishi.stage import dying_with_parent, in_own_network

MB = 1_000_000
RATE_BITS, LOST_PER_MILLE, ONE_WAY_S = 20_000_000, 30, 0.05
STREAMS = 32  # syncd's most
REACH = 1.15
_PATIENCE = 1.25  # a peer is given up after so many times the least possible


def run(setting: Setting) -> Outcome:
    """Everybody at once."""
    for program in ("unshare", "nsenter", "ip", "tc", "nft", "rclone", "rsync", "syncthing"):
        if shutil.which(program) is None:
            raise ServiceError(f"{program} is missing")
    files, outages = (30, [(6.0, 8.0)]) if setting.quick else (200, [(20.0, 20.0), (60.0, 20.0), (100.0, 20.0)])
    chance = setting.random("backlog")
    folder = setting.folder / "files"
    folder.mkdir()
    for number in range(files):
        random_file(folder / f"{number:06d}.m4s", MB, chance)
    least_s = files * MB * 8 / RATE_BITS + sum(lasts for _, lasts in outages)
    work = Work(str(folder), outages, RATE_BITS, LOST_PER_MILLE, ONE_WAY_S, STREAMS, least_s * _PATIENCE)
    setting.say(f"{files} MB, at least {least_s:.0f} s; {', '.join(CONTENDERS)} side by side")
    took = _all(setting, work)
    ours = took.pop(OURS)
    best = min(took.values())
    note = ", ".join(f"{name} not through when given up" for name, s in took.items() if s >= work.limit_s)
    figures = (
        Figure(
            f"{files} MB at 20 Mbit/s, 3 % loss, 100 ms, {len(outages)} silent outages → session receipt; peers: every "
            f"file there; up to {STREAMS} streams each",
            ours,
            "s",
            dict(sorted(took.items(), key=lambda one: one[1])),
            "≤ best peer",
            ours <= best,
            note,
        ),
        Figure(
            f"the same over the least possible (bytes ÷ rate + outages = {least_s:.0f} s)",
            ours / least_s,
            "×",
            {name: seconds / least_s for name, seconds in took.items()},
            f"≤ {REACH}",
            ours / least_s <= REACH,
        ),
    )
    return Outcome(BENCH.id, BENCH.title, figures, setting.quick)


def _all(setting: Setting, work: Work) -> dict[str, float]:
    """Seconds of each."""
    took: dict[str, float] = {}
    failed: list[str] = []

    def one(name: str) -> None:
        try:
            took[name] = _one(setting, name, work)
            setting.say(f"{name}: {took[name]:.1f} s")
        except ServiceError as why:
            failed.append(str(why))

    threads = [threading.Thread(target=one, args=(name,)) for name in CONTENDERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise ServiceError("; ".join(failed))
    return took


def _one(setting: Setting, name: str, work: Work) -> float:
    place = setting.folder / str(list(CONTENDERS).index(name))
    place.mkdir()
    command = in_own_network([sys.executable, "-m", "bench.backlog_inside", name, str(place)])
    done = subprocess.run(
        dying_with_parent([*command, json.dumps(work.__dict__)]),
        env=dict(setting.environ) | {"PYTHONPATH": ":".join(path for path in sys.path if path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=work.limit_s + 180,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceError(f"{name}: {done.stderr.strip()[-600:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return float(told["seconds"])


BENCH = Bench("backlog", "坏线路上的积压 · a backlog on a bad line", run)
