"""run.json: what must be known of a run after everything that made it is dead."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from domain.errors import SpoolUnreadable
from domain.identity import Track
from host.centertime import CenterTime
from host.clock import Moment
from host.durable import read_json, write_json

RUN_NAME = "run.json"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One ffmpeg life.

    ``started`` is the moment of its start by all clocks; ``pid`` and ``create_time`` (seconds, as psutil tells) name
    the process; ``zero_boot_ns`` is the boot-time clock at media time 0, once known; ``argv`` what was run.
    ``limit_ms``: footage beyond this point of the media clock is filling, not footage (a stall, a sleep, a clock step
    was found there); None while all of it is honest.
    """

    run: str
    track: Track
    started: Moment
    pid: int
    create_time: float
    zero_boot_ns: int | None
    argv: tuple[str, ...]
    limit_ms: int | None = None

    def with_limit(self, limit_ms: int) -> "RunRecord":
        """The same run, honest only up to ``limit_ms`` of its media clock."""
        return replace(self, limit_ms=limit_ms)

    def with_zero(self, boot_ns: int) -> "RunRecord":
        """The same run with media time 0 known."""
        return replace(self, zero_boot_ns=boot_ns)

    def moment(self, media_ms: int, center_time: CenterTime) -> Moment:
        """The moment at which this run's media clock showed ``media_ms``.

        In the boot of the run: by today's best knowledge of center time. After a reboot: by what was known at its
        start. While media time 0 is unknown the start of the process stands in for it.
        """
        zero = self.started.boot_ns if self.zero_boot_ns is None else self.zero_boot_ns
        boot_ns = max(0, zero + media_ms * 1_000_000)
        if self.started.boot_id == center_time.clock.boot_id():
            return center_time.at(boot_ns)
        return self.started.later((boot_ns - self.started.boot_ns) // 1_000_000)

    def save(self, run_dir: Path) -> None:
        """Write run.json durably."""
        started = self.started
        write_json(
            run_dir / RUN_NAME,
            {
                "run": self.run,
                "track": self.track.value,
                "started": {
                    "boot_id": started.boot_id,
                    "boot_ns": started.boot_ns,
                    "center_ms": started.center_ms,
                    "center_est": started.center_est,
                    "wall_ms": started.wall_ms,
                },
                "pid": self.pid,
                "create_time": self.create_time,
                "zero_boot_ns": self.zero_boot_ns,
                "argv": list(self.argv),
                "limit_ms": self.limit_ms,
            },
        )

    @staticmethod
    def load(run_dir: Path) -> "RunRecord":
        """Read run.json; raises SpoolUnreadable naming it."""
        path = run_dir / RUN_NAME
        raw: Any = read_json(path)
        try:
            started, zero, limit = raw["started"], raw["zero_boot_ns"], raw.get("limit_ms")
            return RunRecord(
                run=str(raw["run"]),
                track=Track(raw["track"]),
                started=Moment(
                    str(started["boot_id"]),
                    int(started["boot_ns"]),
                    int(started["center_ms"]),
                    bool(started["center_est"]),
                    int(started["wall_ms"]),
                ),
                pid=int(raw["pid"]),
                create_time=float(raw["create_time"]),
                zero_boot_ns=None if zero is None else int(zero),
                argv=tuple(str(word) for word in raw["argv"]),
                limit_ms=None if limit is None else int(limit),
            )
        except (KeyError, TypeError, ValueError) as why:
            raise SpoolUnreadable(f"{path}: {why!r}") from why
