"""Project folders handed in on the page: received as a zip, checked as a whole, then imported.

Owns the zip on its way in and the moves of ``IntakeStep``. Never a rule of its own about a folder: ``center.folder``
reads it and ``center.importing`` writes it, as for ``zhishi center import``. Nothing is written to the database or the
papers before somebody, having seen what was found, says so. One folder is worked on at a time. ::

    CHECKING ──▶ CHECKED ──somebody says so──▶ IMPORTING ──▶ IMPORTED
        │                                          │
        └────────────▶ REFUSED ◀───────────────────┘
"""

import asyncio
import hashlib
import logging
import shutil
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from center.administration.archive import unpack
from center.administration.photolooks import PhotoLooks
from center.facework import Faces
from center.folder.reading import LookAt, ProjectFolder, read_folder
from center.folder.settings import Settings
from center.idnumbers import IdNumbers
from center.importing import ImportReport, import_project, try_import
from center.papers import Papers
from center.store import projects
from center.store.database import Database
from domain.errors import BadInput, CenterBusy, ServiceError, TooLarge, Words, ZhishiError
from host.durable import private_folder, translate

KEEP_MS = 60 * 60_000  # how long a folder that was checked may be imported
_PICTURES = {".jpg", ".jpeg", ".png"}
_log = logging.getLogger(__name__)


class IntakeStep(StrEnum):
    """Where a folder that was handed in is; see the module."""

    CHECKING = "checking"
    REFUSED = "refused"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"


