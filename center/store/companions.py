"""Queries over phones, binding codes and waivers. Decides nothing."""

from sqlmodel import Session, col, select

from center.tables import Device, ReceiptRow
from center.tables.companion import Companion, CompanionWaiver
from center.tables.interview import BindingCode, Candidate

LAPTOP, PHONE = "laptop", "companion"


def by_link(db: Session, link_sha256: str) -> BindingCode | None:
    """The binding whose link has this hash."""
    return db.exec(select(BindingCode).where(BindingCode.link_sha256 == link_sha256)).first()


def by_code(db: Session, code_sha256: str) -> BindingCode | None:
    """The binding whose code has this hash."""
    return db.exec(select(BindingCode).where(BindingCode.code_sha256 == code_sha256)).first()


def companion(db: Session, device: str) -> Companion | None:
    """One phone."""
    return db.get(Companion, device)


def of_session(db: Session, session: str) -> list[tuple[Companion, Device]]:
    """Every phone that ever was bound or asked, oldest first."""
    query = select(Companion, Device).join(Device, col(Device.id) == col(Companion.device))
    rows = db.exec(query.where(Companion.session == session).order_by(col(Device.enrolled_ms), col(Device.id)))
    return [(row[0], row[1]) for row in rows]


def waivers(db: Session, session: str) -> dict[str, CompanionWaiver]:
    """What support waived, by device ("" for the session as a whole)."""
    return {row.device: row for row in db.exec(select(CompanionWaiver).where(CompanionWaiver.session == session))}


def of_project(db: Session, project: str) -> list[Companion]:
    """Every phone of a project."""
    query = select(Companion).join(Candidate, col(Candidate.session) == col(Companion.session))
    return list(db.exec(query.where(Candidate.project == project)))


def receipted(db: Session, project: str) -> set[str]:
    """Phones of a project that have a device receipt."""
    query = (
        select(ReceiptRow.device)
        .join(Companion, col(Companion.device) == col(ReceiptRow.device))
        .join(Candidate, col(Candidate.session) == col(Companion.session))
        .where(Candidate.project == project)
    )
    return {device for device in db.exec(query) if device is not None}
