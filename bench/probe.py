"""A device that uploads all the time in small PATCHes, and remembers every offset that was acknowledged to it.

When the center was killed and is back, what it holds is compared with what it had acknowledged: anything less is
lost. Runs in a thread of its own; it plays no part in the interview being recorded.
"""

import hashlib
import threading
from dataclasses import dataclass
from random import Random

import requests

from bench.device import BareDevice
from domain.errors import ServiceError
from domain.status import StoredState
from domain.wire.tus import OFFSET_TYPE, STATE_HEADER, UPLOADS_PATH, VERSION, encode_metadata, seal_metadata

_CHUNK = 48 * 1024
_CHUNKS = 40
_PAUSE_S = 0.05
_TIMEOUT_S = 10.0


@dataclass(slots=True)
class _Sending:
    """One upload under way: its bytes, its URL and the offset acknowledged last."""

    content: bytes
    url: str
    acknowledged: int = 0


class Probe:
    """A context manager; ``lost_bytes`` and ``checks`` are final once it is left."""

    def __init__(self, device: BareDevice, chance: Random) -> None:
        self.lost_bytes = 0
        self.acknowledgements = 0
        self.checks = 0
        self.finished = 0
        self._device = device
        self._chance = chance
        self._index = 0
        self._authorization = device.authorization()
        self._leave = threading.Event()
        self._error: Exception | None = None
        self._done: list[_Sending] = []
        self._thread = threading.Thread(target=self._run, name="probe", daemon=True)

    def __enter__(self) -> "Probe":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._leave.set()
        self._thread.join(60)
        if self._error is not None:
            raise ServiceError(f"probe: {self._error!r}") from self._error

    def _run(self) -> None:
        try:
            while not self._leave.is_set():
                self._upload()
        except Exception as why:  # noqa: BLE001 -- the thread's one broad except: raised again where it is joined
            self._error = why

    def _upload(self) -> None:
        """One upload from its creation to its verdict, through as many deaths of the center as come."""
        sending = self._create()
        while sending.acknowledged < len(sending.content):
            if self._leave.wait(_PAUSE_S):
                break
            if not self._patch(sending):
                self._compare(sending)
        else:
            self.finished += 1
        self._done = [*self._done[-2:], sending]

    def _create(self) -> _Sending:
        content = self._chance.randbytes(_CHUNK * _CHUNKS)
        self._index += 1
        seal = self._device.seal_of(hashlib.sha256(content).hexdigest(), len(content), self._index)
        headers = {
            "Upload-Length": str(len(content)),
            "Upload-Metadata": encode_metadata(seal_metadata(seal)),
        }
        while True:
            answer = self._ask("POST", self._device.center + UPLOADS_PATH, headers)
            if answer is not None and answer.status_code in (200, 201):
                url = self._device.center + answer.headers["Location"].removeprefix(self._device.center)
                return _Sending(content, url)
            if answer is not None and answer.status_code != 503:
                raise ServiceError(f"probe: POST answered {answer.status_code} {answer.text[:200]}")
            self._leave.wait(_PAUSE_S)

    def _patch(self, sending: _Sending) -> bool:
        """One chunk; False when no answer came (the center died)."""
        at = sending.acknowledged
        chunk = sending.content[at : at + _CHUNK]
        headers = {"Upload-Offset": str(at), "Content-Type": OFFSET_TYPE}
        answer = self._ask("PATCH", sending.url, headers, chunk)
        if answer is None:
            return False
        if answer.status_code == 503:
            return True
        if answer.status_code != 204:
            raise ServiceError(f"probe: PATCH at {at} answered {answer.status_code} {answer.text[:200]}")
        sending.acknowledged = int(answer.headers["Upload-Offset"])
        self.acknowledgements += 1
        if sending.acknowledged == len(sending.content):
            self._judge(sending, answer)
        return True

    def _compare(self, sending: _Sending) -> None:
        """The center died: once it is back, hold what it has against what it acknowledged, finished uploads too."""
        for each in [*self._done, sending]:
            while (answer := self._ask("HEAD", each.url, {})) is None or answer.status_code == 503:
                self._leave.wait(_PAUSE_S)
            held = int(answer.headers.get("Upload-Offset", "0"))
            self.lost_bytes += max(0, each.acknowledged - held)
            self.checks += 1
            each.acknowledged = held
            if held == len(each.content):
                self._judge(each, answer)

    def _judge(self, sending: _Sending, answer: requests.Response) -> None:
        """All bytes are acknowledged: anything but verified means that not all of them are the ones sent."""
        if answer.headers.get(STATE_HEADER) != StoredState.VERIFIED:
            self.lost_bytes += len(sending.content)

    def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> requests.Response | None:
        """None when nobody answered. A token that ran out is renewed."""
        told = {"Tus-Resumable": VERSION, **headers}
        for _ in range(2):
            try:
                answer = requests.request(
                    method, url, headers=told | self._authorization, data=body, timeout=_TIMEOUT_S
                )
                if answer.status_code != 401:
                    return answer
                self._authorization = self._device.authorization()
            except requests.RequestException:
                return None
        return answer