MOVES: dict[IntakeStep, frozenset[IntakeStep]] = {
    IntakeStep.CHECKING: frozenset({IntakeStep.CHECKED, IntakeStep.REFUSED}),
    IntakeStep.CHECKED: frozenset({IntakeStep.IMPORTING}),
    IntakeStep.IMPORTING: frozenset({IntakeStep.IMPORTED, IntakeStep.REFUSED}),
    IntakeStep.REFUSED: frozenset(),
    IntakeStep.IMPORTED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder without mistakes holds, in numbers. ``new``: the center did not know the project."""

    settings: Settings
    candidates: dict[str, int]  # by batch
    questions: dict[str, int]  # by set, as far as they are there
    new: bool
    report: ImportReport


@dataclass(slots=True)
class Intake:
    """One folder that was handed in."""

    id: str
    by: str
    began_ms: int
    step: IntakeStep = IntakeStep.CHECKING
    photos: int = 0
    looked: int = 0
    why: ZhishiError | None = None
    found: Found | None = None

    def move(self, to: IntakeStep) -> None:
        """Raises BadInput for a move that is not allowed."""
        if to not in MOVES[self.step]:
            raise BadInput(f"this folder is {self.step}: it cannot become {to}")
        self.step = to


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """How many bytes a zip may have, packed and unpacked."""

    packed: int
    unpacked: int


@dataclass(slots=True)
class Intakes:
    """One per process; belongs to one event loop."""

    folder: Path
    limits: IntakeLimits
    database: Database
    papers: Papers
    ids: IdNumbers
    faces: Faces
    looks: PhotoLooks
    now_ms: Callable[[], int]
    _last: Intake | None = None
    _work: asyncio.Task[None] | None = None
    _receiving: bool = False
    _stopping: bool = False

    async def receive(self, body: AsyncIterator[bytes], by: str) -> Intake:
        """Take the zip in, then check it beside.

        Raises CenterBusy while another is worked on, TooLarge, StorageError, and what ``body`` raises.
        """
        if self._receiving or (self._work is not None and not self._work.done()):
            raise CenterBusy("another project folder is being worked on", 10)
        self._receiving = True
        try:
            self._forget_old()
            intake = Intake(str(uuid.uuid4()), by, self.now_ms())
            await self._save(intake, body)
        finally:
            self._receiving = False
        self._last = intake
        self._work = asyncio.create_task(self._checked(intake))
        return intake

    def newest(self) -> Intake | None:
        """The folder that was handed in last, while it may still be imported."""
        last = self._last
        return last if last is not None and self.now_ms() - last.began_ms <= KEEP_MS else None

    def of(self, name: str) -> Intake:
        """Raises BadInput when it is not known any longer."""
        intake = self.newest()
        if intake is None or intake.id != name:
            raise BadInput("this folder is not here any longer: hand it in again")
        return intake

    def take(self, name: str, by: str, reason: str) -> Intake:
        """Import what was checked; raises BadInput unless it was, and by the same person."""
        intake = self.of(name)
        if intake.by != by:
            raise BadInput("somebody else handed this folder in")
        intake.move(IntakeStep.IMPORTING)
        self._work = asyncio.create_task(self._imported(intake, reason))
        return intake

    async def close(self) -> None:
        """Before the database closes: a check is given up, an import is finished."""
        self._stopping = True
        if self._work is not None:
            await asyncio.wait([self._work])

    async def _save(self, intake: Intake, body: AsyncIterator[bytes]) -> None:
        path, size = private_folder(self.folder) / f"{intake.id}.zip", 0
        try:
            with translate(path), path.open("xb") as file:
                async for block in body:
                    size += len(block)
                    if size > self.limits.packed:
                        raise TooLarge(
                            f"the most is {self.limits.packed >> 20} MB; larger ones by zhishi center import"
                        )
                    await asyncio.to_thread(file.write, block)
        except ZhishiError:
            path.unlink(missing_ok=True)
            raise

    async def _checked(self, intake: Intake) -> None:
        loop = asyncio.get_running_loop()
        await self._worked(intake, lambda: self._check(intake, loop), IntakeStep.CHECKED)

    async def _imported(self, intake: Intake, reason: str) -> None:
        await self._worked(intake, lambda: self._import(intake, reason), IntakeStep.IMPORTED)
        self._path(intake).unlink(missing_ok=True)

    async def _worked(self, intake: Intake, work: Callable[[], Found], done: IntakeStep) -> None:
        try:
            intake.found = await asyncio.to_thread(work)
            intake.move(done)
        except ZhishiError as why:
            self._refuse(intake, why)
        except _GivenUp as given:
            self._refuse(intake, given.why)
        except Exception as why:  # noqa: BLE001 -- the one broad catch of this task: whoever waits must be told
            _log.exception("working on a project folder")
            self._refuse(intake, ServiceError(type(why).__name__))

    def _refuse(self, intake: Intake, why: ZhishiError) -> None:
        intake.why = why
        intake.move(IntakeStep.REFUSED)
        self._path(intake).unlink(missing_ok=True)

    def _check(self, intake: Intake, loop: asyncio.AbstractEventLoop) -> Found:
        read = self._read(intake, lambda photo: self._look_at(photo, intake, loop))
        new = self.database.read(lambda db: projects.project(db, read.settings.code)) is None
        return _found(read, try_import(self.database, self.ids, read, self.now_ms(), intake.by), new=new)

    def _look_at(self, photo: bytes, intake: Intake, loop: asyncio.AbstractEventLoop) -> Words | None:
        try:
            if self._stopping:
                raise ServiceError("the center stops")
            desk = asyncio.run_coroutine_threadsafe(self.faces.desk(), loop).result()  # the models, at the first photo
        except ZhishiError as why:  # no mistake of the photo
            raise _GivenUp(why) from why
        try:
            report = self.looks.look(desk, hashlib.sha256(photo).hexdigest(), photo)
        finally:
            intake.looked += 1
        return None if report.ok else report.words

    def _import(self, intake: Intake, reason: str) -> Found:
        read = self._read(intake, lambda _: None)  # the same bytes, whose photos were looked at
        now = self.now_ms()
        report = import_project(self.database, self.papers, self.ids, read, now, intake.by, reason)
        return _found(read, report, new=intake.found is not None and intake.found.new)

    def _read(self, intake: Intake, look_at: LookAt) -> ProjectFolder:
        place = private_folder(self.folder / intake.id)
        try:
            root = unpack(self._path(intake), place, self.limits.unpacked)
            photos = root / "photos"
            pictures = photos.iterdir() if photos.is_dir() else ()
            intake.photos = sum(1 for path in pictures if path.suffix.lower() in _PICTURES)
            return read_folder(root, look_at)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _path(self, intake: Intake) -> Path:
        return self.folder / f"{intake.id}.zip"

    def _forget_old(self) -> None:
        """What an earlier hand-in, or a center that was stopped, left behind."""
        if self.folder.is_dir():
            for left in self.folder.iterdir():
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def _found(read: ProjectFolder, report: ImportReport, *, new: bool) -> Found:
    candidates = dict(Counter(line.batch for line in read.roster))
    questions = {name: len(found) for name, found in read.questions.items()}
    return Found(read.settings, candidates, questions, new, report)


class _GivenUp(Exception):
    """The folder could not be looked at; that is no mistake in it."""

    def __init__(self, why: ZhishiError) -> None:
        super().__init__(str(why))
        self.why = why
