"""``bench.resume`` inside its namespace: ``python -m bench.resume_inside FOLDER PLAN``; prints samples as JSON.

This process and syncd are the laptop; a router and the center have namespaces of their own
(``tests.support.namespaces``).
"""

import json
import os
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from bench.world import Center, await_until, new_laptop
from tests.support.namespaces import CENTER, cut, enter, mend, topology
from tests.support.syncing import HandRecorder

_SEGMENT_S = 0.25
_SEGMENT = 60_000
_AGAIN_S = 90.0


class Feeding(threading.Thread):
    """A recorder that seals a segment every quarter of a second."""

    def __init__(self, camera: HandRecorder) -> None:
        super().__init__(name="feeding", daemon=True)
        self._camera = camera
        self._over = threading.Event()

    def run(self) -> None:
        """See the class."""
        while not self._over.wait(_SEGMENT_S):
            self._camera.segment(_SEGMENT)

    def stop(self) -> None:
        """No more."""
        self._over.set()
        self.join()


def measure(folder: Path, plan: list[tuple[str, float]]) -> list[dict[str, object]]:
    """One sample per outage of ``plan`` (kind, seconds)."""
    environ = dict(os.environ)
    samples: list[dict[str, object]] = []
    with ExitStack() as stack:
        router, there = stack.enter_context(topology())
        center = Center(folder / "center", environ, host=CENTER, before=enter(there))
        stack.enter_context(center)
        laptop = stack.enter_context(new_laptop(folder / "laptop", environ))
        laptop.start_syncd()
        enrolled = laptop.enrol(center.url, center.code())
        feeding = Feeding(HandRecorder(laptop.home, enrolled.session, enrolled.device))
        feeding.start()
        stack.callback(feeding.stop)

        def verified_after(moment_ms: float) -> float:
            return min((at for at in center.verified(enrolled.session).values() if at > moment_ms), default=0.0)

        for kind, seconds in plan:
            now_ms = time.time() * 1000
            await_until(lambda since=now_ms: verified_after(since), 60.0, "sending before the outage", 0.05)  # type: ignore[misc]
            cut(kind, router)
            time.sleep(seconds)
            mend(kind, router)
            ended_ms = time.time() * 1000
            first = await_until(lambda since=ended_ms: verified_after(since), _AGAIN_S, f"sending after {kind}", 0.05)  # type: ignore[misc]
            samples.append({"kind": kind, "cut_s": seconds, "again_s": (first - ended_ms) / 1000})
            print(json.dumps(samples[-1]), file=sys.stderr)
    return samples


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), json.loads(sys.argv[2]))))
