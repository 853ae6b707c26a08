"""The machines of one run: a laptop and a center on small disks, on a line, with their programs and their clocks.

Owns starting, killing and tending them: what should run and does not is started again, as a service manager and the
candidate's window do. What goes wrong is ``acts``' business, what must be true ``invariants``'.
"""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from center import admin
from domain.errors import ZhishiError
from domain.identity import Identity
from domain.wire.recorder import CaptureOrder, RecorderStatus, StopOrder
from domain.wire.syncd import CloseRequest, EnrolReply, EnrolRequest, SyncStatus
from host.identity import new_id
from host.localapi import LocalClient
from host.paths import Home
from tests.faults.books import CenterBooks
from tests.faults.disks import Disk, small_disk
from tests.faults.feigned import FeignedClock
from tests.faults.line import Line
from tests.faults.plan import Ending, Plan, Recorder
from tests.support.center import center_config
from tests.support.hatchery import Hatched, Hatchery
from tests.support.syncing import QUICK
from tests.support.waiting import wait_until

SYNCD = {**QUICK, "look_every_s": 0.5, "grace_s": 2.0}
CENTER = {"body_idle_s": 4.0, "takeover_s": 4.0, "min_free_bytes": 1 << 20}
_HOUR_MS = 3_600_000
_AGAIN_S = 0.3  # a service manager's pause before it starts a program again
_LAPTOP_MIB, _CENTER_MIB = 48, 64


