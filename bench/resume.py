"""``resume``: how soon evidence flows again after the network comes back.

Laptop, router and center live in network namespaces of their own, joined by veth pairs (``bench.resume_inside``). A
near outage takes the laptop's own interface or address away: the kernel tells of its return. A far outage makes the
router drop everything silently: nothing tells. The end of an outage is the moment the command that ends it returned;
"sending again" is the center's own stamp of the first link verified after that.
"""

import json
import shutil
import subprocess
import sys
from typing import Any

from bench.figures import Figure, Outcome, median, spread
from bench.setting import Bench, Setting
from domain.errors import ServiceError
from zhishi.stage import dying_with_parent, in_own_network

NEAR_REACH_S, FAR_REACH_S = 2.0, 30.0
_LONGEST_S = 900.0


def run(setting: Setting) -> Outcome:
    """Cut and mend, in namespaces; the worst of each kind counts."""
    for program in ("unshare", "nsenter", "ip"):
        if shutil.which(program) is None:
            raise ServiceError(f"{program} is missing")
    near = setting.rounds(6, 2)
    chance = setting.random("resume")
    far = [12.0, 40.0, 75.0] if not setting.quick else [12.0]
    plan: list[tuple[str, float]] = [
        *(("link" if number % 2 else "address", round(chance.uniform(3, 20), 1)) for number in range(near)),
        *(("far", seconds + round(chance.uniform(0, 5), 1)) for seconds in far),
    ]
    command = in_own_network([sys.executable, "-m", "bench.resume_inside"])
    setting.say(", ".join(f"{kind} {seconds:.0f} s" for kind, seconds in plan))
    done = subprocess.run(
        dying_with_parent([*command, str(setting.folder), json.dumps(plan)]),
        env=dict(setting.environ) | {"PYTHONPATH": ":".join(path for path in sys.path if path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceError(f"bench.resume_inside: {done.stderr.strip()[-600:]}")
    samples: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    for sample in samples:
        setting.say(f"{sample['kind']} {sample['cut_s']:.0f} s cut: again after {sample['again_s']:.2f} s")
    here = [one["again_s"] for one in samples if one["kind"] != "far"]
    there = [one["again_s"] for one in samples if one["kind"] == "far"]
    figures = (
        Figure(
            "near outage (own interface or address taken away, 3–20 s) ended → first link verified; worst",
            max(here),
            "s",
            {},
            f"≤ {NEAR_REACH_S:.0f} s",
            max(here) <= NEAR_REACH_S,
            f"median {median(here):.2f}, {spread(here, 2)}",
        ),
        Figure(
            "far outage (a router drops everything silently, 12–80 s) ended → first link verified; worst",
            max(there),
            "s",
            {},
            f"≤ {FAR_REACH_S:.0f} s",
            max(there) <= FAR_REACH_S,
            f"median {median(there):.2f}, {spread(there, 2)}",
        ),
    )
    return Outcome(BENCH.id, BENCH.title, figures, setting.quick)


BENCH = Bench("resume", "恢复网络到继续上传 · network back to sending again", run)
