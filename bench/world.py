"""The real programs, started as an operator would: center, syncd and recorder as ``zhishi`` commands.

Owns starting, asking, killing and stopping them, and waiting for what they say. Never reaches into their memory;
``Center.verified`` reads the center's database as a file.
"""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from center import admin
from center.config import CenterConfig
from domain.errors import NotRunning, ServiceError
from domain.identity import Identity, LinkKind, Track
from domain.wire.recorder import CaptureOrder, RecorderStatus, StopOrder
from domain.wire.syncd import EnrolReply, EnrolRequest, SyncStatus
from host.clock import SystemClock
from host.identity import new_id
from host.localapi import LocalClient
from host.machine import create_time
from host.paths import Home
from zhishi.programs import Program, start
from zhishi.stage import VirtualDesktop, talking_head_clip

T = TypeVar("T")
START_S = 60.0


def await_until(condition: Callable[[], T], seconds: float, what: str, poll_s: float = 0.02) -> T:
    """Poll until ``condition`` is true and answer it; raises ServiceError naming ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise ServiceError(f"not within {seconds:.0f} s: {what}")
        time.sleep(poll_s)
    return found


@dataclass(slots=True)
class Center:
    """``zhishi center`` over ``data``; after a kill it comes back on the same port.

    ``host``: the address it listens on; ``before``: what execs it (``nsenter …``).
    """

    data: Path
    environ: Mapping[str, str]
    port: int = 0
    program: Program | None = None
    host: str = "127.0.0.1"
    before: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers."""
        ready = self.data.parent / f"{self.data.name}.ready"
        ready.unlink(missing_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        arguments = ["--data", str(self.data), "--host", self.host, "--port", str(self.port)]
        arguments += ["--ready-file", str(ready)]
        self.program = start("center", arguments, self.environ, self.data.parent, self.before)
        program = self.program

        def told() -> str:
            program.must_live()
            return ready.read_text().strip() if ready.exists() else ""

        self.port = int(await_until(told, START_S, "center ready").rpartition(":")[2])

    def kill(self) -> None:
        """kill -9."""
        if self.program is not None:
            self.program.kill()

    def code(self, minutes: float = 240.0) -> str:
        """A one-time enrolment code of a fresh practice session that ends in ``minutes``."""
        now_ms, lasts_ms, batch = SystemClock().wall_ms(), int(minutes * 60_000), new_id()
        with admin.opened(CenterConfig(data=self.data)) as database:
            admin.create_project(database, "bench", "bench", practice=True)
            admin.create_batch(database, "bench", batch, now_ms + lasts_ms)
            return admin.create_session(database, "bench", batch, "0001", now_ms, lasts_ms).code

    def verified(self, session: str) -> dict[Identity, int]:
        """Center time (ms) at which each link of ``session`` was verified, from the center's own rows."""
        with closing(sqlite3.connect(f"file:{self.data / 'center.db'}?mode=ro", uri=True, timeout=10)) as db:
            rows = db.execute(
                "select device, track, run, kind, idx, finished_ms from upload"
                " where session = ? and state = 'verified'",
                (session,),
            ).fetchall()
        return {Identity(row[0], Track(row[1]), row[2], LinkKind(row[3]), row[4]): int(row[5]) for row in rows}

    def stored_under(self) -> Path:
        """The folder of the file store."""
        return self.data / "evidence"

    def __enter__(self) -> "Center":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self.program is not None:
            self.program.stop()


@dataclass(frozen=True, slots=True)
class Running:
    """One ffmpeg as the recorder tells of it."""

    track: Track
    run: str
    pid: int
    created: float


@dataclass(slots=True)
class Laptop:
    """A candidate's machine: a home, and the programs in it."""

    home: Home
    environ: Mapping[str, str]
    recorder_arguments: tuple[str, ...] = ()
    programs: dict[str, Program] = field(default_factory=dict)

    def start_syncd(self) -> Program:
        """Start and wait until it answers."""
        return self._start("syncd", (), self.sync)

    def start_recorder(self) -> Program:
        """Start and wait until it answers."""
        return self._start("recorder", self.recorder_arguments, self.recorder)

    def enrol(self, center: str, code: str) -> EnrolReply:
        """Become a device of the code's session; syncd runs."""
        client = LocalClient(self.home, "syncd", 30.0)
        return client.post("/enrol", EnrolRequest(center=center, code=code), EnrolReply)

    def record(self, session: str) -> None:
        """Begin recording with the first usable devices."""
        LocalClient(self.home, "recorder", 30.0).post("/record", CaptureOrder(session=session), RecorderStatus)

    def stop_recording(self, *, end: bool) -> None:
        """Stop; ``end``: the session is over."""
        LocalClient(self.home, "recorder", 60.0).post("/stop", StopOrder(end=end), RecorderStatus)

    def sync(self) -> SyncStatus | None:
        """What syncd says; None while it does not answer."""
        try:
            return LocalClient(self.home, "syncd").get("/status", SyncStatus)
        except NotRunning:
            return None

    def recorder(self) -> RecorderStatus | None:
        """What the recorder says; None while it does not answer."""
        try:
            return LocalClient(self.home, "recorder").get("/status", RecorderStatus)
        except NotRunning:
            return None

    def footage_flows(self) -> bool:
        """Both captures have an ffmpeg and a frame younger than two seconds."""
        status = self.recorder()
        if status is None or len(status.captures) < 2:
            return False
        return all(c.pid and c.frame_age_ms is not None and c.frame_age_ms < 2000 for c in status.captures)

    def captures(self) -> list["Running"]:
        """The ffmpeg of each track, camera first."""
        status = self.recorder()
        found = [(c, create_time(c.pid)) for c in status.captures if c.pid and c.run] if status else []
        running = [Running(Track(c.track), c.run or "", c.pid or 0, born) for c, born in found if born is not None]
        return sorted(running, key=lambda one: one.track)

    def ffmpeg_pids(self) -> dict[Track, int]:
        """The ffmpeg of each track, as the recorder tells."""
        status = self.recorder()
        return {Track(c.track): c.pid for c in status.captures if c.pid} if status else {}

    def stop(self) -> None:
        """End what runs, recorder first."""
        for name in ("recorder", "syncd"):
            if name in self.programs:
                self.programs.pop(name).stop()

    def _start(self, name: str, arguments: tuple[str, ...], ask: Callable[[], object]) -> Program:
        program = start(name, arguments, {**self.environ, "ZHISHI_HOME": str(self.home.root)}, self.home.logs)
        self.programs[name] = program

        def answers() -> bool:
            program.must_live()
            return ask() is not None

        await_until(answers, START_S, f"{name} answers")
        return program

    def __enter__(self) -> "Laptop":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def new_laptop(folder: Path, environ: Mapping[str, str], *, desktop: VirtualDesktop | None = None) -> Laptop:
    """A machine with its home in ``folder``; with ``desktop`` its screen, microphone and a clip as camera."""
    seen = {**environ, **(desktop.environ if desktop else {})}
    stand_ins = ("--stand-in", str(talking_head_clip()), "--monitor-as-microphone") if desktop else ()
    return Laptop(Home(folder).prepare(), seen, stand_ins)


@contextmanager
def recording_system(folder: Path, environ: Mapping[str, str]) -> Iterator[tuple[Center, Laptop, str]]:
    """Stage, center, syncd and recorder, enrolled, recording and footage flowing: (center, laptop, session)."""
    with (
        VirtualDesktop(environ) as desktop,
        Center(folder / "center", environ) as center,
        new_laptop(folder / "laptop", environ, desktop=desktop) as laptop,
    ):
        laptop.start_syncd()
        session = laptop.enrol(center.url, center.code()).session
        laptop.start_recorder()
        laptop.record(session)
        await_until(laptop.footage_flows, START_S, "footage of both tracks")
        yield center, laptop, session


def kill_pid(pid: int) -> None:
    """kill -9 of a process that is not our child; one that is gone already stays gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
