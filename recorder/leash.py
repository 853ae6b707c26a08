"""ffmpeg must not outlive the recorder: measured, a killed parent leaves it recording alone for ever.

Linux: ``prctl(PR_SET_PDEATHSIG)`` in the child between fork and exec asks the kernel to send a signal when the
thread that forked it dies (the event loop's thread, which lives as long as the process). SIGTERM, not SIGKILL: ffmpeg
then still writes its last fragment. libc is loaded beforehand, so the child makes two plain system calls and no more.
Windows: a Job Object with KILL_ON_JOB_CLOSE; the kernel closes the job with our last handle. macOS has neither: there
the next holder of the sealing lock ends the orphan by pid and create time, as everywhere.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    _libc = ctypes.CDLL(None)

    def before_exec() -> Callable[[], None] | None:
        """What the child runs before exec."""
        parent = os.getpid()

        def tie() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:  # the parent died before the signal was asked for
                os._exit(1)

        return tie

    def after_start(pid: int) -> None:
        """Nothing more to do."""

elif sys.platform == "win32":
    _KILL_ON_JOB_CLOSE = 0x2000
    _EXTENDED_LIMIT_INFORMATION = 9
    _PROCESS_SET_QUOTA_AND_TERMINATE = 0x0101

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("per_process_time", ctypes.c_int64),
            ("per_job_time", ctypes.c_int64),
            ("flags", ctypes.c_uint32),
            ("min_working_set", ctypes.c_size_t),
            ("max_working_set", ctypes.c_size_t),
            ("active_processes", ctypes.c_uint32),
            ("affinity", ctypes.c_size_t),
            ("priority_class", ctypes.c_uint32),
            ("scheduling_class", ctypes.c_uint32),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("basic", _BasicLimits),
            ("io_counters", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        )

    def _make_job() -> int:
        kernel = ctypes.windll.kernel32
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        job = int(kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.basic.flags = _KILL_ON_JOB_CLOSE
        kernel.SetInformationJobObject(
            ctypes.c_void_p(job), _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        return job

    _job = _make_job()

    def before_exec() -> Callable[[], None] | None:
        """Nothing before."""
        return None

    def after_start(pid: int) -> None:
        """Put the new process into the job."""
        kernel = ctypes.windll.kernel32
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = ctypes.c_void_p(kernel.OpenProcess(_PROCESS_SET_QUOTA_AND_TERMINATE, False, pid))
        kernel.AssignProcessToJobObject(ctypes.c_void_p(_job), handle)
        kernel.CloseHandle(handle)

else:

    def before_exec() -> Callable[[], None] | None:
        """Nothing: this system has no leash."""
        return None

    def after_start(pid: int) -> None:
        """Nothing: this system has no leash."""
