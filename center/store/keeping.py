"""Queries over what the retention rule asks of a project's sessions, and emptying a session. Decides nothing."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from center.store import afterwards
from center.store.afterwards import sessions_of
from center.tables import Conflict, ManifestRow, SessionRow, Upload
from center.tables.interview import Attachment, Candidate, Pack, TimelineRow
from center.tables.review import Conclusion
from domain.keeping import Flag
from domain.status import StoredState

_IDENTITY = ("device", "track", "run", "kind", "idx")
_DOUBTS = ("suspicious", "violation")


@dataclass(frozen=True, slots=True)
class Stored:
    """What the center stores of one session."""

    files: int
    bytes: int


def stored(db: Session, project: str) -> dict[str, Stored]:
    """Files with bytes, by session. Quarantined ones count, too: their bytes are kept apart."""
    query = (
        sa.select(col(Upload.session), func.count(), func.sum(col(Upload.size)))
        .where(col(Upload.key) != "", col(Upload.session).in_(sessions_of(project)))
        .group_by(col(Upload.session))
    )
    return {row[0]: Stored(row[1], int(row[2] or 0)) for row in db.execute(query)}


def flags(db: Session, project: str) -> dict[str, frozenset[Flag]]:
    """What is unresolved, by session; sessions without anything are left out."""
    ours = sessions_of(project)
    newest = (
        sa.select(col(ManifestRow.device).label("device"), func.max(col(ManifestRow.revision)).label("revision"))
        .where(col(ManifestRow.session).in_(ours))
        .group_by(col(ManifestRow.device))
        .subquery()
    )
    later = aliased(Upload)
    good = sa.select(col(later.id)).where(
        *(
            col(getattr(later, name)) == col(getattr(Upload, name))
            for name in ("device", "track", "run", "kind", "idx")
        ),
        col(later.state) == StoredState.VERIFIED.value,
    )
    asked = {
        Flag.CONFLICT: sa.select(col(Conflict.session)).where(col(Conflict.session).in_(ours)),
        Flag.CHAIN: sa.select(col(ManifestRow.session))
        .join(newest, sa.and_(newest.c.device == ManifestRow.device, newest.c.revision == ManifestRow.revision))
        .where(col(ManifestRow.problem) != ""),
        Flag.QUARANTINED: sa.select(col(Upload.session)).where(
            col(Upload.session).in_(ours), col(Upload.state) == StoredState.QUARANTINED.value, ~good.exists()
        ),
        Flag.ARRIVING: sa.select(col(Upload.session)).where(
            col(Upload.session).in_(ours), col(Upload.state) == StoredState.OPEN.value, col(Upload.gone_ms).is_(None)
        ),
        Flag.DOUBTED: sa.select(col(Conclusion.session)).where(
            col(Conclusion.session).in_(ours), col(Conclusion.verdict).in_(_DOUBTS)
        ),
    }
    found: dict[str, set[Flag]] = {}
    for flag, query in asked.items():
        for (session,) in db.execute(query.distinct()):
            found.setdefault(session, set()).add(flag)
    for session in afterwards.open_closures(db, project):
        found.setdefault(session, set()).add(Flag.CLOSING)
    return {session: frozenset(some) for session, some in found.items()}


def keys_of(db: Session, session: str) -> list[str]:
    """The storage's names for every byte of a session."""
    return list(db.exec(select(Upload.key).where(Upload.session == session, Upload.key != "")))


def empty(db: Session, session: str, keys: list[str]) -> str:
    """The bytes under ``keys`` are gone; forget what else of a person goes with them. Answers the photo's paper.

    Seals, manifests, receipts, statements, consents and the audit stay: what was here can still be told.
    """
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        db.execute(sa.update(Upload).where(col(Upload.session) == session, col(Upload.key).in_(some)).values(key=""))
    db.execute(sa.delete(Pack).where(col(Pack.session) == session))
    own = sa.and_(col(TimelineRow.session) == session, col(TimelineRow.source).in_(["laptop", "phone"]))
    db.execute(sa.delete(TimelineRow).where(own))
    person = db.get(Candidate, session)
    photo = ""
    if person is not None:
        photo, person.photo, person.id_hash, person.id_tail = person.photo, "", "", ""
        db.add(person)
    db.flush()
    return photo


def paper_named(db: Session, sha256: str) -> bool:
    """Whether a candidate or an attachment still names this paper."""
    person = db.exec(select(Candidate.session).where(Candidate.photo == sha256).limit(1)).first()
    return person is not None or db.exec(select(Attachment.id).where(Attachment.sha256 == sha256)).first() is not None


def being_deleted(db: Session) -> list[str]:
    """Sessions whose deletion was begun and not finished."""
    query = select(SessionRow.id).where(col(SessionRow.deleting_ms).is_not(None), col(SessionRow.deleted_ms).is_(None))
    return list(db.exec(query))
