"""The recorder as the flow needs it: monitored, recording or at rest, by what the facts demand.

Owns the orders to the recorder and the newest view of it. Which mode is due is a pure function (``due``). A recorder
that died is started again; its own standing order then makes it go on by itself.
"""

import threading
from enum import Enum

from domain.errors import NoDevice, NotRunning, ZhishiError
from domain.stage import Stage
from domain.status import RecorderMode
from domain.wire.recorder import (
    CaptureOrder,
    DeviceEntry,
    DevicesAnswer,
    RecorderStatus,
    StopOrder,
    TrialOrder,
    TrialStatus,
)
from host.localapi import LocalClient
from ui.facts import Facts, Picked
from ui.launcher import Launcher

NAME = "recorder"
_ORDER_S = 30.0
_LIST_EVERY = 20  # steps between two listings of the devices while they are looked at


class Due(Enum):
    """What the recorder should be doing."""

    REST = "rest"
    MONITOR = "monitor"
    RECORD = "record"
    STOP = "stop"  # it records a session that is over


def due(stage: Stage, facts: Facts, mode: RecorderMode | None, recording: str | None) -> Due:
    """``recording`` is the session the recorder records, in ``mode``. Another session's recording is left alone."""
    situation = facts.situation()
    if facts.session is not None and situation.entered:
        if not (situation.ended or stage is Stage.END):
            return Due.RECORD
        return Due.STOP if mode is RecorderMode.RECORD and recording == facts.session else Due.REST
    if mode is RecorderMode.RECORD:
        return Due.REST
    return Due.MONITOR if stage in (Stage.DEVICES, Stage.LOGIN) else Due.REST


class Recording:
    """``step`` is called by one thread; everything else by any."""

    def __init__(self, client: LocalClient, launcher: Launcher) -> None:
        self._quick = client
        self._client = client.patient(_ORDER_S)
        self._launcher = launcher
        self._turn = threading.Lock()
        self._steps = 0
        self._list_now = True
        self.status: RecorderStatus | None = None
        self.devices: list[DeviceEntry] | None = None
        self.trial = TrialStatus(state="none")
        self.error: ZhishiError | None = None

    @property
    def mode(self) -> RecorderMode | None:
        """What it does now; None while it cannot be reached."""
        return None if self.status is None else RecorderMode(self.status.mode)

    def look(self) -> None:
        """Read its status anew."""
        try:
            self.status = self._quick.get("/status", RecorderStatus)
        except NotRunning:
            self.status = None

    def step(self, stage: Stage, facts: Facts, *, looking: bool) -> None:
        """Bring the recorder to what is due; with ``looking`` its devices are listed now and then."""
        with self._turn:
            try:
                self._launcher.ensure(NAME)
                self.look()
                self._steer(stage, facts)
                if looking and (self._list_now or self._steps % _LIST_EVERY == 0):
                    self._list_now = False
                    self.devices = self._client.get("/devices", DevicesAnswer).devices
                if self.trial.state in ("recording", "making"):
                    self.trial = self._quick.get("/trial", TrialStatus)
                self.error = None
            except ZhishiError as why:
                self.error = why
            self._steps += 1

    def list_again(self) -> None:
        """刷新设备: list the devices at the next step."""
        self._list_now = True

    def switch(self, picked: Picked) -> None:
        """Use these devices now. Raises NoDevice, NotRunning."""
        with self._turn:
            if self.mode in (RecorderMode.MONITOR, RecorderMode.RECORD):
                self.status = self._client.post("/switch", _order(picked, None), RecorderStatus)

    def try_recording(self) -> None:
        """The five-second test recording. Raises BadInput, NotRunning."""
        with self._turn:
            self.trial = self._client.post("/trial", TrialOrder(), TrialStatus)

    def trial_webm(self) -> bytes:
        """The test recording. Raises BadInput when there is none."""
        return self._client.fetch("GET", "/trial.webm").content

    def screen_seen(self) -> bool:
        """A picture of the screen can be had. Raises the DeviceError that stands in the way, NotRunning."""
        return bool(self._client.fetch("GET", "/screen.jpg").content)

    def _steer(self, stage: Stage, facts: Facts) -> None:
        status = self.status
        what = due(stage, facts, self.mode, status.session if status else None)
        if what is Due.RECORD and self.mode is not RecorderMode.RECORD:
            self._record(facts)
        elif what is Due.MONITOR and self.mode is RecorderMode.IDLE and self.trial.state not in ("recording", "making"):
            self.status = self._client.post("/monitor", self._wanted(facts.picked, None), RecorderStatus)
        elif what is Due.STOP:
            self.status = self._client.post("/stop", StopOrder(end=True), RecorderStatus)
        elif what is Due.REST and self.mode is RecorderMode.MONITOR:
            self.status = self._client.post("/stop", StopOrder(), RecorderStatus)

    def _record(self, facts: Facts) -> None:
        try:
            self.status = self._client.post("/record", _order(facts.picked, facts.session), RecorderStatus)
        except NoDevice:  # a chosen device is gone: whatever is there records; the person is told by the device list
            self.status = self._client.post("/record", CaptureOrder(session=facts.session), RecorderStatus)

    def _wanted(self, picked: Picked, session: str | None) -> CaptureOrder:
        """The chosen devices as far as they are there (monitoring shows what there is)."""
        self.devices = self._client.get("/devices", DevicesAnswer).devices
        there = {device.id for device in self.devices if device.usable}
        return CaptureOrder(
            session=session, **{kind: wish for kind, wish in picked.model_dump().items() if wish in there}
        )


def _order(picked: Picked, session: str | None) -> CaptureOrder:
    return CaptureOrder(session=session, camera=picked.camera, microphone=picked.microphone, screen=picked.screen)
