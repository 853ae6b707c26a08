"""This machine's clocks.

The boot-time clock runs during sleep and never steps; it is kept with the boot's id. The wall clock is recorded,
never trusted. (Python's ``time.monotonic`` stops in sleep on Linux and macOS, so it is not used for times that matter.)
"""

import ctypes
import functools
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant by all clocks: nanoseconds of boot time, milliseconds since the epoch for the others."""

    boot_id: str
    boot_ns: int
    center_ms: int
    center_est: bool
    wall_ms: int

    def later(self, ms: int) -> "Moment":
        """The instant ``ms`` milliseconds later (earlier when negative; boot time stops at 0)."""
        return Moment(
            self.boot_id,
            max(0, self.boot_ns + ms * 1_000_000),
            self.center_ms + ms,
            self.center_est,
            self.wall_ms + ms,
        )

    def ms_since(self, earlier: "Moment") -> int:
        """Milliseconds from ``earlier`` to here: by boot time within one boot, else by center time."""
        if self.boot_id == earlier.boot_id:
            return (self.boot_ns - earlier.boot_ns) // 1_000_000
        return self.center_ms - earlier.center_ms


class Clock(Protocol):
    """What programs are handed instead of reading clocks themselves."""

    def boot_id(self) -> str:
        """Names this boot of this machine."""
        ...

    def boot_ns(self) -> int:
        """Nanoseconds since boot, sleep included."""
        ...

    def wall_ms(self) -> int:
        """The wall clock in milliseconds since the epoch."""
        ...


class SystemClock:
    """The real clocks: CLOCK_BOOTTIME, mach_continuous_time or GetTickCount64."""

    def boot_id(self) -> str:
        """Names this boot of this machine."""
        return _boot_id()

    def boot_ns(self) -> int:
        """Nanoseconds since boot, sleep included."""
        return _boot_ns()

    def wall_ms(self) -> int:
        """The wall clock in milliseconds since the epoch."""
        return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Discipline:
    """Whether something keeps the wall clock right, and how wrong it may be at most, as the kernel reckons."""

    synchronised: bool
    error_ms: float


if sys.platform == "linux":

    class _Timex(ctypes.Structure):
        """The beginning of ``struct timex`` (adjtimex(2)); the kernel writes all of it."""

        _fields_ = (
            ("modes", ctypes.c_uint),
            ("offset", ctypes.c_long),
            ("freq", ctypes.c_long),
            ("maxerror", ctypes.c_long),
            ("esterror", ctypes.c_long),
            ("status", ctypes.c_int),
            ("rest", ctypes.c_byte * 256),
        )

    _UNSYNCHRONISED = 0x0040  # STA_UNSYNC

    def discipline() -> Discipline | None:
        """What the kernel knows of the wall clock; None where it does not say."""
        read = _Timex()
        if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(read)) < 0:
            return None
        return Discipline(not read.status & _UNSYNCHRONISED, read.maxerror / 1000)

    def _boot_ns() -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    @functools.cache
    def _boot_id() -> str:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()

elif sys.platform == "darwin":

    def discipline() -> Discipline | None:
        """macOS does not say."""
        return None

    class _Timebase(ctypes.Structure):
        _fields_ = (("numer", ctypes.c_uint32), ("denom", ctypes.c_uint32))

    _libc = ctypes.CDLL(None)
    _libc.mach_continuous_time.restype = ctypes.c_uint64

    @functools.cache
    def _timebase() -> tuple[int, int]:
        base = _Timebase()
        _libc.mach_timebase_info(ctypes.byref(base))
        return base.numer, base.denom

    def _boot_ns() -> int:
        numer, denom = _timebase()
        return int(_libc.mach_continuous_time()) * numer // denom

    @functools.cache
    def _boot_id() -> str:
        size = ctypes.c_size_t(64)
        name = ctypes.create_string_buffer(64)
        _libc.sysctlbyname(b"kern.bootsessionuuid", name, ctypes.byref(size), None, 0)
        return name.value.decode().lower()

else:

    def discipline() -> Discipline | None:
        """Windows does not say."""
        return None

    def _boot_ns() -> int:
        kernel = ctypes.windll.kernel32
        kernel.GetTickCount64.restype = ctypes.c_uint64
        return int(kernel.GetTickCount64()) * 1_000_000

    @functools.cache
    def _boot_id() -> str:
        import winreg

        place = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return f"windows-{winreg.QueryValueEx(key, 'BootId')[0]}"