@dataclass(slots=True)
class World:
    """Everything of one run. ``wanted`` names the programs that should run now."""

    plan: Plan
    folder: Path
    hatchery: Hatchery
    line: Line
    tape: Path
    laptop_disk: Disk
    center_disk: Disk
    laptop_clock: FeignedClock
    center_clock: FeignedClock
    session: str = ""
    device: str = ""
    end_ms: int = 0
    wanted: set[str] = field(default_factory=set)
    running: dict[str, Hatched] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)  # what was seen that must never be
    notes: list[str] = field(default_factory=list)
    extra: list[Hatched] = field(default_factory=list)  # syncd started beside the one that runs
    foreign_verified: set[Identity] = field(default_factory=set)  # before another center took this one's place
    _port: int = 0
    _dead_since: dict[str, float] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """The laptop's."""
        return Home(self.laptop_disk.folder / "home")

    @property
    def center_data(self) -> Path:
        """The center's."""
        return self.center_disk.folder / "data"

    @property
    def books(self) -> CenterBooks:
        """What the center has written down."""
        return CenterBooks(self.center_data)

    @property
    def told(self) -> Path:
        """What the recorder's tape wrote, told beside the small disk."""
        return self.folder / "told.txt"

    def start(self, name: str) -> None:
        """Start one program; it may still end at once."""
        logs = self.folder / f"{name}.log"
        if name == "center":
            self.running[name] = self.hatchery.hatch(
                "tests.faults.programs:center", logs, self.line.center, data=str(self.center_data),
                clock=str(self.folder / "center.clock"), port=self._port, ready=str(self.folder / "ready"),
                settings=CENTER,
            )  # fmt: skip
        elif name == "recorder":
            self._start_recorder(logs)
        else:
            self.running[name] = self.start_syncd(logs)
        self._dead_since.pop(name, None)

    def start_syncd(self, logs: Path, *, patient: bool = False) -> Hatched:
        """One more syncd of this home."""
        return self.hatchery.hatch(
            "tests.faults.programs:syncd", logs, None, home=str(self.home.root),
            clock=str(self.folder / "laptop.clock"), settings=SYNCD, patient=patient,
        )  # fmt: skip

    def kill(self, name: str) -> None:
        """kill -9, and leave it dead until it is wanted again."""
        self.wanted.discard(name)
        if name in self.running:
            self.running.pop(name).kill()

    def want(self, name: str) -> None:
        """It should run from now on."""
        self.wanted.add(name)
        if name not in self.running:
            self._try_start(name)

    def tend(self) -> None:
        """Start again what ended by itself."""
        for name in self.wanted:
            program = self.running.get(name)
            if program is not None and program.alive():
                continue
            since = self._dead_since.setdefault(name, time.monotonic())
            if time.monotonic() - since >= _AGAIN_S:
                self._try_start(name)

    def _try_start(self, name: str) -> None:
        try:
            self.start(name)
        except OSError as why:  # its log cannot be made on a full disk: again later
            self.notes.append(f"{name}: {why}")
            self._dead_since[name] = time.monotonic()

    def center_answers(self) -> None:
        """Wait for the first start; afterwards it comes back at the same port."""
        ready = self.folder / "ready"

        def told() -> bool:
            self.running["center"].must_live()
            return ready.exists()

        wait_until(told, 30.0, "center serves", poll=0.01)
        self._port = int(ready.read_text().rpartition(":")[2])
        self.line.lead_to(self._port)

    def ask(self, path: str = "/status", body: Any = None) -> SyncStatus | None:
        """What syncd answers; None while it does not."""
        client = LocalClient(self.home, "syncd", 5.0)
        try:
            return client.get(path, SyncStatus) if body is None else client.post(path, body, SyncStatus)
        except (ZhishiError, OSError):
            return None

    def enrol(self) -> None:
        """A session at the center, and this laptop in it; the recorder begins."""
        now, plan = self.center_clock.wall_ms(), self.plan
        lasts_ms = int(plan.lasts_s * 1000) + 1500 if plan.ending is Ending.SCHEDULE else _HOUR_MS
        self.end_ms = now + lasts_ms
        with admin.opened(center_config(self.center_data)) as database:
            project, batch = f"faults-{plan.window_ms}", new_id()
            admin.create_project(database, project, project, practice=True, window_ms=plan.window_ms)
            admin.create_batch(database, project, batch, self.end_ms)
            code = admin.create_session(database, project, batch, "0001", now, _HOUR_MS).code
        wait_until(lambda: self.ask() is not None, 30.0, "syncd answers")
        order = EnrolRequest(center=self.line.url, code=code)

        def enrolled() -> EnrolReply:
            try:
                return LocalClient(self.home, "syncd", 20.0).post("/enrol", order, EnrolReply)
            except ZhishiError as why:  # a machine that is busy elsewhere: the same code again gives the same device
                raise AssertionError(str(why)) from why

        reply = wait_until(enrolled, 30.0, "enrolled", poll=0.2)
        self.session, self.device = reply.session, reply.device

    def end_recording(self) -> None:
        """No more footage: as the plan says who says so."""
        self.wanted.discard("recorder")
        recorder = self.running.get("recorder")
        if self.plan.ending is Ending.ORDER and recorder is not None and recorder.alive():
            if self.plan.recorder is Recorder.TAPE:
                os.kill(recorder.pid, signal.SIGTERM)
            else:
                with suppress(ZhishiError):
                    LocalClient(self.home, "recorder", 30.0).post("/stop", StopOrder(end=True), RecorderStatus)
                    self.kill("recorder")
        else:
            self.kill("recorder")

    def close(self) -> None:
        """A person says that no more will come, until it was heard. The recorder is dead, or finishing by itself."""
        recorder = self.running.get("recorder")
        if recorder is not None and recorder.alive():
            return
        if self.plan.ending is Ending.SCHEDULE or (self.home.spool / "sessions" / self.session / "ended.json").exists():
            return
        self.ask("/close", CloseRequest(session=self.session))

    def _start_recorder(self, logs: Path) -> None:
        clock = str(self.folder / "laptop.clock")
        if self.plan.recorder is Recorder.TAPE:
            self.running["recorder"] = self.hatchery.hatch(
                "tests.faults.player:record", logs, None, home=str(self.home.root), clock=clock,
                session=self.session, device=self.device, tape=str(self.tape), told=str(self.told),
            )  # fmt: skip
            return
        self.running["recorder"] = self.hatchery.hatch(
            "tests.faults.programs:recorder", logs, None, home=str(self.home.root), clock=clock
        )

    def order_footage(self) -> None:
        """The real recorder is told to record; the order stands from then on."""
        if self.plan.recorder is Recorder.FFMPEG:
            order = CaptureOrder(session=self.session)

            def taken() -> bool:
                self.tend()
                with suppress(ZhishiError):
                    LocalClient(self.home, "recorder", 20.0).post("/record", order, RecorderStatus)
                    return True
                return False

            wait_until(taken, 40.0, "the recorder records")

    def end_all(self) -> None:
        """Nothing runs any more."""
        self.wanted.clear()
        for name in list(self.running):
            self.kill(name)
        for program in self.extra:
            program.kill()


@contextmanager
def new_world(plan: Plan, folder: Path, hatchery: Hatchery, line: Line, tape: Path) -> Iterator[World]:
    """A fresh laptop and a fresh center, running and enrolled; all gone afterwards except the logs in ``folder``."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        world = World(
            plan, folder, hatchery, line, tape,
            stack.enter_context(small_disk(folder / "laptop", _LAPTOP_MIB)),
            stack.enter_context(small_disk(folder / "center", _CENTER_MIB)),
            FeignedClock.make(folder / "laptop.clock", plan.wall_off_ms),
            FeignedClock.make(folder / "center.clock"),
        )  # fmt: skip
        stack.callback(line.heal)
        stack.callback(world.end_all)
        world.home.prepare()
        world.want("center")
        world.want("syncd")
        world.center_answers()
        world.enrol()
        world.want("recorder")
        world.order_footage()
        yield world


def copy_tree(source: Path, target: Path) -> None:
    """Replace ``target`` by a copy of ``source``."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
