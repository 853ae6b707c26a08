"""Queries over what happens after the day: publications, closures with loss, who came. Decides nothing."""

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from center.store.candidates import PermissionKind
from center.store.projects import SessionCase
from center.tables import Batch, Conflict, ManifestRow, Project, SessionRow, Upload
from center.tables.after import Closure, Publication
from center.tables.interview import (
    Audit,
    Candidate,
    Consent,
    Heartbeat,
    HelpRow,
    Permission,
    Progress,
    TimelineRow,
)
from domain.identity import LinkKind
from domain.status import StoredState


def lock_project(db: Session, project: str) -> Project | None:
    """The project, its row held until the transaction ends (where rows lock)."""
    return db.get(Project, project, with_for_update=True)


def publication(db: Session, project: str) -> Publication | None:
    """The newest one."""
    query = select(Publication).where(Publication.project == project).order_by(col(Publication.id).desc())
    return db.exec(query).first()


def publications(db: Session, project: str) -> list[Publication]:
    """All of a project, oldest first."""
    query = select(Publication).where(Publication.project == project).order_by(col(Publication.id))
    return list(db.exec(query))


def closure(db: Session, session: str) -> Closure | None:
    """The newest one."""
    return db.exec(select(Closure).where(Closure.session == session).order_by(col(Closure.id).desc())).first()


def closures(db: Session, project: str) -> list[tuple[Closure, SessionRow, Candidate | None]]:
    """All of a project, newest first; sessions made without a roster have no candidate."""
    query = (
        select(Closure, SessionRow, Candidate)
        .join(SessionRow, col(SessionRow.id) == col(Closure.session))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .join(Candidate, col(Candidate.session) == col(SessionRow.id), isouter=True)
        .where(Batch.project == project)
        .order_by(col(Closure.id).desc())
    )
    return [(row[0], row[1], row[2]) for row in db.exec(query)]


def open_closures(db: Session, project: str) -> set[str]:
    """Sessions of a project whose closure waits for its second person."""
    query = (
        select(Closure.session)
        .join(SessionRow, col(SessionRow.id) == col(Closure.session))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .where(Batch.project == project, col(Closure.confirmed_ms).is_(None), col(Closure.withdrawn_ms).is_(None))
    )
    return set(db.exec(query))


def cases_of(db: Session, project: str) -> list[tuple[SessionCase, Candidate | None]]:
    """Every session of a project with its candidate, by batch and number."""
    query = (
        select(SessionRow, Batch, Project, Candidate)
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .join(Project, col(Project.id) == col(Batch.project))
        .join(Candidate, col(Candidate.session) == col(SessionRow.id), isouter=True)
        .where(Batch.project == project)
        .order_by(col(Batch.start_ms), col(Batch.name), col(SessionRow.number))
    )
    return [(SessionCase(project=row[2], batch=row[1], session=row[0]), row[3]) for row in db.exec(query)]


def with_evidence(db: Session, project: str) -> set[str]:
    """Sessions of a project that sent a link or a manifest."""
    ours = sessions_of(project)
    links = select(Upload.session).where(col(Upload.session).in_(ours)).distinct()
    manifests = select(ManifestRow.session).where(col(ManifestRow.session).in_(ours)).distinct()
    return {*db.exec(links), *db.exec(manifests)}


def came(db: Session, session: str) -> bool:
    """Whether somebody entered, or sent anything."""
    progress = db.get(Progress, session)
    if progress is not None and progress.entered_ms is not None:
        return True
    link = db.exec(select(Upload.id).where(Upload.session == session).limit(1)).first()
    manifest = db.exec(select(ManifestRow.sha256).where(ManifestRow.session == session).limit(1)).first()
    return link is not None or manifest is not None


def let_in_late(db: Session, project: str) -> set[str]:
    """Sessions of a project that support let in after the start."""
    query = select(Permission.session).where(
        col(Permission.session).in_(sessions_of(project)), Permission.kind == PermissionKind.ENTER_LATE.value
    )
    return set(db.exec(query))


def progress_of(db: Session, project: str) -> dict[str, int]:
    """When each session was entered; those that were not are left out."""
    query = select(Progress.session, Progress.entered_ms).where(
        col(Progress.session).in_(sessions_of(project)), col(Progress.entered_ms).is_not(None)
    )
    return {session: entered_ms or 0 for session, entered_ms in db.exec(query)}


def heartbeats_of(db: Session, project: str) -> dict[str, Heartbeat]:
    """The last word of each laptop."""
    query = select(Heartbeat).where(col(Heartbeat.session).in_(sessions_of(project)))
    return {row.session: row for row in db.exec(query)}


def sessions_of(project: str) -> sa.Select[str]:
    """Ids of the sessions of a project, for other queries."""
    return (
        sa.select(col(SessionRow.id))
        .join(Batch, col(Batch.id) == col(SessionRow.batch))
        .where(col(Batch.project) == project)
    )


def help_counts(db: Session, project: str) -> dict[str, int]:
    """How often each session called for help."""
    query = (
        select(HelpRow.session, func.count(col(HelpRow.id)))
        .where(col(HelpRow.session).in_(sessions_of(project)))
        .group_by(col(HelpRow.session))
    )
    return {session: count for session, count in db.exec(query) if session is not None}


def logged_in(db: Session, project: str) -> set[str]:
    """Sessions of a project that a login was granted for."""
    query = select(Progress.session).where(
        col(Progress.session).in_(sessions_of(project)), col(Progress.act_ms).is_not(None)
    )
    return set(db.exec(query))


def gaps(db: Session, project: str) -> list[Upload]:
    """Every declared gap that is verified."""
    query = select(Upload).where(
        col(Upload.session).in_(sessions_of(project)),
        Upload.kind == LinkKind.GAP.value,
        Upload.state == StoredState.VERIFIED.value,
    )
    return list(db.exec(query))


def quarantined(db: Session, project: str) -> list[Upload]:
    """Every link that came with a wrong hash."""
    query = select(Upload).where(
        col(Upload.session).in_(sessions_of(project)), Upload.state == StoredState.QUARANTINED.value
    )
    return list(db.exec(query))


def conflicts(db: Session, project: str) -> list[Conflict]:
    """Every second content of an identity."""
    return list(db.exec(select(Conflict).where(col(Conflict.session).in_(sessions_of(project)))))


def events(db: Session, project: str) -> list[TimelineRow]:
    """What laptops, phones and the center told, by session and their own time."""
    query = select(TimelineRow).where(col(TimelineRow.session).in_(sessions_of(project)), TimelineRow.source != "staff")
    return list(db.exec(query.order_by(col(TimelineRow.session), col(TimelineRow.said_ms), col(TimelineRow.id))))


def consents(db: Session, project: str, number: str = "") -> list[tuple[Consent, Candidate]]:
    """Every consent of a project (or of one candidate), by number and time."""
    query = select(Consent, Candidate).join(Candidate, col(Candidate.session) == col(Consent.session))
    query = query.where(Candidate.project == project)
    if number:
        query = query.where(Candidate.number == number)
    rows = db.exec(query.order_by(col(Candidate.number), col(Consent.id)))
    return [(row[0], row[1]) for row in rows]


def audits(db: Session, project: str) -> list[Audit]:
    """What staff did in a project, oldest first."""
    return list(db.exec(select(Audit).where(Audit.project == project).order_by(col(Audit.id))))


def numbers(db: Session, project: str) -> dict[str, str]:
    """The candidate's number of each session."""
    query = select(SessionRow.id, SessionRow.number).where(col(SessionRow.id).in_(sessions_of(project)))
    return dict(db.exec(query).all())
