"""``make lab`` inside its own network: ``python -m tests.lab.inside PLAN`` with the image already built."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.lab import cuts, troubles
from tests.lab.center import LabCenter
from tests.lab.guesttime import LabClock
from tests.lab.image import ROOT, Image
from tests.lab.laptop import Laptop
from tests.lab.machine import Machine

Say = Callable[[str], None]


def main(plan: dict[str, Any]) -> int:
    """0 when all was as promised."""
    image = Image(*(Path(plan[name]) for name in ("disk", "kernel", "initrd")))
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:6.0f} s] {line}", flush=True)

    with tempfile.TemporaryDirectory(prefix="run-", dir=ROOT / "build" / "lab") as name:
        folder = Path(name)
        ready = image.disk.with_name(image.disk.name.replace("laptop", "ready"))
        if not ready.exists():
            _make_ready(image, folder, ready, plan["accel"], say)
        clock = LabClock()
        with (
            LabCenter(folder / "center", clock) as center,
            Machine(replace(image, disk=ready), folder, plan["accel"], clock) as machine,
        ):
            try:
                return _run(Laptop(machine, center), plan, say)
            except Exception as why:
                say(f"failed: {why}\n{machine.last_words()}")
                raise


def _make_ready(image: Image, folder: Path, ready: Path, accel: str, say: Say) -> None:
    """The service is installed once, as a user would, and the laptop shut down; every run begins there."""
    clock = LabClock()
    with LabCenter(folder / "nobody", clock) as center, Machine(image, folder, accel, clock) as machine:
        say(f"boots for the first time in {machine.boot():.0f} s")
        Laptop(machine, center).install_service()
        say("zhishi service install: done")
        machine.shut_down().rename(ready)


def _run(laptop: Laptop, plan: dict[str, Any], say: Say) -> int:
    chance = Random(plan["seed"])
    say(f"boots in {laptop.machine.boot():.0f} s")
    laptop.enrol()
    laptop.open_window()
    laptop.record()
    say(f"recording, session {laptop.session}")
    results: list[cuts.CutResult] = []
    found: list[troubles.TroubleResult] = []
    try:
        for one in cuts.run(laptop, plan["cuts"], chance, plan["until"]):
            say(one.line())
            results.append(one)
        for trouble in troubles.run(laptop, plan["troubles"], plan["until"]):
            say(trouble.line())
            found.append(trouble)
        laptop.end()
        laptop.await_true(lambda: laptop.center.receipt(laptop.session), "the session's receipt")
        say("ended; the center has signed the receipt")
    finally:
        told = [{**asdict(cut), "good": cut.good} for cut in results]
        told += [{**asdict(trouble), "good": trouble.good} for trouble in found]
        Path(plan["report"]).write_text(json.dumps(told, default=str, indent=1))
    good = all(one.good for one in results) and all(one.good for one in found)
    say(f"{'all good' if good else 'NOT GOOD'}: {len(results)} cuts, {len(found)} troubles, SEED={plan['seed']}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
