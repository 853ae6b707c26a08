"""Queries over manifests and receipts. Rows here are written once; only a manifest's verdict is added
later.
"""

from sqlmodel import Session, col, select

from center.tables import ManifestRow, ReceiptRow
from domain.receipt import ReceiptKind


def newest_manifest(db: Session, device: str) -> ManifestRow | None:
    """The manifest of the highest revision."""
    query = select(ManifestRow).where(ManifestRow.device == device)
    return db.exec(query.order_by(col(ManifestRow.revision).desc()).limit(1)).first()


def has_manifest(db: Session, device: str) -> bool:
    """Whether the device has sent any."""
    return db.exec(select(ManifestRow.sha256).where(ManifestRow.device == device).limit(1)).first() is not None


def manifest(db: Session, sha256: str) -> ManifestRow | None:
    """The manifest with this hash."""
    return db.get(ManifestRow, sha256)


def add_manifest(db: Session, row: ManifestRow) -> None:
    """Keep a new revision."""
    db.add(row)
    db.flush()


def judge_manifest(db: Session, sha256: str, verified_ms: int | None, problem: str) -> None:
    """Write what following its chains gave."""
    row = db.get_one(ManifestRow, sha256)
    row.verified_ms = row.verified_ms or verified_ms
    row.problem = problem
    db.add(row)


def receipt(db: Session, basis: str) -> ReceiptRow | None:
    """The receipt that covers exactly ``basis``."""
    return db.get(ReceiptRow, basis)


def add_receipt(db: Session, row: ReceiptRow) -> ReceiptRow:
    """Keep a new receipt."""
    db.add(row)
    db.flush()
    return row


def newest_receipt(db: Session, session: str, kind: ReceiptKind, device: str | None = None) -> ReceiptRow | None:
    """The last receipt issued of this kind."""
    query = select(ReceiptRow).where(ReceiptRow.session == session, ReceiptRow.kind == kind.value)
    if device is not None:
        query = query.where(ReceiptRow.device == device)
    return db.exec(query.order_by(col(ReceiptRow.issued_ms).desc()).limit(1)).first()
