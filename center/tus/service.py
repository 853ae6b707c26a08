"""What happens to an upload between its creation and its verdict: the rules of ``transfer.md``, without HTTP
words.

Owns identity, generations, completion and expiry. Reads no headers and writes none: ``center.tus.uploads``
does.

States (StoredState): OPEN until every byte is durable, then VERIFIED or QUARANTINED by the hash of what reads
back. Finishing is idempotent: cut off between last byte and verdict, the next request (or the next start)
finishes it.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import ParamSpec, TypeVar

from sqlmodel import Session

from center.companions import require_approved
from center.config import CenterConfig
from center.store import receipts as receipt_store
from center.store import rehearsals
from center.store import uploads as upload_store
from center.store.database import Database
from center.tables import Upload
from center.tus.allowance import Allowance
from center.tus.holds import Holds
from center.tus.storage import Storage, Writer
from domain.errors import DiskFull, HashMismatch, IdentityConflict, UploadGone, ZhishiError
from domain.identity import Identity, LinkKind, Track
from domain.seal import EMPTY_SHA256, Seal
from domain.status import StoredState

P = ParamSpec("P")
T = TypeVar("T")
_DISK_THREADS = 16
_SUFFIX = {Track.TIMELINE: "jsonl", Track.COMPANION: "clip"}  # a phone's segment is a whole webm or mp4
_SEALS = 1024


@lru_cache(_SEALS)
def _link_hash(seal: Seal) -> str:
    """``seal.hash()``, made once for the several places of one request that ask."""
    return seal.hash()


@dataclass(frozen=True, slots=True)
class Held:
    """An upload as it stands: its row and its durable offset."""

    row: Upload
    offset: int

    @property
    def state(self) -> StoredState:
        """Its state; ``stored`` when every byte is durable but the verdict is still to come."""
        state = StoredState(self.row.state)
        whole = state is StoredState.OPEN and self.row.length_known and self.offset == self.row.size
        return StoredState.STORED if whole else state


def hold_name(upload: str) -> str:
    """What requests for one identity have in common, whatever the generation."""
    return upload.partition("-")[0]


def upload_name(identity: Identity, generation: int) -> str:
    """Id of an upload: the same on every worker and after every restart."""
    return f"{hashlib.sha256(str(identity).encode()).hexdigest()[:40]}-{generation}"


def storage_key(seal: Seal, generation: int) -> str:
    """Where the bytes lie: the layout of the device's spool, by session and device.

    A later generation has a name of its own, so nothing that is known of earlier bytes can be taken for it.
    """
    name = "init.mp4" if seal.kind is LinkKind.INIT else f"{seal.index:06d}.{_SUFFIX.get(seal.track, 'm4s')}"
    again = f"~{generation}" if generation else ""
    return f"{seal.session}/{seal.device}/{seal.track.value}/{seal.run}/{name}{again}"


class UploadService:
    """One per process. ``verified`` is told of every link that was verified while its device has a manifest
    here.
    """

    def __init__(
        self,
        config: CenterConfig,
        database: Database,
        storage: Storage,
        now_ms: Callable[[], int],
        verified: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self.config = config
        self.storage = storage
        self.holds = Holds(config.takeover_s)
        self.now_ms = now_ms
        self.disk = ThreadPoolExecutor(_DISK_THREADS, "center-disk")
        self._database = database
        self._verified = verified
        self._admitted: set[str] = set()
        self._allowance = Allowance(config.rehearsal_bytes, self._rehearsed)

    async def admit_phone(self, device: str) -> None:
        """Raises PhoneUnapproved. Once approved, what a phone holds may always be sent: asked of the database once."""
        if device not in self._admitted:
            await self._database.aread(lambda db: require_approved(db, device))
            self._admitted.add(device)

    async def off(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking disk ``work`` off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.disk, lambda: work(*args, **kwargs))

    async def find(self, upload: str) -> Upload:
        """The row; raises UploadGone when there never was one."""
        row = await self._database.aread(lambda db: upload_store.by_id(db, upload))
        if row is None:
            raise UploadGone(upload[:60])
        return row

    async def match(self, seal: Seal) -> tuple[Held | None, int]:
        """(the upload that already stands for ``seal``, generation for a new one).

        Raises IdentityConflict, and keeps ``seal``, when the identity is taken by another seal. Expired and
        quarantined uploads do not stand in the way.
        """
        row = await self._database.aread(lambda db: upload_store.current(db, seal.identity))
        if row is None:
            return None, 0
        if row.seal_hash != _link_hash(seal):
            now = self.now_ms()
            await self._database.awrite(lambda db: upload_store.flag_conflict(db, seal, now))
            raise IdentityConflict(f"{seal.identity}: held {row.sha256[:12]}…, offered {seal.sha256[:12]}…")
        if row.gone_ms is not None or row.state == StoredState.QUARANTINED.value:
            return None, row.generation + 1
        try:
            return await self.look(row), row.generation
        except UploadGone:  # its bytes are not there (restored from an older copy): start fresh
            await self._give_up(row)
            return None, row.generation + 1

    async def look(self, row: Upload) -> Held:
        """Where ``row`` stands, finished first when only the verdict is missing; raises UploadGone."""
        if row.state != StoredState.OPEN.value:
            return Held(row, row.size)
        offset = await self.off(self.storage.size, row.key)
        if row.length_known and offset == row.size:
            writer = await self.off(self.storage.open, row.key)
            return Held(await self.finish(row, writer), offset)
        return Held(row, offset)

    def new_row(self, seal: Seal, generation: int, metadata: str, *, length_known: bool) -> Upload:
        """A row for ``seal``, not kept yet."""
        now = self.now_ms()
        return Upload(
            id=upload_name(seal.identity, generation),
            session=seal.session,
            device=seal.device,
            track=seal.track.value,
            run=seal.run,
            kind=seal.kind.value,
            idx=seal.index,
            generation=generation,
            seq=seal.seq,
            seal=seal.canonical().decode(),
            seal_hash=_link_hash(seal),
            sha256=seal.sha256,
            size=seal.size,
            length_known=length_known,
            metadata_header=metadata,
            key=storage_key(seal, generation) if seal.size else "",
            state=StoredState.OPEN.value,
            created_ms=now,
            expires_ms=now + self.config.upload_expiry_s * 1000,
        )

    async def begin(self, row: Upload) -> Writer | None:
        """Make ``row``'s upload durable and empty, and keep the row; None for a link without bytes, which is
        judged at once. Raises DiskFull when there is no room."""
        if row.size == 0:
            row.length_known = True
            await self._keep(row, EMPTY_SHA256)
            return None
        await self._check_room(row)
        writer = await self.off(self.storage.create, row.key)
        try:
            await self._keep(row, None)
        except ZhishiError:
            await self.off(writer.close)
            raise
        return writer

    async def put(self, row: Upload, pieces: Sequence[bytes]) -> Held:
        """``begin`` and the bytes in one go: a small upload costs one file fsync and one commit."""
        await self._check_room(row)
        offset, digest = await self.off(self.storage.put, row.key, pieces)
        whole = row.length_known and offset == row.size
        if whole and digest != row.sha256:
            await self.off(self.storage.quarantine, row.key)
        return Held(await self._keep(row, digest if whole else None), offset)

    async def finish(self, row: Upload, writer: Writer) -> Upload:
        """Verdict over a complete upload; closes ``writer``. Raises HashMismatch when it is quarantined."""
        try:
            digest = await self.off(writer.digest)
        finally:
            await self.off(writer.close)
        state = StoredState.VERIFIED if digest == row.sha256 else StoredState.QUARANTINED
        if state is StoredState.QUARANTINED:
            await self.off(self.storage.quarantine, row.key)
        now = self.now_ms()
        done, manifest = await self._database.awrite(
            lambda db: (
                upload_store.finish(db, row.id, state, now),
                receipt_store.has_manifest(db, row.device),
            )
        )
        await self._judged(done, manifest, digest)
        return done

    async def tell_length(self, row: Upload) -> None:
        """A deferred length was told and fits."""
        await self._database.awrite(lambda db: upload_store.set_length(db, row.id))
        row.length_known = True

    async def prolong(self, row: Upload) -> None:
        """Keep a live upload from expiring; written only when half of its time is over."""
        later = self.now_ms() + self.config.upload_expiry_s * 1000
        if row.expires_ms - self.now_ms() < self.config.upload_expiry_s * 500:
            await self._database.awrite(lambda db: upload_store.prolong(db, row.id, later))
            row.expires_ms = later

    async def recover(self) -> int:
        """After a start: give every complete upload its verdict; returns how many there were.

        Uploads that still miss bytes are left alone, so nobody who is sending already is interrupted.
        """
        finished = 0
        for row in await self._database.aread(upload_store.open_uploads):
            if not row.length_known or await self.off(self.storage.peek, row.key) < row.size:
                continue
            async with self.holds.take(hold_name(row.id)):
                with suppress(HashMismatch):  # that, too, is a verdict: quarantined
                    await self.look(await self.find(row.id))
                finished += 1
        return finished

    async def expire(self) -> int:
        """Drop open uploads whose time is over; returns how many."""
        dropped = 0
        for row in await self._database.aread(lambda db: upload_store.expired(db, self.now_ms())):
            async with self.holds.take(hold_name(row.id)):
                now_row = await self.find(row.id)
                if now_row.state == StoredState.OPEN.value and now_row.expires_ms < self.now_ms():
                    await self._give_up(now_row)
                    await self.off(self.storage.remove, now_row.key)
                    dropped += 1
        return dropped

    async def _give_up(self, row: Upload) -> None:
        now = self.now_ms()
        await self._database.awrite(lambda db: upload_store.give_up(db, row.id, now))

    async def _keep(self, row: Upload, digest: str | None) -> Upload:
        """Insert ``row``, with its verdict when ``digest`` is there, in one commit; raises HashMismatch."""
        now = self.now_ms()
        state = StoredState.OPEN
        if digest is not None:
            state = StoredState.VERIFIED if digest == row.sha256 else StoredState.QUARANTINED

        def change(db: Session) -> bool:
            upload_store.add(db, row, state, now)
            return digest is not None and receipt_store.has_manifest(db, row.device)

        manifest = await self._database.awrite(change)
        row.state = state.value
        if digest is not None:
            await self._judged(row, manifest, digest)
        return row

    async def _judged(self, row: Upload, manifest: bool, digest: str) -> None:
        if row.state == StoredState.QUARANTINED.value:
            raise HashMismatch(f"{row.track} {row.kind} {row.idx}: sealed {row.sha256[:12]}…, held {digest[:12]}…")
        if manifest:
            await self._verified(row.session, row.device)

    async def _check_room(self, row: Upload) -> None:
        if await self.off(self.storage.room) < row.size + self.config.min_free_bytes:
            raise DiskFull("evidence")
        await self._allowance.take(row.session, row.size)

    async def _rehearsed(self, session: str) -> int | None:
        """Bytes a rehearsal began to send; None for a real interview."""

        def ask(db: Session) -> int | None:
            return rehearsals.taken_bytes(db, session) if rehearsals.is_rehearsed(db, session) else None

        return await self._database.aread(ask)
