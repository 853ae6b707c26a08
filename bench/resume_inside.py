"""``bench.resume`` inside its namespace: ``python -m bench.resume_inside FOLDER PLAN``; prints samples as JSON.

This process and syncd are the laptop; a router and the center have namespaces of their own, held by two sleepers::

    laptop 10.99.0.1 ── router 10.99.0.254 | 10.98.0.254 ── center 10.98.0.2
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.world import Center, await_until, new_laptop
from tests.support.syncing import HandRecorder
from zhishi.stage import dying_with_parent

CENTER, LAPTOP = "10.98.0.2", "10.99.0.1"
_SEGMENT_S = 0.25
_SEGMENT = 60_000
_AGAIN_S = 90.0
_DEFAULT = ("route", "add", "default", "via", "10.99.0.254")


def ip(*words: str, inside: int | None = None) -> None:
    """``ip WORDS`` here, or in the namespace of process ``inside``."""
    subprocess.run([*_enter(inside), "ip", *words], check=True, capture_output=True)


def _enter(inside: int | None) -> tuple[str, ...]:
    return () if inside is None else ("nsenter", "--target", str(inside), "--net")


@contextmanager
def _namespace() -> Iterator[int]:
    """A network namespace; the process that holds it."""
    command = ["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"]
    holder = subprocess.Popen(dying_with_parent(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()  # the namespace is made
        yield holder.pid
    finally:
        holder.kill()
        holder.wait()


@contextmanager
def topology() -> Iterator[tuple[int, int]]:
    """The three namespaces, joined; (router, center) as holders."""
    with _namespace() as router, _namespace() as center:
        ip("link", "set", "lo", "up")
        ip("link", "set", "lo", "up", inside=center)
        ip("link", "add", "z0", "type", "veth", "peer", "name", "r0", "netns", str(router))
        ip("link", "add", "r1", "type", "veth", "peer", "name", "c0", "netns", str(center), inside=router)
        for name, address, where in (
            ("r0", "10.99.0.254/24", router),
            ("r1", "10.98.0.254/24", router),
            ("c0", f"{CENTER}/24", center),
            ("z0", f"{LAPTOP}/24", None),
        ):
            ip("address", "add", address, "dev", name, inside=where)
            ip("link", "set", name, "up", inside=where)
        ip("route", "add", "default", "via", "10.98.0.254", inside=center)
        ip(*_DEFAULT)
        forward = "echo 1 > /proc/sys/net/ipv4/ip_forward"
        subprocess.run([*_enter(router), "sh", "-c", forward], check=True)
        yield router, center


def cut(kind: str, router: int) -> None:
    """Begin an outage."""
    if kind == "link":
        ip("link", "set", "z0", "down")
    elif kind == "address":
        ip("address", "del", f"{LAPTOP}/24", "dev", "z0")
    else:
        ip("route", "add", "blackhole", f"{CENTER}/32", inside=router)
        ip("route", "add", "blackhole", f"{LAPTOP}/32", inside=router)


def mend(kind: str, router: int) -> None:
    """End it."""
    if kind == "far":
        ip("route", "del", "blackhole", f"{LAPTOP}/32", inside=router)
        ip("route", "del", "blackhole", f"{CENTER}/32", inside=router)
        return
    if kind == "link":
        ip("link", "set", "z0", "up")
    else:
        ip("address", "add", f"{LAPTOP}/24", "dev", "z0")
    ip(*_DEFAULT)


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
        center = Center(folder / "center", environ, host=CENTER, before=_enter(there))
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
