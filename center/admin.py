"""What staff do from the command line: plain functions over an open center's database.

Owns making projects, batches, sessions and codes. Safe beside a running
center: the database decides. Prints nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uuid_utils
from sqlmodel import Session

from center.config import CenterConfig
from center.enrolment import NewCode, add_code
from center.receipts import Receipts, assessment
from center.store import projects, receipts, uploads
from center.store.database import Database
from center.store.projects import SessionCase
from center.tables import Batch, Project, SessionRow
from domain.errors import BadInput
from domain.publication import APPEAL_MS
from domain.receipt import ReceiptKind
from domain.stage import MINUTE_MS
from domain.window import WINDOW_MS
from domain.wire.center import SessionFacts
from host.durable import private_folder

_NAME_LIMIT = 120
_RECORDED_MS = 60 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is handed to a candidate: the session and its one-time code (shown once, kept nowhere)."""

    session: str
    code: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class DeviceSummary:
    """One device of a session as staff see it."""

    device: str
    name: str
    verified_links: int
    revision: int
    problem: str
    receipt: bool


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One session as staff see it."""

    facts: SessionFacts
    assessment: str
    devices: tuple[DeviceSummary, ...]
    conflicts: int
    receipt: str | None


@contextmanager
def opened(config: CenterConfig) -> Iterator[Database]:
    """The center's database, migrated; raises StorageError."""
    private_folder(config.data)
    database = Database(config.url).start()
    try:
        yield database
    finally:
        database.close()


def create_project(
    database: Database,
    project: str,
    title: str,
    *,
    practice: bool = False,
    window_ms: int = WINDOW_MS,
    hotline: str = "",
    appeal_ms: int = APPEAL_MS,
) -> None:
    """Make a project; again with the same words is a no-op, with others BadInput."""
    _check_name(project, "project")
    row = Project(id=project, title=title, practice=practice, window_ms=window_ms, hotline=hotline, appeal_ms=appeal_ms)

    def change(db: Session) -> None:
        known = projects.project(db, project)
        if known is None:
            projects.keep(db, Project(**row.model_dump()))
        elif _settings(known) != _settings(row):
            raise BadInput(f"project {project} exists with other settings")

    database.write(change)


def create_batch(database: Database, project: str, name: str, scheduled_end_ms: int) -> None:
    """Make a batch that only has an end (no login, no questions); again with the same end is a no-op, with another
    BadInput. Batches with a schedule come from a project folder.
    """
    _check_name(name, "batch")

    def change(db: Session) -> None:
        if projects.project(db, project) is None:
            raise BadInput(f"project {project}: unknown")
        known = projects.batch(db, project, name)
        if known is None:
            row = Batch(
                id=_new_id(),
                project=project,
                name=name,
                start_ms=scheduled_end_ms - _RECORDED_MS,
                answer_ms=_RECORDED_MS,
            )
            projects.keep(db, row)
        elif (known.start_ms + known.answer_ms, known.question_set) != (scheduled_end_ms, ""):
            raise BadInput(f"batch {name} exists with another end")

    database.write(change)


def create_session(
    database: Database, project: str, batch: str, number: str, now_ms: int, code_valid_ms: int
) -> Enrolment:
    """Make one candidate's session and a first enrolment code for it; raises BadInput."""
    _check_name(number, "number")
    session = _new_id()

    def change(db: Session) -> NewCode:
        row = projects.batch(db, project, batch)
        if row is None:
            raise BadInput(f"batch {batch} of project {project}: unknown")
        projects.keep(db, SessionRow(id=session, batch=row.id, number=number, created_ms=now_ms))
        return add_code(db, session, now_ms + code_valid_ms)

    code = database.write(change)
    return Enrolment(session, code.text, code.row.expires_ms)


def create_code(database: Database, session: str, now_ms: int, code_valid_ms: int) -> Enrolment:
    """One more code for a session (a replacement laptop); raises BadInput."""

    def change(db: Session) -> NewCode:
        _case(db, session)
        return add_code(db, session, now_ms + code_valid_ms)

    code = database.write(change)
    return Enrolment(session, code.text, code.row.expires_ms)


def grant_extra_time(database: Database, session: str, extra_ms: int) -> None:
    """Set the extra time of a session; raises BadInput when it is negative or the session is unknown."""
    if extra_ms < 0:
        raise BadInput("extra time is negative")

    def change(db: Session) -> None:
        case = _case(db, session)
        case.session.extra_ms = extra_ms
        projects.keep(db, case.session)

    database.write(change)


def withdraw_device(database: Database, device: str, why: str, now_ms: int) -> None:
    """A device that was enrolled but holds no evidence (a laptop that never started) no longer counts.

    Raises BadInput when it ever sent a link or a manifest: then a session receipt without it would be untrue.
    """

    def change(db: Session) -> None:
        row = projects.device(db, device)
        if row is None:
            raise BadInput(f"device {device}: unknown")
        if uploads.has_any(db, device) or receipts.newest_manifest(db, device) is not None:
            raise BadInput(f"device {device}: has sent evidence")
        row.withdrawn_ms, row.withdrawn_why = now_ms, why
        projects.keep(db, row)

    database.write(change)


def session_summary(database: Database, session: str, now_ms: int) -> SessionSummary:
    """One session; raises BadInput when it is unknown."""
    return database.read(lambda db: _summary(db, _case(db, session), now_ms))


def list_sessions(database: Database, now_ms: int) -> list[SessionSummary]:
    """Every session, oldest first."""
    return database.read(lambda db: [_summary(db, case, now_ms) for case in projects.all_cases(db)])


def _summary(db: Session, case: SessionCase, now_ms: int) -> SessionSummary:
    devices = []
    for device in projects.devices_of(db, case.session.id):
        manifest = receipts.newest_manifest(db, device.id)
        issued = receipts.newest_receipt(db, case.session.id, ReceiptKind.DEVICE, device.id)
        devices.append(
            DeviceSummary(
                device=device.id,
                name=device.name,
                verified_links=uploads.verified_count(db, device.id),
                revision=manifest.revision if manifest else 0,
                problem=manifest.problem if manifest else "",
                receipt=issued is not None,
            )
        )
    whole = Receipts.session_receipt(db, case.session.id)
    return SessionSummary(
        facts=case.facts(now_ms),
        assessment=assessment(case, whole, now_ms).value,
        devices=tuple(devices),
        conflicts=len(uploads.conflicts(db, case.session.id)),
        receipt=whole.token if whole else None,
    )


def _case(db: Session, session: str) -> SessionCase:
    case = projects.session_case(db, session)
    if case is None:
        raise BadInput(f"session {session}: unknown")
    return case


def _settings(row: Project) -> dict[str, object]:
    return row.model_dump(exclude={"results_published_ms", "leave_ms", "appeal_ms", "retention_ms"})


def _check_name(value: str, what: str) -> None:
    if not value.strip() or len(value) > _NAME_LIMIT:
        raise BadInput(f"{what}: 1 to {_NAME_LIMIT} characters")


def _new_id() -> str:
    return str(uuid_utils.uuid7())
