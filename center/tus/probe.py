"""The probe: an upload that measures a line and is thrown away. Before login, never evidence.

Owns its two routes. Takes the way of evidence as far as that is honest: the same door, the same reading of the body,
blocks handed to the same disk threads. Then the bytes are dropped: it is given no storage and no database, so it cannot
touch evidence, and a probe token opens nothing else.
"""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from center.failures import Refused
from center.limits import Door, Pace, address_of
from center.tokens import ProbePass, Tokens
from center.tus import protocol
from center.tus.holds import Hold
from center.tus.receiving import Body, BodyEnd, pour
from center.tus.service import UploadService
from center.tus.uploads import broken_off, lettered
from domain.errors import TooLarge
from domain.wire.beforelogin import PROBE_PATH, ProbeAnswer
from domain.wire.center import API
from domain.wire.tus import VERSION


class ProbeRoutes:
    """Handlers of the probe beside those of uploads; counts in memory what each token has sent."""

    def __init__(self, service: UploadService, tokens: Tokens, door: Door, pace: Pace) -> None:
        self._service = service
        self._tokens = tokens
        self._door = door
        self._pace = pace
        self._sent: dict[str, tuple[int, int]] = {}  # (expires_ms, bytes) by nonce

    def router(self) -> APIRouter:
        """The routes, with what OpenAPI should say of them."""
        router = APIRouter(tags=["probe"])
        add = router.add_api_route
        add(f"{API}/probes", self.ask, methods=["POST"], summary="Leave to measure the line, before login")
        add(PROBE_PATH, self.send, methods=["POST"], summary="Send bytes that are thrown away", status_code=204)
        return router

    async def ask(self, request: Request) -> ProbeAnswer:
        """A token for a few megabytes within a minute."""
        config, now = self._service.config, self._service.now_ms()
        self._pace.count(address_of(request), now)
        token, expires = self._tokens.issue_probe(now, config.probe_s)
        return ProbeAnswer(token=token, expires_ms=expires, most_bytes=config.probe_bytes)

    async def send(self, request: Request) -> Response:
        """Read the body as an upload's and drop it; ``Upload-Offset`` tells what arrived."""
        return await lettered(lambda: self._send(request))

    async def _send(self, request: Request) -> Response:
        protocol.check_version(request.headers)
        now = self._service.now_ms()
        leave = self._tokens.probe(request.headers.get("authorization"), now)
        length = protocol.whole(request.headers, "upload-length")
        creation = protocol.read_creation(request.headers)
        sent = protocol.body_length(request.headers)
        if length > self._left(leave, now) or (sent is not None and sent > length):
            raise Refused(TooLarge(f"a probe sends {self._service.config.probe_bytes} bytes at most"), 413)
        with self._door.enter(evidence=False):
            async with self._service.holds.take(f"probe-{leave.nonce}") as hold:
                return await self._take(request, leave, length, hold, creation.checksum)

    async def _take(
        self, request: Request, leave: ProbePass, length: int, hold: Hold, checksum: protocol.Checksum | None
    ) -> Response:
        config, bin_ = self._service.config, Nowhere()
        body = Body(request.receive, hold, min(config.body_idle_s, config.probe_body_s), length)
        ending = asyncio.get_running_loop().call_later(config.probe_body_s, hold.supersede)
        try:
            poured = await pour(body, bin_, self._service.disk, checksum)
        finally:
            ending.cancel()
            self._sent[leave.nonce] = (leave.expires_ms, self._sent.get(leave.nonce, (0, 0))[1] + body.taken)
        headers = protocol.state_headers("discarded", bin_.written)
        if poured.error is not None:
            raise Refused(poured.error, headers=headers)
        if poured.end is BodyEnd.TOO_LONG:
            raise Refused(TooLarge("more bytes than Upload-Length says"), 413, headers | {"Connection": "close"})
        if poured.end is not BodyEnd.WHOLE:
            raise broken_off(BodyEnd.IDLE if poured.end is BodyEnd.SUPERSEDED else poured.end, headers)
        return Response(status_code=204, headers={**headers, "Tus-Resumable": VERSION})

    def _left(self, leave: ProbePass, now_ms: int) -> int:
        """Bytes this token may still send; tokens that are over are forgotten."""
        for nonce in [nonce for nonce, (expires_ms, _) in self._sent.items() if expires_ms < now_ms]:
            del self._sent[nonce]
        return self._service.config.probe_bytes - self._sent.get(leave.nonce, (0, 0))[1]


class Nowhere:
    """A ``center.tus.storage.Writer`` that keeps nothing."""

    def __init__(self) -> None:
        self.written = 0
        self.durable = 0  # always: nothing here survives, and nobody is told that it does
        self._marked = 0

    def write(self, pieces: Sequence[bytes]) -> None:
        """Count and drop."""
        self.written += sum(len(piece) for piece in pieces)

    def sync(self) -> int:
        """Nothing to do."""
        return self.durable

    def digest(self) -> str:
        """There is nothing to read back; never asked of a probe."""
        return ""

    def mark(self) -> None:
        """From here on nothing counts until ``accept``."""
        self._marked = self.written

    def accept(self) -> int:
        """It counts."""
        return self.durable

    def reject(self) -> None:
        """It does not count."""
        self.written = self._marked

    def close(self) -> None:
        """Nothing to let go."""
