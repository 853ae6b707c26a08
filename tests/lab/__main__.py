"""``python -m tests.lab``: build the image where it is not there yet, then run the guest in a network of its own.

``SEED`` (default: drawn, printed), ``CUTS`` (default 20), ``TROUBLES`` (names, ``all`` or empty), ``MINUTES`` (nothing
new is begun later; default 120), ``ACCEL`` (``tcg``, or ``kvm`` where that works). The same seed gives the same
instants and the same choices; what the guest is doing at that instant is its own.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from tests.lab import troubles
from tests.lab.image import ROOT, build
from tests.lab.machine import own_network
from zhishi.stage import dying_with_parent

_LIMIT_S = 3 * 3600


def main() -> int:
    """0 when everything was as promised; 2 when it cannot be run."""
    if sys.platform != "linux" or os.geteuid() != 0:
        print("make lab 需要 Linux 和 root / make lab needs Linux and root", file=sys.stderr)
        return 2
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    cuts = int(os.environ.get("CUTS") or 20)
    named = os.environ.get("TROUBLES", "all").replace(",", " ").split()
    wanted = list(troubles.ALL) if named == ["all"] else named
    if unknown := [name for name in wanted if name not in troubles.ALL]:
        print(f"TROUBLES: {unknown}: {', '.join(troubles.ALL)}", file=sys.stderr)
        return 2
    print(f"SEED={seed} CUTS={cuts} TROUBLES={','.join(wanted)}", flush=True)
    image = build(Path(sys.executable), lambda line: print(line, flush=True))
    report = ROOT / "build" / "lab" / f"report-{seed}.json"
    plan = {
        "disk": str(image.disk),
        "kernel": str(image.kernel),
        "initrd": str(image.initrd),
        "seed": seed,
        "cuts": cuts,
        "troubles": wanted,
        "until": time.monotonic() + float(os.environ.get("MINUTES") or 120) * 60,
        "accel": os.environ.get("ACCEL") or "tcg",
        "report": str(report),
    }
    command = own_network([sys.executable, "-m", "tests.lab.inside", json.dumps(plan)])
    return subprocess.run(dying_with_parent(command), cwd=ROOT, timeout=_LIMIT_S, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
