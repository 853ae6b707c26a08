"""Records how fast bytes get through a line that a seeded script makes worse: ``python -m tests.support.throughput``.

A sender pushes into a socket as fast as it is let; the fault proxy of the demo throttles, stalls and resets; what
arrives behind it is counted five times a second. Four lines side by side, a minute and a quarter. The numbers are kept
in ``tests/vectors/throughput.json``, where one of them stands for ten seconds of an interview's window.
"""

import contextlib
import json
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from zhishi.faultproxy import FaultProxy, Mode

KEPT = Path(__file__).resolve().parents[1] / "vectors" / "throughput.json"
SAMPLES, SAMPLE_S = 360, 0.2
SEED = 20261127


class _Sink:
    """Takes whatever comes and counts it."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = self._listening.getsockname()[:2]
        self.taken = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                taken, _ = self._listening.accept()
                threading.Thread(target=self._take, args=(taken,), daemon=True).start()

    def _take(self, taken: socket.socket) -> None:
        with taken, contextlib.suppress(OSError):
            while block := taken.recv(1 << 16):
                self.taken += len(block)

    def close(self) -> None:
        self._listening.close()


def _push(proxy: FaultProxy, until: threading.Event) -> None:
    """As a sync daemon: a line that breaks is taken up again a moment later."""
    block = bytes(16 * 1024)
    while not until.is_set():
        with contextlib.suppress(OSError), socket.create_connection((proxy.host, proxy.port), timeout=2) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32 * 1024)
            line.settimeout(2)
            while not until.is_set():
                line.sendall(block)
        until.wait(0.1)


@dataclass(frozen=True, slots=True)
class Line:
    """``script`` is asked before each sample what becomes of the line."""

    name: str
    script: Callable[[FaultProxy, int, random.Random], None]


def _steady(proxy: FaultProxy, number: int, chance: random.Random) -> None:
    if number % 5 == 0:
        proxy.throttle(200_000 * chance.uniform(0.8, 1.2))


def _dying(proxy: FaultProxy, number: int, chance: random.Random) -> None:
    """Slower and slower over half an hour, then gone."""
    if number == 180:
        proxy.switch(Mode.REFUSE)
    elif number % 5 == 0 and number < 180:
        proxy.throttle(max(8_000, 300_000 * 0.97**number * chance.uniform(0.6, 1.4)))


def _flapping(proxy: FaultProxy, number: int, chance: random.Random) -> None:
    """A train: half a minute there, half a minute not, never alike."""
    if number % 3 == 0:
        proxy.switch(chance.choice([Mode.PASS, Mode.PASS, Mode.STALL, Mode.REFUSE]))
        proxy.throttle(150_000 * chance.uniform(0.2, 1.5))


def _rescued(proxy: FaultProxy, number: int, chance: random.Random) -> None:
    """Almost nothing for a third of an hour, then a telephone's hotspot."""
    if number % 5 == 0:
        proxy.throttle((12_000 if number < 120 else 600_000) * chance.uniform(0.7, 1.3))


LINES = (Line("steady", _steady), Line("dying", _dying), Line("flapping", _flapping), Line("rescued", _rescued))


def record(line: Line, seed: int) -> list[int]:
    """Bytes behind the proxy in each ``SAMPLE_S``."""
    chance, sink, over = random.Random(f"{seed}/{line.name}"), _Sink(), threading.Event()
    counts: list[int] = []
    with FaultProxy(sink.address) as proxy:
        sender = threading.Thread(target=_push, args=(proxy, over), daemon=True)
        sender.start()
        began, before = time.monotonic(), 0
        for number in range(SAMPLES):
            line.script(proxy, number, chance)
            time.sleep(max(0.0, began + (number + 1) * SAMPLE_S - time.monotonic()))
            taken = sink.taken
            counts.append(taken - before)
            before = taken
        over.set()
        sender.join(5)
    sink.close()
    return counts


def main() -> None:
    """Record all lines at once and keep them."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else SEED
    with ThreadPoolExecutor(len(LINES)) as side_by_side:
        found = dict(
            zip((line.name for line in LINES), side_by_side.map(lambda line: record(line, seed), LINES), strict=True)
        )
    KEPT.write_text(json.dumps({"seed": seed, "sample_s": SAMPLE_S, "bytes": found}) + "\n")


if __name__ == "__main__":
    main()
