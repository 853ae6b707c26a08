"""A checked project folder into the database, in one transaction; again with more in it adds what is new.

Owns what a second import may change: names, photos and batches of those who have not entered, texts under a new
version, questions until they are released. A batch's schedule is set by its first import; later only staff move it. A
policy that staff changed stays.
"""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count

import uuid_utils
from sqlmodel import Session

from center import chronicle, policies
from center.folder.problems import Problems
from center.folder.reading import ProjectFolder
from center.folder.roster import RosterLine
from center.folder.settings import FILE, BatchPart, TextPart, VersionedPart
from center.idnumbers import IdNumbers
from center.papers import Papers
from center.projecttexts import ProjectTexts, texts_of
from center.store import candidates, interviews, projects
from center.store.database import Database
from center.supportcodes import new_support_code
from center.tables import Batch, Project, SessionRow
from center.tables.interview import Attachment, Candidate, Progress
from domain.errors import Words
from domain.pack import SALT_BYTES
from domain.publication import DAY_MS
from domain.readout import SECRET_BYTES
from domain.wire.fields import Bilingual
from domain.wire.login import ConsentText


@dataclass(slots=True)
class ImportReport:
    """What an import did (or would do); ``remarks`` are sentences about what was left as it was, or changed."""

    project: str
    added: int = 0
    updated: int = 0
    questions: list[str] = field(default_factory=list)
    missing_questions: list[str] = field(default_factory=list)
    remarks: list[Words] = field(default_factory=list)


def import_project(
    database: Database, papers: Papers, ids: IdNumbers, folder: ProjectFolder, now_ms: int, by: str, reason: str = ""
) -> ImportReport:
    """Import ``folder``; raises ProjectInvalid when it contradicts what was imported before, or StorageError."""
    for paper in (*folder.photos.values(), *(entry.paper for entry in folder.attachments)):
        papers.keep(paper.sha256, paper.content)
    with ThreadPoolExecutor(cpu_count() or 1) as pool:  # each hash is slow on purpose
        hashes = list(pool.map(lambda line: ids.hash(line.id_number), folder.roster))
    known = dict(zip(folder.roster, hashes, strict=True))
    return database.write(lambda db: _Import(db, folder, ids, now_ms, by, reason).run(known))


def try_import(database: Database, ids: IdNumbers, folder: ProjectFolder, now_ms: int, by: str) -> ImportReport:
    """What ``import_project`` would do; nothing of it stays. Raises as it does."""

    def change(db: Session) -> ImportReport:
        apart = db.begin_nested()
        try:
            return _Import(db, folder, ids, now_ms, by, "").run(dict.fromkeys(folder.roster, ""))
        finally:
            apart.rollback()

    return database.write(change)


