"""Facts about this machine and its processes (psutil)."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from host.durable import translate

_CREATE_SLACK_S = 1.0  # create times are told with the precision of a clock tick


def disk_free(path: Path) -> int:
    """Bytes this user may still write where ``path`` lies; raises StorageError."""
    with translate(path):
        return shutil.disk_usage(path).free


@dataclass(frozen=True, slots=True)
class Carrier:
    """A folder to which files can be written that are to be carried: its name for people and the room in bytes."""

    path: str
    name: str
    free_bytes: int
    removable: bool


def carriers(home: Path) -> list[Carrier]:
    """Sticks and other disks that were plugged in, and last the folder for downloads (or ``home`` without one).

    What cannot be written to is left out. A network drive is never touched: one that is gone would hang.
    """
    own = next((home / name for name in ("Downloads", "下载") if (home / name).is_dir()), home)
    found = [(place, True) for place in _removable()] + [(own, False)]
    usable: list[Carrier] = []
    for place, removable in found:
        try:
            if os.access(place, os.W_OK):
                usable.append(Carrier(str(place), place.name or str(place), shutil.disk_usage(place).free, removable))
        except OSError:
            continue  # pulled out at this very moment
    return usable


def _removable() -> list[Path]:
    if sys.platform == "win32":
        return [Path(disk.mountpoint) for disk in psutil.disk_partitions() if "removable" in disk.opts]
    roots = ("/Volumes/",) if sys.platform == "darwin" else ("/media/", "/run/media/", "/mnt/")
    return [Path(disk.mountpoint) for disk in psutil.disk_partitions() if disk.mountpoint.startswith(roots)]


def network_addresses() -> frozenset[tuple[str, str]]:
    """(interface, address) of every interface that is up, loopback left out."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    return frozenset(
        (name, entry.address)
        for name, entries in psutil.net_if_addrs().items()
        if name in up and name != "lo"
        for entry in entries
        if entry.family.name in ("AF_INET", "AF_INET6")
    )


def create_time(pid: int) -> float | None:
    """When process ``pid`` was created; None when there is none (a zombie is none).

    On Linux in seconds since boot: psutil's seconds since the epoch move with the wall clock there, so that after a
    clock step no process would be recognised. Elsewhere seconds since the epoch, as the system recorded them.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if sys.platform == "linux":
            return _since_boot(pid)
        else:  # noqa: RET505 -- the type checker reads one platform at a time
            return process.create_time()
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return None


if sys.platform == "linux":

    def _since_boot(pid: int) -> float:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return int(fields[19]) / os.sysconf("SC_CLK_TCK")  # proc(5): starttime, the 20th after the command's name


def process_alive(pid: int, created: float) -> bool:
    """The very process that was created then still lives (pids are used again)."""
    now = create_time(pid)
    return now is not None and abs(now - created) < _CREATE_SLACK_S


def end_process(pid: int, created: float, wait_s: float = 5.0) -> bool:
    """Kill that very process and wait until it is gone; False when it was gone already."""
    if not process_alive(pid, created):
        return False
    try:
        process = psutil.Process(pid)
        process.kill()
        process.wait(wait_s)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return not process_alive(pid, created)
    return True
