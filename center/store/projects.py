"""Queries over projects, batches, sessions, enrolment codes and devices. Decides nothing about who may
ask.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from center.projecttexts import is_rehearsal
from center.tables import Batch, CenterTable, Device, EnrolmentCode, Project, SessionRow, SpentChallenge
from domain.publication import has_leave
from domain.stage import Schedule
from domain.wire.center import SessionFacts


@dataclass(frozen=True, slots=True)
class SessionCase:
    """One session with its project and batch."""

    project: Project
    batch: Batch
    session: SessionRow

    @property
    def latest_end_ms(self) -> int:
        """Scheduled end, granted extra time included."""
        return self.schedule.scheduled_end_ms

    @property
    def schedule(self) -> Schedule:
        """This candidate's schedule."""
        return schedule_of(self.batch, self.session.extra_ms)

    def ended_ms(self, now_ms: int) -> int | None:
        """When the session ended, by center time: an accepted early end, else the scheduled end once it is
        past.
        """
        latest, early = self.latest_end_ms, self.session.ended_ms
        if early is not None:
            return min(early, latest)
        return latest if now_ms >= latest else None

    def deadline_ms(self, now_ms: int) -> int | None:
        """End of the window; None while the session runs."""
        ended = self.ended_ms(now_ms)
        return None if ended is None else ended + self.window_ms

    @property
    def window_ms(self) -> int:
        """This session's window: the project's, and what support added."""
        return self.project.window_ms + self.session.window_extra_ms

    def _may_delete(self, now_ms: int) -> bool:
        """Copies may go: the appeal delay is over and nobody holds this session's evidence."""
        leave = has_leave(self.project.leave_ms, now_ms) and self.session.held_ms is None
        return leave or self._rehearsed_long_ago(now_ms)

    def _rehearsed_long_ago(self, now_ms: int) -> bool:
        """Nobody judges a rehearsal: once its window is over, laptops may delete their copy."""
        deadline = self.deadline_ms(now_ms)
        return deadline is not None and now_ms >= deadline and is_rehearsal(self.project)

    def facts(self, now_ms: int) -> SessionFacts:
        """What a device is told."""
        return SessionFacts(
            session=self.session.id,
            project=self.project.id,
            title=self.project.title,
            batch=self.batch.name,
            number=self.session.number,
            practice=self.project.practice,
            scheduled_end_ms=self.latest_end_ms - self.session.extra_ms,
            extra_ms=self.session.extra_ms,
            window_ms=self.window_ms,
            companion_required=self.project.companion_required,
            hotline=self.project.hotline,
            ended_ms=self.ended_ms(now_ms),
            deadline_ms=self.deadline_ms(now_ms),
            may_delete=self._may_delete(now_ms),
        )


def schedule_of(batch: Batch, extra_ms: int = 0) -> Schedule:
    """The schedule of a batch, or of one candidate of it who was granted ``extra_ms``."""
    return Schedule(
        start_ms=batch.start_ms,
        answer_ms=batch.answer_ms,
        late_limit_ms=batch.late_limit_ms,
        showing_ms=batch.showing_ms,
        extra_ms=extra_ms,
    )


def session_case(db: Session, session: str, *, lock: bool = False) -> SessionCase | None:
    """The session with project and batch; ``lock`` holds its row until the transaction ends (where rows
    lock).
    """
    query = (
        select(SessionRow, Batch, Project)
        .join(Batch, col(SessionRow.batch) == col(Batch.id))
        .join(Project, col(Batch.project) == col(Project.id))
        .where(SessionRow.id == session)
    )
    row = db.exec(query.with_for_update(of=SessionRow) if lock else query).first()
    return None if row is None else SessionCase(project=row[2], batch=row[1], session=row[0])


def all_cases(db: Session) -> list[SessionCase]:
    """Every session, oldest first."""
    query = (
        select(SessionRow, Batch, Project)
        .join(Batch, col(SessionRow.batch) == col(Batch.id))
        .join(Project, col(Batch.project) == col(Project.id))
        .order_by(col(SessionRow.created_ms), col(SessionRow.id))
    )
    return [SessionCase(project=row[2], batch=row[1], session=row[0]) for row in db.exec(query)]


def project(db: Session, project_id: str) -> Project | None:
    """The project with this id."""
    return db.get(Project, project_id)


def batch(db: Session, project_id: str, name: str) -> Batch | None:
    """The batch of this name in a project."""
    return db.exec(select(Batch).where(Batch.project == project_id, Batch.name == name)).first()


def batches_of(db: Session, project_id: str) -> list[Batch]:
    """The batches of a project by their start."""
    query = select(Batch).where(Batch.project == project_id)
    return list(db.exec(query.order_by(col(Batch.start_ms), col(Batch.name))))


def code(db: Session, code_id: str) -> EnrolmentCode | None:
    """The enrolment code with this public half."""
    return db.get(EnrolmentCode, code_id, with_for_update=True)


def device(db: Session, device_id: str) -> Device | None:
    """The device with this id."""
    return db.get(Device, device_id)


def devices_of(db: Session, session: str) -> list[Device]:
    """Devices of a session that count, in the order of enrolment."""
    query = select(Device).where(Device.session == session, col(Device.withdrawn_ms).is_(None))
    return list(db.exec(query.order_by(col(Device.enrolled_ms), col(Device.id))))


def all_devices(db: Session, session: str) -> list[Device]:
    """Every device that a session ever had, in the order of enrolment."""
    query = select(Device).where(Device.session == session)
    return list(db.exec(query.order_by(col(Device.enrolled_ms), col(Device.id))))


def spend_challenge(db: Session, nonce: str, expires_ms: int, now_ms: int) -> bool:
    """Mark a challenge as answered; False when it was before. Drops those that expired long ago."""
    db.exec(delete(SpentChallenge).where(col(SpentChallenge.expires_ms) < now_ms - 3_600_000))
    if db.get(SpentChallenge, nonce) is not None:
        return False
    db.add(SpentChallenge(nonce=nonce, expires_ms=expires_ms))
    db.flush()
    return True


def keep(db: Session, row: CenterTable) -> None:
    """Insert or update one row."""
    db.add(row)
    db.flush()