class _Import:
    """One transaction."""

    def __init__(self, db: Session, folder: ProjectFolder, ids: IdNumbers, now_ms: int, by: str, reason: str) -> None:
        self._db = db
        self._ids = ids
        self._folder = folder
        self._now_ms = now_ms
        self._by = by
        self._reason = reason
        self._problems = Problems()
        self._report = ImportReport(folder.settings.code)

    def run(self, hashes: dict[RosterLine, str]) -> ImportReport:
        self._project()
        batches = {part.name: self._batch(part) for part in self._folder.settings.batch}
        self._attachments()
        self._questions()
        for line, id_hash in hashes.items():
            self._candidate(line, id_hash, batches[line.batch])
        self._problems.raise_any()
        report = self._report
        chronicle.audit(
            self._db,
            self._by,
            "import",
            report.project,
            self._now_ms,
            reason=self._reason,
            added=report.added,
            updated=report.updated,
        )
        return report

    def _project(self) -> None:
        settings = self._folder.settings
        texts = ProjectTexts(
            consent=_asked(settings.consent),
            pledge=_asked(settings.pledge),
            notices={name: _text(part) for name, part in settings.notices.items()},
            phrases={name: _text(part) for name, part in settings.phrases.items()},
            rehearsal=settings.rehearsal,
        )
        row = projects.project(self._db, settings.code)
        if row is None:
            row = Project(id=settings.code, title=settings.title, practice=settings.practice, window_ms=0)
        elif row.texts:
            self._same_words("consent", texts_of(row).consent, texts.consent)
            self._same_words("pledge", texts_of(row).pledge, texts.pledge)
        wanted: dict[str, object] = {
            "hotline": settings.hotline,
            "window_ms": int(settings.window_minutes * 60_000),
            "companion_required": settings.companion_required,
            "show_name": settings.show_name,
        }
        self._report.remarks += policies.settle(self._db, row, wanted, self._now_ms)
        row.title, row.practice = settings.title, settings.practice
        row.appeal_ms = int(settings.appeal_days * DAY_MS)
        row.retention_ms = None if settings.retention_days is None else int(settings.retention_days * DAY_MS)
        row.texts = texts.model_dump_json()
        projects.keep(self._db, row)

    def _same_words(self, name: str, old: ConsentText, new: ConsentText) -> None:
        if old.version == new.version and old != new:
            self._problems.add(
                FILE,
                0,
                (f"{name} 的文字改了，版本号没有改", f"the words of {name} changed under the same version"),
                ("请更改 version", "change its version"),
            )

    def _batch(self, part: BatchPart) -> Batch:
        start_ms = int(part.start.timestamp() * 1000)
        row = projects.batch(self._db, self._report.project, part.name)
        if row is None:
            row = Batch(
                id=str(uuid_utils.uuid7()),
                project=self._report.project,
                name=part.name,
                start_ms=start_ms,
                answer_ms=int(part.answer_minutes * 60_000),
                late_limit_ms=int(part.late_limit_minutes * 60_000),
                showing_ms=int(part.showing_seconds * 1000),
                question_set=part.questions,
            )
            projects.keep(self._db, row)
        elif row.start_ms != start_ms or row.answer_ms != int(part.answer_minutes * 60_000):
            self._report.remarks.append(
                Words(
                    f"场次 {part.name}：时间保持平台现有安排",
                    f"batch {part.name}: keeps the schedule it has at the center",
                )
            )
        return row

    def _attachments(self) -> None:
        known = {row.id: row for row in interviews.attachments(self._db, self._report.project)}
        for position, entry in enumerate(self._folder.attachments):
            row = known.pop(entry.id, None)
            if row is not None and row.sha256 != entry.paper.sha256:
                self._unread(entry.id)
            row = row or Attachment(
                project=self._report.project, id=entry.id, position=0, title="", media_type="", size=0, sha256=""
            )
            row.position, row.title, row.media_type = position, entry.title, entry.media_type
            row.size, row.sha256 = len(entry.paper.content), entry.paper.sha256
            projects.keep(self._db, row)
        for name, row in known.items():
            self._unread(name)
            self._db.delete(row)
        self._db.flush()

    def _unread(self, attachment: str) -> None:
        """Another text is to be read again by those of this project who have not entered."""
        for row in interviews.marks_of(self._db, self._report.project, attachment):
            self._db.delete(row)
        self._report.remarks.append(
            Words(
                f"附件 {attachment} 已更换，未进入的考生须重新阅读",
                f"attachment {attachment} changed: to be read again",
            )
        )

    def _questions(self) -> None:
        project = self._report.project
        for name in sorted({part.questions for part in self._folder.settings.batch}):
            given = self._folder.questions.get(name)
            known = interviews.question_set(self._db, project, name)
            if given is None:
                if known is None:
                    self._report.missing_questions.append(name)
                continue
            text = json.dumps([question.model_dump() for question in given], ensure_ascii=False)
            row = interviews.new_question_set(project, name, text, self._now_ms)
            if known is not None and known.sha256 != row.sha256 and self._released(name):
                self._problems.add(
                    f"questions/{name}",
                    0,
                    ("该套试题已开考，不能再改", "these questions were released already"),
                    ("请恢复原来的文件", "put the file back as it was"),
                )
                continue
            self._db.merge(row)
            self._report.questions.append(name)
        self._db.flush()

    def _released(self, name: str) -> bool:
        rows = projects.batches_of(self._db, self._report.project)
        return not self._folder.settings.rehearsal and any(
            row.question_set == name and row.start_ms <= self._now_ms for row in rows
        )

    def _candidate(self, line: RosterLine, id_hash: str, batch: Batch) -> None:
        photo = self._folder.photos[line.photo].sha256
        found = candidates.by_number(self._db, self._report.project, line.number)
        if found is None:
            self._add(line, id_hash, photo, batch)
            return
        if found.progress.entered_ms is not None:
            self._report.remarks.append(
                Words(f"{line.number} 已进入，保持不变", f"{line.number} has entered: left as it is")
            )
            return
        found.candidate.name, found.candidate.photo, found.candidate.id_hash = line.name, photo, id_hash
        found.candidate.id_tail = self._ids.tail(line.id_number)
        found.candidate.phone = line.phone or found.candidate.phone
        found.case.session.batch = batch.id
        projects.keep(self._db, found.candidate)
        projects.keep(self._db, found.case.session)
        self._report.updated += 1

    def _add(self, line: RosterLine, id_hash: str, photo: str, batch: Batch) -> None:
        session = str(uuid_utils.uuid7())
        projects.keep(self._db, SessionRow(id=session, batch=batch.id, number=line.number, created_ms=self._now_ms))
        projects.keep(
            self._db,
            Candidate(
                session=session,
                project=self._report.project,
                number=line.number,
                name=line.name,
                id_hash=id_hash,
                id_tail=self._ids.tail(line.id_number),
                photo=photo,
                support_code=new_support_code(self._db),
                phone=line.phone,
            ),
        )
        projects.keep(
            self._db,
            Progress(
                session=session,
                release=secrets.token_bytes(SECRET_BYTES),
                entry=secrets.token_bytes(SECRET_BYTES),
                entry_salt=secrets.token_bytes(SALT_BYTES),
            ),
        )
        self._report.added += 1


def _asked(part: VersionedPart) -> ConsentText:
    return ConsentText(version=part.version, text=_text(part))


def _text(part: TextPart) -> Bilingual:
    return Bilingual(zh=part.zh, en=part.en)
