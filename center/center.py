"""The parts of one running center, put together once and handed to the routes. Owns their start and end."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from center import deletion
from center.accounts.factors import Passwords
from center.administration.intakes import IntakeLimits, Intakes
from center.administration.photolooks import PhotoLooks
from center.attempts import Attempts, Limit, LoginAttempts
from center.config import CenterConfig
from center.dashboard.live import Live
from center.faces.settings import FaceSettings
from center.facework import Faces
from center.idnumbers import IdNumbers, load_id_numbers
from center.keys import Keyring, load_keys
from center.limits import Door, Pace
from center.papers import Papers
from center.phoneviews import phone_states
from center.pulse import Pulse
from center.receipts import Receipts
from center.review.desk import ReviewDesk
from center.stills import Stills
from center.store import attempts, rehearsals
from center.store.accounts import drop_old_sign_ins
from center.store.candidates import drop_old_logins
from center.store.database import Database
from center.tokens import Tokens
from center.tus.filestore import FileStore
from center.tus.service import UploadService
from domain.errors import ZhishiError
from host.durable import private_folder

_SWEEP_S = 600
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Center:
    """Everything a route may use."""

    config: CenterConfig
    now_ms: Callable[[], int]
    keys: Keyring
    database: Database
    tokens: Tokens
    failures: Attempts
    login_failures: LoginAttempts
    face_failures: Attempts
    early_help: Attempts
    binding_failures: Attempts
    bindings: Attempts
    rehearsals: Attempts
    pace: Pace
    probe_pace: Pace
    ids: IdNumbers
    papers: Papers
    faces: Faces
    stills: Stills
    door: Door
    receipts: Receipts
    uploads: UploadService
    passwords: Passwords
    staff_failures: LoginAttempts
    pulse: Pulse
    live: Live
    review: ReviewDesk
    looks: PhotoLooks
    intakes: Intakes

    def close(self) -> None:
        """Finish what is under way on the disk and in the database."""
        self.uploads.disk.shutdown()
        self.faces.close()
        self.database.close()

    async def tend(self) -> None:
        """Until cancelled: finish what a stop cut off, then drop what expired every now and then."""
        await self._try(self.uploads.recover)
        while True:
            await self._try(self.uploads.expire)
            await self._try(self._forget_logins)
            await self._try(self._forget_rehearsals)
            await self._try(self._forget_attempts)
            await self._try(self._finish_deletions)
            await self._try(self.review.sweep)
            await asyncio.sleep(_SWEEP_S)

    async def _forget_logins(self) -> int:
        """Face templates of logins that were given up do not stay."""
        now = self.now_ms()
        return await self.database.awrite(lambda db: drop_old_logins(db, now) + drop_old_sign_ins(db, now))

    async def _forget_rehearsals(self) -> int:
        """Rehearsals are deleted for good; the bytes before the rows that name them, so a stop between loses none."""
        before = self.now_ms() - self.config.rehearsal_keep_s * 1000
        due = await self.database.aread(lambda db: rehearsals.ended_before(db, before))
        for session in due:
            for key in await self.database.aread(partial(rehearsals.keys_of, session=session)):
                await self.uploads.off(self.uploads.storage.remove, key)
            await self.review.forget(session)
            await self.database.awrite(partial(rehearsals.forget, session=session))
        return len(due)

    async def _forget_attempts(self) -> int:
        """Who tried what is kept no longer than it counts."""
        before = self.now_ms() - self.config.code_failures_s * 1000
        return await self.database.awrite(lambda db: attempts.drop_before(db, before))

    async def _finish_deletions(self) -> int:
        """What a stop cut off; nothing is begun here."""
        given = self.database, self.uploads.storage, self.papers, self.now_ms()
        return await self.uploads.off(deletion.finish, *given)

    async def _try(self, work: Callable[[], Awaitable[int]]) -> None:
        try:
            await work()
        except ZhishiError as why:  # a full disk, say: the next round or the next request does it
            _log.warning("tending the center: %s", why)


def open_center(config: CenterConfig, now_ms: Callable[[], int]) -> Center:
    """Load keys, migrate and open the database, open the store; raises StorageError or SignatureInvalid."""
    private_folder(config.data)
    keys = load_keys(config.keys, config.issuer, now_ms())
    database = Database(config.url).start()
    receipts = Receipts(database, keys, now_ms)
    pulse = Pulse(database)

    def counted(name: str, most: int, what: str = "failed attempts") -> Attempts:
        return Attempts(database, Limit(name, most, config.code_failures_s * 1000, what))

    def logins(name: str) -> LoginAttempts:
        most, anywhere, address = config.login_failures, config.login_failures_anywhere, config.login_failures_address
        return LoginAttempts(database, name, most, anywhere, address, config.code_failures_s)

    ids, papers, faces = (
        load_id_numbers(config.keys, config.id_memory_kib),
        Papers(config.papers),
        Faces(FaceSettings()),
    )
    looks = PhotoLooks()
    limits = IntakeLimits(config.import_bytes, config.import_unpacked_bytes)

    async def verified(session: str, device: str) -> None:
        await receipts.advance(session, device)

    uploads = UploadService(config, database, FileStore(config.evidence), now_ms, verified)
    return Center(
        config=config,
        now_ms=now_ms,
        keys=keys,
        database=database,
        tokens=Tokens(keys, config.token_s, config.challenge_s),
        failures=counted("proof", config.code_failures),
        login_failures=logins("login"),
        face_failures=counted("face", config.login_failures),
        early_help=counted("help", config.early_help_most, "calls for help"),
        binding_failures=counted("binding", config.code_failures),
        bindings=counted("bound", config.bindings_most, "bindings"),
        rehearsals=counted("rehearsal", config.rehearsals_address, "rehearsals"),
        pace=Pace(config.asks_per_minute),
        probe_pace=Pace(config.probes_per_minute),
        ids=ids,
        papers=papers,
        faces=faces,
        stills=Stills(),
        door=Door(config.max_bodies, random.Random()),
        receipts=receipts,
        uploads=uploads,
        passwords=Passwords(config.id_memory_kib),
        staff_failures=logins("staff"),
        pulse=pulse,
        live=Live(database, pulse, now_ms, phone_states),
        review=ReviewDesk(config, database, uploads, now_ms),
        looks=looks,
        intakes=Intakes(config.intakes, limits, database, papers, ids, faces, looks, now_ms),
    )
