"""The candidate's laptop in the lab, and the center beside it: what is done there and what is asked.

Composition of ``machine`` (the power), the guest's desk (orders) and ``center`` (outside the guest).
"""

import time
from dataclasses import dataclass, field
from typing import Any

from bench.world import await_until
from domain.identity import Track
from domain.seal import Seal, parse_seal
from tests.lab.center import LabCenter
from tests.lab.guesttime import GuestFailed
from tests.lab.machine import HOST, Machine
from tests.lab.recipe import USER
from tests.lab.verdict import VIDEO, Chains, chains_of

SERVICE_S, FLOW_S, SENT_S, _LONG_S = 300.0, 400.0, 400.0, 300.0  # of our time: the guest's may go slower


@dataclass(slots=True)
class Laptop:
    """A machine with the product installed; ``center`` runs outside of it."""

    machine: Machine
    center: LabCenter
    session: str = ""
    device: str = ""
    notes: dict[str, float] = field(default_factory=dict)

    def install_service(self) -> None:
        """As a user would; lingering is set by whoever administrates the machine, as the command advises."""
        self.root("systemctl", "start", "user@1000.service")
        self.user("zhishi", "service", "install")
        self.root("loginctl", "enable-linger", USER)

    def enrol(self) -> None:
        """Become the device of a new session."""
        self.sync()
        asked = {"center": f"http://{HOST}:{self.center.port}", "code": self.center.code()}
        answer = self._call("syncd", "POST", "/enrol", asked)
        self.session, self.device = answer["session"], answer["device"]

    def open_window(self) -> None:
        """What the candidate's window does first: it starts the recorder, which goes on with a standing order."""
        done = self.machine.ask("start", _LONG_S, name="recorder")
        if done["code"] != 0:
            raise GuestFailed(f"the recorder does not start: {done['words'][-1500:]}")

    def record(self) -> None:
        """What the window orders when the candidate enters."""
        self._call("recorder", "POST", "/record", {"session": self.session})

    def end(self) -> None:
        """What the window orders when the candidate ends the interview."""
        self._call("recorder", "POST", "/stop", {"end": True})

    def _call(self, name: str, method: str, path: str, body: Any = None) -> Any:
        return self.machine.ask("call", _LONG_S, name=name, method=method, path=path, body=body)

    def flowing(self) -> bool:
        """Both tracks give footage that is at most two seconds old."""
        told = self.captures()
        return len(told) == 2 and all(
            one["health"] == "healthy" and one["frame_age_ms"] is not None and one["frame_age_ms"] < 2000
            for one in told.values()
        )

    def captures(self) -> dict[Track, dict[str, Any]]:
        """What the recorder says of each track."""
        told = self._call("recorder", "GET", "/status")
        return {Track(one["track"]): one for one in told["captures"]} if told else {}

    def await_footage(self) -> None:
        """Until both tracks flow."""
        self._await(self.flowing, FLOW_S, "footage of both tracks")

    def sync(self) -> dict[str, Any]:
        """What syncd says, once it runs."""
        told: dict[str, Any] = self._await(lambda: self._call("syncd", "GET", "/status"), SERVICE_S, "syncd answers")
        return told

    def spool(self) -> tuple[Chains, list[tuple[str, int]]]:
        """The chains on the laptop's disk, and the segments without a seal with their bytes of whole fragments."""
        told = self.machine.ask("seals", session=self.session)
        seals = [parse_seal(text.encode()) for track in told.values() for text in track["seals"]]
        unsealed = [(path, size) for track in told.values() for path, size in track["open"]]
        return chains_of(seals), unsealed

    def counted(self) -> dict[Track, int]:
        """Sealed segments by the recorder's own count."""
        return {track: one["segments"] for track, one in self.captures().items()}

    def at_center(self) -> dict[str, Seal]:
        """What the center has verified, by hash."""
        return self.center.verified(self.session)

    def settled(self) -> bool:
        """syncd has salvaged what can be, and the center holds every link there is on the laptop."""
        chains, unsealed = self.spool()
        here = {seal.hash() for track in VIDEO for seal in chains.get(track, ())}
        return bool(here) and not any(whole for _, whole in unsealed) and here <= self.at_center().keys()

    def await_settled(self) -> None:
        """Until nothing is left to be done."""
        self._await(self.settled, SENT_S, "the center holds every link of the laptop")

    def root(self, *command: str) -> str:
        """Run as root in the guest; raises GuestFailed unless it ends with 0."""
        return self._run("root", command)

    def user(self, *command: str) -> str:
        """Run as the candidate."""
        return self._run("user", command)

    def _run(self, who: str, command: tuple[str, ...]) -> str:
        done = self.machine.ask(who, _LONG_S, command=list(command))
        if done["code"] != 0:
            raise GuestFailed(f"{' '.join(command)} ended with {done['code']}: {done['words'][-1500:]}")
        return str(done["words"])

    def await_true(self, condition: Any, what: str, seconds: float = FLOW_S) -> Any:
        """What ``condition`` answers once that is true; raises ServiceError naming ``what``."""
        return self._await(condition, seconds, what)

    def _await(self, condition: Any, seconds: float, what: str, poll_s: float = 2.0) -> Any:
        began = time.monotonic()
        try:
            return await_until(condition, seconds, what, poll_s)
        finally:
            self.notes[what] = time.monotonic() - began
