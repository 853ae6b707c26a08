"""Network namespaces for tests and benches: made, joined, entered and ruined. Linux; root, also of a user namespace.

Owns ``ip``, ``tc`` and ``nft`` and the sleepers that hold namespaces. The process that uses this is itself inside a
namespace of its own (``unshare --net``); nothing here touches the machine's network.
"""

import ctypes
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from zhishi.stage import dying_with_parent

T = TypeVar("T")
CENTER, LAPTOP = "10.98.0.2", "10.99.0.1"
LAPTOP_GATE, CENTER_GATE = "10.99.0.254", "10.98.0.254"
_DEFAULT = ("route", "add", "default", "via", LAPTOP_GATE)
_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def run_in(inside: int | None, *words: str) -> str:
    """Run a command here, or in the network namespace of process ``inside``; its output. Raises OSError."""
    done = subprocess.run([*enter(inside), *words], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def ip(*words: str, inside: int | None = None) -> None:
    """``ip WORDS`` here, or in the namespace of process ``inside``."""
    run_in(inside, "ip", *words)


def enter(inside: int | None) -> tuple[str, ...]:
    """What to put before a command that is to run there."""
    return () if inside is None else ("nsenter", "--target", str(inside), "--net")


def enter_now(inside: int) -> None:
    """Move the calling thread into the network namespace of process ``inside``; threads it starts are born there."""
    fd = os.open(f"/proc/{inside}/ns/net", os.O_RDONLY)
    try:
        if _LIBC.setns(fd, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(fd)


def inside(holder: int, make: Callable[[], T]) -> T:
    """What ``make`` answers when called in a thread inside the namespace of process ``holder``."""
    made: list[T] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            enter_now(holder)
            made.append(make())
        except BaseException as why:  # noqa: BLE001 -- raised again by the caller's thread
            failed.append(why)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]


@contextmanager
def namespace() -> Iterator[int]:
    """A network namespace; the process that holds it."""
    command = ["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"]
    holder = subprocess.Popen(dying_with_parent(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()  # the namespace is made
        yield holder.pid
    finally:
        holder.kill()
        holder.communicate()


@contextmanager
def topology() -> Iterator[tuple[int, int]]:
    """Laptop (this process), router and center, joined; (router, center) as holders::

    laptop 10.99.0.1 z0 ── r0 router r1 ── c0 10.98.0.2 center
    """
    with namespace() as router, namespace() as center:
        ip("link", "set", "lo", "up")
        ip("link", "set", "lo", "up", inside=center)
        ip("link", "add", "z0", "type", "veth", "peer", "name", "r0", "netns", str(router))
        ip("link", "add", "r1", "type", "veth", "peer", "name", "c0", "netns", str(center), inside=router)
        for name, address, where in (
            ("r0", f"{LAPTOP_GATE}/24", router),
            ("r1", f"{CENTER_GATE}/24", router),
            ("c0", f"{CENTER}/24", center),
            ("z0", f"{LAPTOP}/24", None),
        ):
            ip("address", "add", address, "dev", name, inside=where)
            ip("link", "set", name, "up", inside=where)
        for name, where in (("z0", None), ("c0", center)):  # or one loss would take forty packets at once
            ip("link", "set", name, "gso_max_segs", "1", inside=where)
        ip("route", "add", "default", "via", CENTER_GATE, inside=center)
        ip(*_DEFAULT)
        inside(router, lambda: Path("/proc/sys/net/ipv4/ip_forward").write_text("1"))
        yield router, center


def cut(kind: str, router: int) -> None:
    """Begin an outage: ``link`` and ``address`` are the laptop's own and told by the kernel, ``far`` drops silently."""
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


def throttle(router: int, bits_per_second: int | None) -> None:
    """Both directions at most so fast, with a router's short queue; None: as fast as goes."""
    for name in ("r1", "r0"):
        if bits_per_second is None:
            run_in(router, "tc", "qdisc", "del", "dev", name, "root")
        else:
            burst = max(1600, bits_per_second // 800)  # ten milliseconds, and a whole packet at least
            queue = max(16_000, bits_per_second // 80)  # a tenth of a second, and ten packets at least
            rate = ("rate", f"{bits_per_second}bit", "burst", str(burst), "limit", str(queue))
            run_in(router, "tc", "qdisc", "replace", "dev", name, "root", "tbf", *rate)


def lose(router: int, per_mille: int) -> None:
    """So many of a thousand packets are lost on the router, in each direction; 0: none."""
    rules = "add table inet loss\ndelete table inet loss\n"
    if per_mille:
        rules += (
            "add table inet loss\n"
            "add chain inet loss forward { type filter hook forward priority 0; }\n"
            f'add rule inet loss forward iifname {{ "r0", "r1" }} numgen random mod 1000 < {per_mille} drop\n'
        )
    done = subprocess.run([*enter(router), "nft", "-f", "-"], input=rules, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"nft: {done.stderr.strip()}")
