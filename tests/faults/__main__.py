"""``python -m tests.faults [--seed N …] [--runs M]``: play seeded runs and print what was broken.

Works in namespaces of its own (network, mounts, processes): it starts itself again in them, once per worker. 0 when
nothing was broken.
"""

import argparse
import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.faults.line import open_line
from tests.faults.plan import make_plan
from tests.faults.run import run
from tests.faults.tape import make_tape
from tests.support.hatchery import Hatchery

MODULES = ("tests.faults.programs", "tests.faults.player")
_SPACES = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_OK, _BROKEN = "ok ", "BROKEN "


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="the fault lab")
    parser.add_argument(
        "--seed", type=int, nargs="+", help="the first run's seed, or several; default: drawn, and told"
    )
    parser.add_argument("--runs", type=int, default=1, help="how many, counting up from each seed")
    parser.add_argument("--workers", type=int, default=3, help="runs side by side")
    parser.add_argument("--keep", type=Path, default=None, help="where broken runs are kept")
    parser.add_argument("--inside", nargs="+", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--tape", type=Path, default=None, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        assert chosen.keep is not None
        return _work(chosen.inside, chosen.keep, chosen.tape)
    first: list[int] = chosen.seed or [secrets.randbelow(10**6)]
    named = " ".join(map(str, first))
    print(f"随机种子 · seed {named}（重现 · again: make faults SEED='{named}' RUNS={chosen.runs}）", flush=True)
    with tempfile.TemporaryDirectory(prefix="zhishi-faults-") as folder:
        keep = (chosen.keep or Path(tempfile.gettempdir()) / "zhishi-faults-broken").absolute()
        keep.mkdir(parents=True, exist_ok=True)
        seeds = [seed + number for seed in first for number in range(chosen.runs)]
        return _share_out(seeds, chosen.workers, keep, make_tape(Path(folder)))


def _unshare() -> list[str]:
    """Namespaces of our own. Root needs no user namespace for them, and is refused one inside a chroot; there the root
    folder is no mount either, whose mounts could be kept from spreading (nor do they).
    """
    mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    spreading = "private" if any(mount.split()[4] == "/" for mount in mounts) else "unchanged"
    return ["unshare", *_SPACES, "--propagation", spreading, *mapped]


def _share_out(seeds: list[int], workers: int, keep: Path, tape: Path) -> int:
    """Each worker takes every n-th seed; what they say goes on to the reader as it comes."""
    began = time.monotonic()
    shares = [seeds[number::workers] for number in range(min(workers, len(seeds)))]
    done, broken = 0, 0
    turn = threading.Lock()

    def serve(share: list[int]) -> None:
        nonlocal done, broken
        command = [*_unshare(), sys.executable, "-m", "tests.faults", "--keep", str(keep), "--tape", str(tape)]
        with subprocess.Popen(
            [*command, "--inside", *map(str, share)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": ":".join(path for path in sys.path if path), "OPENBLAS_NUM_THREADS": "1"},
        ) as worker:  # fmt: skip
            assert worker.stdout is not None
            told = 0
            for line in worker.stdout:
                with turn:
                    print(line, end="", flush=True)
                    if line.startswith((_OK, _BROKEN)):
                        told += 1
                        done += 1
                        broken += line.startswith(_BROKEN)
        with turn:
            broken += len(share) - told  # a worker that died owes its runs

    threads = [threading.Thread(target=serve, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    print(f"{done} 次 · runs of {len(seeds)}, {broken} 次有误 · broken, {took:.0f} s")
    if broken:
        print(f"现场 · kept: {keep}")
    return 1 if broken else 0


def _work(seeds: list[int], keep: Path, tape: Path) -> int:
    """One worker, inside: its runs one after the other."""
    with Hatchery(MODULES) as hatchery, open_line() as line:
        for seed in seeds:
            place = keep / str(seed)
            with contextlib.suppress(FileNotFoundError):
                subprocess.run(["rm", "-rf", str(place)], check=True)
            outcome = run(make_plan(seed), place, hatchery, line, tape)
            print(f"{_BROKEN if outcome.broken else _OK}{outcome}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
