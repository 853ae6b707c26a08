"""Asking the center anything but tus: enrolment, tokens, the session's truth, end, manifest, seals.

Every answer that tells center time teaches it (``host.centertime``). Never decides what to do about an answer.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from domain.errors import CenterUnknown, SignatureInvalid, TokenRefused
from domain.signature import CHALLENGE_TYP, CenterKeys
from domain.wire import Wire as Message
from domain.wire.center import (
    API,
    ChallengeAnswer,
    ChallengeOrder,
    EndOrder,
    EnrolAnswer,
    EnrolOrder,
    KeysBody,
    ManifestAnswer,
    ManifestOrder,
    SealsAnswer,
    SessionView,
    TimeAnswer,
    TokenAnswer,
    TokenOrder,
)
from host.centertime import CenterTime
from syncd.answers import read_json
from syncd.keyring import DeviceKey
from syncd.transport import Wire

M = TypeVar("M", bound=BaseModel)
_TOKEN_MARGIN_MS = 60_000
_REFUSED_FIRST_S = 5.0
_REFUSED_MOST_S = 300.0


class CenterClient:
    """One center, asked over one wire; requests of several threads take turns.

    ``heard`` is told how long (s) the center took to answer each look at a session: the line's own delay included.
    """

    def __init__(
        self, url: str, wire: Wire, center_time: CenterTime, heard: Callable[[float], None] = lambda _s: None
    ) -> None:
        self.url = url.rstrip("/")
        self._heard = heard
        self._wire = wire
        self._time = center_time
        self._turn = threading.Lock()

    def enrol(self, order: EnrolOrder) -> EnrolAnswer:
        """A one-time code makes this device one of a session."""
        answer, before, after = self._ask("POST", "/enrolments", EnrolAnswer, order)
        self._learn(answer.center_ms, before, after)
        return answer

    def keys(self) -> CenterKeys:
        """The center's keys as it tells them now; raises CenterUnknown when they are none."""
        try:
            return CenterKeys.from_dict(self._ask("GET", "/keys", KeysBody)[0].model_dump())
        except SignatureInvalid as why:
            raise CenterUnknown(f"{self.url}: {why.detail}") from why

    def probe(self) -> None:
        """Is the center there? Asks its time and learns it; raises what stands in the way."""
        answer, before, after = self._ask("GET", "/time", TimeAnswer)
        self._learn(answer.center_ms, before, after)

    def token(self, device: DeviceKey) -> "Token":
        """An upload token for ``device``, got with a signed challenge."""
        asked, before, after = self._ask("POST", "/challenges", ChallengeAnswer, ChallengeOrder(device=device.device))
        self._learn(asked.center_ms, before, after)
        proof = device.sign({"challenge": asked.challenge, "device": device.device}, CHALLENGE_TYP)
        order = TokenOrder(device=device.device, challenge=asked.challenge, proof=proof)
        given, _, now = self._ask("POST", "/tokens", TokenAnswer, order)
        # By the center's own clock and ours since boot: a wrong wall clock must not matter.
        lasts_ms = max(0, given.expires_ms - asked.center_ms - _TOKEN_MARGIN_MS)
        return Token(given.token, now + lasts_ms * 1_000_000)

    def view(self, session: str, token: str) -> SessionView:
        """The session as the center holds it."""
        answer, before, after = self._ask("GET", f"/sessions/{session}", SessionView, token=token)
        self._heard((after - before) / 1e9)
        self._learn(answer.center_ms, before, after)
        return answer

    def end(self, session: str, order: EndOrder, token: str) -> SessionView:
        """Tell an early end; the same again answers the same."""
        return self._ask("POST", f"/sessions/{session}/end", SessionView, order, token)[0]

    def submit(self, session: str, manifest: str, token: str) -> ManifestAnswer:
        """Hand in a signed manifest; the same again answers the same."""
        order = ManifestOrder(manifest=manifest)
        return self._ask("POST", f"/sessions/{session}/manifests", ManifestAnswer, order, token)[0]

    def seals(self, session: str, device: str, token: str) -> SealsAnswer:
        """Every link of one device as the center holds it."""
        return self._ask("GET", f"/sessions/{session}/seals?device={device}", SealsAnswer, token=token)[0]

    def _ask(
        self, method: str, path: str, into: type[M], body: Message | None = None, token: str | None = None
    ) -> tuple[M, int, int]:
        """The answer, and the boot clock (ns) before and after."""
        headers = {"Accept": "application/json"}
        data: bytes | None = None
        if body is not None:
            data = body.model_dump_json().encode()
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        with self._turn:
            before = self._time.clock.boot_ns()
            answer = self._wire.request(method, f"{self.url}{API}{path}", headers=headers, body=data)
            after = self._time.clock.boot_ns()
        return read_json(answer, into), before, after

    def _learn(self, center_ms: int, before: int, after: int) -> None:
        self._time.learn(center_ms, (after - before) // 1_000_000, (before + after) // 2)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, good until the boot clock shows ``until_ns``."""

    text: str
    until_ns: int


class TokenBook:
    """The current token of each device; one thread at a time gets a new one.

    A device that the center refuses is not offered again before a growing pause: the center counts refusals.
    """

    def __init__(self, client: CenterClient, center_time: CenterTime, chance: random.Random) -> None:
        self._client = client
        self._clock = center_time.clock
        self._chance = chance
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}
        self._refusals: dict[str, Refusal] = {}

    def get(self, device: DeviceKey, refused: str | None = None) -> str:
        """A token for ``device``; not ``refused``, which the center no longer takes.

        Raises TokenRefused (also while a pause after a refusal lasts) and the rest of the CenterError tree.
        """
        with self._lock:
            refusal = self._refusals.get(device.device)
            if refusal is not None and self._clock.boot_ns() < refusal.until_ns:
                raise TokenRefused(refusal.detail)
            held = self._tokens.get(device.device)
            if held is None or held.text == refused or held.until_ns <= self._clock.boot_ns():
                self._tokens.pop(device.device, None)
                try:
                    held = self._client.token(device)
                except TokenRefused as why:
                    times = refusal.times + 1 if refusal else 1
                    pause_s = min(_REFUSED_MOST_S, _REFUSED_FIRST_S * 2 ** min(times, 10)) * (
                        0.5 + self._chance.random()
                    )
                    until = self._clock.boot_ns() + int(pause_s * 1e9)
                    self._refusals[device.device] = Refusal(times, until, why.detail)
                    raise
                self._refusals.pop(device.device, None)
                self._tokens[device.device] = held
            return held.text

    def refused_until_ns(self, device: str) -> int:
        """Until when ``device`` is not offered again, by the boot clock; 0 when it was not refused."""
        refusal = self._refusals.get(device)
        return 0 if refusal is None else refusal.until_ns

    def forgive(self) -> None:
        """A person asked to try again now."""
        with self._lock:
            self._refusals.clear()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A device was refused ``times`` times in a row; not offered again before ``until_ns`` of the boot clock."""

    times: int
    until_ns: int
    detail: str
