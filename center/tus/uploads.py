"""The tus routes: creation, HEAD, PATCH, OPTIONS. Every answer by the letter of tus 1.0.

Owns HTTP: headers in, headers out, who may ask. What happens to the bytes is ``service`` and ``receiving``.
A device can neither read nor destroy evidence: there is no GET and no DELETE here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from center.failures import Refused, status_of
from center.limits import Door
from center.tokens import Bearer, Tokens
from center.tus import protocol
from center.tus.holds import Hold
from center.tus.receiving import Body, BodyEnd, Poured, matches, pour
from center.tus.service import Held, UploadService, hold_name, upload_name
from center.tus.storage import Writer
from domain.errors import (
    BadInput,
    CenterError,
    HashMismatch,
    OffsetConflict,
    TokenRefused,
    TooLarge,
    UploadGone,
    UploadLocked,
    ZhishiError,
)
from domain.identity import Track
from domain.seal import Seal
from domain.status import StoredState
from domain.wire.tus import UPLOADS_PATH, VERSION, read_seal

_INLINE = 2 << 20  # a new upload whose whole body is no larger is stored in one go
_CLOSE = {"Connection": "close"}  # the rest of a body that nobody reads must not hold the connection
_Handler = Callable[[], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class UploadRoutes:
    """Handlers of the tus routes over one service."""

    service: UploadService
    tokens: Tokens
    door: Door

    def router(self) -> APIRouter:
        """The routes, with what OpenAPI should say of them."""
        router = APIRouter(tags=["tus"])
        upload = f"{UPLOADS_PATH}/{{upload}}"
        add = router.add_api_route
        add(
            UPLOADS_PATH,
            self.options,
            methods=["OPTIONS"],
            summary="What this tus server can do",
            status_code=204,
        )
        add(upload, self.options, methods=["OPTIONS"], include_in_schema=False, status_code=204)
        add(UPLOADS_PATH, self.create, methods=["POST"], summary="Create an upload", status_code=201)
        add(upload, self.head, methods=["HEAD"], summary="Where an upload stands", status_code=200)
        add(upload, self.patch, methods=["PATCH"], summary="Send bytes at an offset", status_code=204)
        add(upload, self.override, methods=["POST"], include_in_schema=False)
        return router

    async def options(self) -> Response:
        """Versions, extensions, largest size and checksums, without a token."""
        return Response(status_code=204, headers=protocol.options_headers(self.service.config.max_upload_bytes))

    async def create(self, request: Request) -> Response:
        """Create an upload for one sealed link; ``Upload-Metadata`` carries the seal. May carry the first
        bytes.

        A known seal answers with the Location and offset it already has. Another seal for the same identity
        is 409 ``identity_conflict``; both are kept.
        """
        return await lettered(lambda: self._create(request))

    async def head(self, request: Request, upload: str) -> Response:
        """Offset, length and metadata; an older request that still sends to this upload is ended first."""
        return await lettered(lambda: self._head(request, upload))

    async def patch(self, request: Request, upload: str) -> Response:
        """Append the body at ``Upload-Offset``. What the answer acknowledges is durable."""
        return await lettered(lambda: self._patch(request, upload))

    async def override(self, request: Request, upload: str) -> Response:
        """``X-HTTP-Method-Override`` for clients that can only POST (the specification demands it)."""
        method = request.headers.get("x-http-method-override", "").upper()
        if method == "PATCH":
            return await self.patch(request, upload)
        if method == "HEAD":
            return await self.head(request, upload)
        raise Refused(BadInput(f"POST with X-HTTP-Method-Override {method[:20]!r}"), 405, {"Allow": "HEAD, PATCH"})

    async def _create(self, request: Request) -> Response:
        protocol.check_version(request.headers)
        bearer = self.tokens.bearer(request.headers.get("authorization"), self.service.now_ms(), phones=True)
        creation = protocol.read_creation(request.headers)
        seal = read_seal(creation.metadata)
        _check_owner(bearer, seal.session, seal.device)
        if bearer.phone:
            if seal.track is not Track.COMPANION:
                raise TokenRefused(f"token: a phone sends no {seal.track.value}")
            await self.service.admit_phone(seal.device)
        if max(seal.size, creation.length or 0) > self.service.config.max_upload_bytes:
            raise TooLarge(f"{seal.size} bytes; the most is {self.service.config.max_upload_bytes}")
        if creation.length is not None and creation.length != seal.size:
            raise BadInput(f"Upload-Length is {creation.length}, the seal says {seal.size}")
        sent = protocol.body_length(request.headers)
        if sent is not None and sent > seal.size:
            raise TooLarge(f"a body of {sent} bytes for an upload of {seal.size}")
        with self.door.enter():
            async with self.service.holds.take(hold_name(upload_name(seal.identity, 0))) as hold:
                held, generation = await self.service.match(seal)
                if held is None:
                    return await self._create_new(request, creation, seal, generation, hold)
                if creation.has_body and held.offset == 0 and held.state is StoredState.OPEN:
                    writer = await self.service.off(self.service.storage.open, held.row.key)
                    return await self._append(request, held, writer, hold, creation.checksum, created=True)
                return _answer(201, held)

    async def _create_new(
        self, request: Request, creation: protocol.Creation, seal: Seal, generation: int, hold: Hold
    ) -> Response:
        row = self.service.new_row(seal, generation, creation.metadata, length_known=creation.length is not None)
        sent = protocol.body_length(request.headers)
        if sent is not None and 0 < sent <= _INLINE:
            body = self._body(request, hold, sent)
            pieces = await body.whole()
            end = body.end or BodyEnd.DISCONNECTED
            if creation.checksum and end is BodyEnd.WHOLE and not matches(creation.checksum, pieces):
                raise Refused(HashMismatch(f"Upload-Checksum {creation.checksum.algorithm}"))
            if not pieces or (creation.checksum and end is not BodyEnd.WHOLE):
                raise broken_off(end, {})
            # What came before a line broke is kept: on a slow line a segment may take several of them.
            held = await self.service.put(row, pieces)
            if end is not BodyEnd.WHOLE:
                raise broken_off(end, _offset_headers(held))
            return _answer(201, held)
        writer = await self.service.begin(row)
        if writer is None:
            row = await self.service.find(row.id)
            return _answer(201, Held(row, 0))
        if creation.has_body:
            return await self._append(request, Held(row, 0), writer, hold, creation.checksum, created=True)
        await self.service.off(writer.close)
        return _answer(201, Held(row, 0))

    async def _head(self, request: Request, upload: str) -> Response:
        protocol.check_version(request.headers)
        bearer = self.tokens.bearer(request.headers.get("authorization"), self.service.now_ms(), phones=True)
        async with self.service.holds.take(hold_name(upload)):
            held = await self._held(bearer, upload)
        headers = {"Upload-Metadata": held.row.metadata_header}
        headers |= {"Upload-Length": str(held.row.size)} if held.row.length_known else {"Upload-Defer-Length": "1"}
        return _answer(200, held, headers, location=False)

    async def _patch(self, request: Request, upload: str) -> Response:
        protocol.check_version(request.headers)
        bearer = self.tokens.bearer(request.headers.get("authorization"), self.service.now_ms(), phones=True)
        patch = protocol.read_patch(request.headers)
        with self.door.enter():
            async with self.service.holds.take(hold_name(upload)) as hold:
                held = await self._held(bearer, upload)
                if patch.length is not None and patch.length != held.row.size:
                    raise BadInput(f"Upload-Length is {patch.length}, the seal says {held.row.size}")
                if patch.offset != held.offset:
                    detail = f"offered {patch.offset}, held {held.offset}"
                    raise Refused(OffsetConflict(detail), 409, _offset_headers(held))
                if patch.length is not None and not held.row.length_known:
                    await self.service.tell_length(held.row)
                left = held.row.size - held.offset
                if patch.content_length is not None and patch.content_length > left:
                    detail = f"{patch.content_length} bytes sent, {left} are left"
                    raise Refused(TooLarge(detail), 413, _offset_headers(held) | _CLOSE)
                if held.row.state != StoredState.OPEN.value:
                    return _answer(204, held, location=False)
                await self.service.prolong(held.row)
                writer = await self.service.off(self.service.storage.open, held.row.key)
                return await self._append(request, held, writer, hold, patch.checksum, created=False)

    async def _held(self, bearer: Bearer, upload: str) -> Held:
        """The upload, if this bearer owns it and it is still to be had."""
        row = await self.service.find(upload)
        _check_owner(bearer, row.session, row.device)
        if row.gone_ms is not None or row.state == StoredState.QUARANTINED.value:
            state = {} if row.gone_ms is not None else protocol.state_headers(row.state)
            raise Refused(UploadGone(upload), 410, state)
        return await self.service.look(row)

    async def _append(
        self,
        request: Request,
        held: Held,
        writer: Writer,
        hold: Hold,
        checksum: protocol.Checksum | None,
        *,
        created: bool,
    ) -> Response:
        """Body to disk, then the verdict when it was the last of it; always closes ``writer``."""
        row = held.row
        try:
            body = self._body(request, hold, row.size - held.offset)
            poured = await pour(body, writer, self.service.disk, checksum)
            held = Held(row, poured.durable)
            if held.state is StoredState.STORED and poured.error is None:
                held = Held(await self.service.finish(row, writer), poured.durable)
        finally:
            await self.service.off(writer.close)
        _check_poured(poured, held)
        return _answer(201 if created else 204, held, location=created)

    def _body(self, request: Request, hold: Hold, limit: int) -> Body:
        return Body(request.receive, hold, self.service.config.body_idle_s, limit)


def _check_poured(poured: Poured, held: Held) -> None:
    if poured.error is not None:
        raise Refused(poured.error, status_of(poured.error), _offset_headers(held) | _CLOSE)
    if poured.end is BodyEnd.TOO_LONG:
        raise Refused(TooLarge("more bytes than the upload has left"), 413, _offset_headers(held) | _CLOSE)
    if poured.end is not BodyEnd.WHOLE and held.state is not StoredState.VERIFIED:
        raise broken_off(poured.end, _offset_headers(held))


def broken_off(end: BodyEnd, headers: Mapping[str, str]) -> Refused:
    """The refusal of a body that did not come whole."""
    if end is BodyEnd.SUPERSEDED:
        return Refused(UploadLocked("a newer request holds this upload"), 423, {**headers, **_CLOSE})
    if end is BodyEnd.IDLE:
        return Refused(CenterError("no bytes came for too long"), 408, {**headers, **_CLOSE})
    return Refused(CenterError("the connection was lost"), 400, {**headers, **_CLOSE})


def _check_owner(bearer: Bearer, session: str, device: str) -> None:
    if (bearer.session, bearer.device) != (session, device):
        raise TokenRefused("token: of another device or session")


def _offset_headers(held: Held) -> dict[str, str]:
    return protocol.state_headers(held.state.value, held.offset)


def _answer(status: int, held: Held, extra: Mapping[str, str] | None = None, *, location: bool = True) -> Response:
    headers = _offset_headers(held)
    if location:
        headers["Location"] = f"{UPLOADS_PATH}/{held.row.id}"
    if held.state is StoredState.OPEN:
        headers |= protocol.expires_header(held.row.expires_ms)
    return Response(status_code=status, headers={**headers, **(extra or {})})


async def lettered(handler: _Handler) -> Response:
    """Run ``handler``; what it raises leaves with the status and headers the protocol demands."""
    try:
        return await handler()
    except Refused as why:
        raise Refused(why.error, why.status, {"Tus-Resumable": VERSION, **why.headers}) from why
    except HashMismatch as why:  # the verdict over a complete upload
        raise Refused(why, 460, protocol.state_headers(StoredState.QUARANTINED.value)) from why
    except ZhishiError as why:
        raise Refused(why, status_of(why), {"Tus-Resumable": VERSION}) from why
