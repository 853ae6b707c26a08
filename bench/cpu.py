"""CPU time of processes, as the kernel counts it (user + system), and resident memory."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds and wall seconds between two looks."""

    cpu_s: float
    wall_s: float

    @property
    def percent(self) -> float:
        """Of one core."""
        return 100 * self.cpu_s / self.wall_s


def use_over(pids: Iterable[int], seconds: float) -> dict[int, Used]:
    """What each process of ``pids`` used itself within ``seconds``; one that ends meanwhile raises NoSuchProcess."""
    processes = [psutil.Process(pid) for pid in pids]
    before = [(_spent(process), time.monotonic()) for process in processes]
    time.sleep(seconds)
    after = [(_spent(process), time.monotonic()) for process in processes]
    return {
        process.pid: Used(then[0] - now[0], then[1] - now[1])
        for process, now, then in zip(processes, before, after, strict=True)
    }


def tree(pid: int) -> list[int]:
    """``pid`` and everything below it."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def resident_mb(pid: int) -> float:
    """Resident memory in MB (10**6 bytes) of ``pid`` and its children together; shared pages count for each."""
    return sum(psutil.Process(each).memory_info().rss for each in tree(pid)) / 1e6


def _spent(process: psutil.Process) -> float:
    """Its own time and that of children it has waited for: short-lived ones (pactl) count too."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
