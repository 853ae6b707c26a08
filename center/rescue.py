"""``POST /rescue``: one part of a rescue bundle, from any machine.

Whoever carries it needs no login and can read none of it: it is sealed to this center, and what it holds counts
because the device that sealed it signed it. Every link goes the way of an upload: identity, size, hash and conflicts
are judged by the same service, the manifest by the same receipts. Taken in as it comes, with constant memory; what came
before a line broke, or before a damaged stretch, is kept, and the same part again goes on from there.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from fastapi import APIRouter, Request

from center.bodies import blocks
from center.center import Center
from center.chronicle import note
from center.limits import address_of
from center.receipts import Standing
from center.store import projects
from center.store.projects import SessionCase
from center.tables import Upload
from center.tus.service import hold_name, upload_name
from center.tus.storage import Writer
from domain.age import Opener, Piece
from domain.bundle import Front, LinkPiece, Statement, Unpacker
from domain.errors import (
    BadInput,
    BundleDamaged,
    BundleForeign,
    EvidenceError,
    HashMismatch,
    SignatureInvalid,
    TokenRefused,
    TooLarge,
    UploadLocked,
    ZhishiError,
)
from domain.seal import Seal
from domain.signature import RESCUE_TYP, check, public_key
from domain.status import StoredState
from domain.wire.center import API, RescueAnswer, RescueRefusal
from domain.wire.tus import encode_metadata, seal_metadata

RESCUE_PATH = f"{API}/rescue"
_IN_MEMORY = 8 << 20  # a larger link goes to the storage piece by piece
_NAMED = 100


def routes(center: Center) -> APIRouter:
    """The route over ``center``."""
    router = APIRouter(tags=["rescue"])

    @router.post(RESCUE_PATH, summary="Bring one part of a rescue bundle; needs no token")
    async def bring(request: Request) -> RescueAnswer:
        address, now = address_of(request), center.now_ms()
        await center.failures.check(address, now)
        with center.door.enter():
            try:
                return await _Import(center).take(blocks(request, center.config.body_idle_s))
            except (BundleForeign, BundleDamaged, SignatureInvalid, TokenRefused):
                await center.failures.note(address, now)
                raise

    return router


class _Import:
    """One part being taken in."""

    def __init__(self, center: Center) -> None:
        self._center = center
        self._uploads = center.uploads
        self._opener = Opener(private=center.keys.sealing_private())
        self._unpacker = Unpacker()
        self._case: SessionCase | None = None
        self._link: _Link | None = None
        self._taken = self._known = 0
        self._refused: list[tuple[Seal, ZhishiError]] = []

    async def take(self, blocks: AsyncIterator[bytes]) -> RescueAnswer:
        """All of it. Raises BundleForeign, BundleDamaged, SignatureInvalid, TokenRefused or TooLarge over its
        beginning, StorageError or CenterError when the center cannot go on; what was taken stays.
        """
        try:
            async for block in blocks:
                await self._read(await self._uploads.off(lambda block=block: list(self._opener.feed(block))))  # type: ignore[misc]
            await self._read(list(self._opener.finish()))
        finally:
            if self._link is not None:
                await self._link.leave()
        front = self._unpacker.front
        if front is None:
            raise BundleDamaged("ends within its beginning")
        return await self._answer(front)

    async def _read(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            links = list(self._unpacker.feed(piece))
            if self._case is None and self._unpacker.said is not None:
                self._case = await self._admit(*self._unpacker.said)
            for link in links:
                await self._take_link(link)

    async def _admit(self, token: str, said: Statement) -> SessionCase:
        """Did a device that counts here sign this for its own session?"""
        device = await self._center.database.aread(lambda db: projects.device(db, said.device))
        if device is None or device.withdrawn_ms is not None:
            raise TokenRefused("the device is not enrolled")
        check(token, public_key(json.loads(device.public_key)), RESCUE_TYP)
        case = await self._center.database.aread(lambda db: projects.session_case(db, said.session))
        if case is None or device.session != said.session:
            raise TokenRefused("the device is enrolled for another session")
        return case

    async def _take_link(self, piece: LinkPiece) -> None:
        front = self._unpacker.front
        assert front is not None  # noqa: S101 -- no link is told before
        seal = front.seals[piece.at]
        if self._link is None:
            self._link = _Link(self._center, front, seal)
        link = self._link
        try:
            await link.add(piece)
        except (EvidenceError, UploadLocked, TooLarge, BadInput) as why:
            link.refused = why
        if piece.end:
            self._link = None
            await link.leave()
            if link.refused is not None:
                self._refused.append((seal, link.refused))
            elif link.known:
                self._known += 1
            else:
                self._taken += 1

    async def _answer(self, front: Front) -> RescueAnswer:
        case = self._case
        assert case is not None  # noqa: S101 -- the front is whole, so it was admitted
        said = front.statement
        rest = front.seals[self._unpacker.rest :]
        self._refused += [(seal, BundleDamaged("the file ends before it")) for seal in rest]
        if self._taken:
            now = self._center.now_ms()
            await self._center.database.awrite(
                lambda db: note(
                    db, said.session, "center", "rescue_taken", now,
                    bundle=said.bundle, part=said.part, parts=said.parts, links=self._taken,
                )
            )  # fmt: skip
        problems, standing = await self._submit(said)
        return RescueAnswer(
            bundle=said.bundle,
            part=said.part,
            parts=said.parts,
            project=case.project.id,
            number=case.session.number,
            session=said.session,
            device=said.device,
            taken=self._taken,
            known=self._known,
            refused=len(self._refused),
            refusals=[_refusal(seal, why) for seal, why in self._refused[:_NAMED]],
            cut_short=bool(rest),
            problems=problems,
            missing=None if standing is None else standing.missing,
            device_receipt=standing.device_receipt if standing else None,
            session_receipt=standing.session_receipt if standing else None,
        )

    async def _submit(self, said: Statement) -> tuple[list[str], Standing | None]:
        problems = []
        for token in said.manifests:
            try:
                await self._center.receipts.submit(token, said.session, said.device)
            except (EvidenceError, BadInput) as why:
                problems.append(str(why))
        return problems, await self._center.receipts.advance(said.session, said.device)


class _Link:
    """One link on its way in: whole in memory when it is small, else piece by piece into the storage."""

    def __init__(self, center: Center, front: Front, seal: Seal) -> None:
        self.refused: ZhishiError | None = None
        self.known = False
        self._center = center
        self._uploads = center.uploads
        self._front = front
        self._seal = seal
        self._held = bytearray()
        self._taken = 0
        self._skip = 0
        self._begun = False
        self._fresh = True
        self._row: Upload
        self._writer: Writer | None = None
        self._hold = AsyncExitStack()

    async def add(self, piece: LinkPiece) -> None:
        """Some of its bytes; the verdict with the last of them. Raises what speaks against it."""
        if self.refused is not None or self.known:
            return
        if not piece.whole:
            raise BundleDamaged("its bytes in the file are damaged")
        if not self._begun:
            self._begun = True
            self._check()
        if self._seal.size <= _IN_MEMORY:
            self._held += piece.data
            if piece.end:
                await self._keep(bytes(self._held))
        else:
            await self._pour(piece)

    async def leave(self) -> None:
        """Let go of the storage and of the right to this upload."""
        writer, self._writer = self._writer, None
        if writer is not None:
            await self._uploads.off(writer.close)
        await self._hold.aclose()

    def _check(self) -> None:
        said, seal = self._front.statement, self._seal
        if (seal.session, seal.device) != (said.session, said.device):
            raise BadInput("of another session or device than the one that signed")
        if seal.size > self._center.config.max_upload_bytes:
            raise TooLarge(f"{seal.size} bytes; the most is {self._center.config.max_upload_bytes}")

    async def _keep(self, content: bytes) -> None:
        if hashlib.sha256(content).hexdigest() != self._seal.sha256:
            raise HashMismatch("its bytes in the bundle do not have the sealed hash")
        await self._open()
        if self.known:
            return
        if self._row.size == 0:
            await self._uploads.begin(self._row)
        elif self._fresh:
            await self._uploads.put(self._row, [content])
        else:
            try:
                await self._begin()
                await self._finish(content[self._skip :])
            except HashMismatch:  # what lay here already was wrong and is set apart now
                await self._look()
                await self._uploads.put(self._row, [content])

    async def _pour(self, piece: LinkPiece) -> None:
        if self._writer is None:
            await self._open()
            if self.known:
                return
            await self._begin()
        data = piece.data[max(0, self._skip - self._taken) :]
        self._taken += len(piece.data)
        if piece.end:
            await self._finish(data)
        elif data and self._writer is not None:
            await self._uploads.off(self._writer.write, [data])

    async def _open(self) -> None:
        """Take the right to this upload and see what is here of it."""
        name = hold_name(upload_name(self._seal.identity, 0))
        await self._hold.enter_async_context(self._uploads.holds.take(name))
        await self._look()

    async def _look(self) -> None:
        try:
            held, generation = await self._uploads.match(self._seal)
        except HashMismatch:  # whole, judged only now, and wrong: set apart
            held, generation = await self._uploads.match(self._seal)
        self.known = held is not None and held.state is StoredState.VERIFIED
        self._fresh, self._skip = held is None, 0 if held is None else held.offset
        if held is None:
            metadata = encode_metadata(seal_metadata(self._seal))
            self._row = self._uploads.new_row(self._seal, generation, metadata, length_known=True)
            return
        self._row = held.row
        if not self.known and not held.row.length_known:
            await self._uploads.tell_length(held.row)

    async def _begin(self) -> None:
        if self._fresh:
            self._writer = await self._uploads.begin(self._row)
        else:
            self._writer = await self._uploads.off(self._uploads.storage.open, self._row.key)

    async def _finish(self, data: bytes) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            await self._uploads.off(writer.write, [data])
        except ZhishiError:
            await self._uploads.off(writer.close)
            raise
        await self._uploads.finish(self._row, writer)


def _refusal(seal: Seal, why: ZhishiError) -> RescueRefusal:
    return RescueRefusal(
        track=seal.track.value,
        kind=seal.kind.value,
        index=seal.index,
        seq=seal.seq,
        code=why.code,
        detail=why.detail,
    )
