"""The tables of ``queue.db``: what is on its way and what came of it. All of it can be rebuilt from the spool.

Own registry and own ``MetaData``: the center has a table of uploads too. ``migrations/syncd`` makes these tables; a
test compares the two.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class QueueTable(SQLModel, registry=registry()):
    """Base of every table of this database."""


class Upload(QueueTable, table=True):
    """One link of a chain on its way to the center.

    ``seal`` is the seal's canonical JSON (a damaged sidecar is restored from it). ``place`` is the upload's path at the
    center once created; ``offset`` the bytes acknowledged. Due times are boot-clock nanoseconds valid in boot
    ``due_boot``: after a reboot everything is due. ``state`` is a ``domain.status.UploadState``; ``failures`` counts
    attempts since the last progress.
    """

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("device", "track", "run", "kind", "link_index", name="uq_upload_identity"),
        Index("ix_upload_state", "state", "session", "seq"),
    )

    id: int = Field(default=None, primary_key=True)
    session: str = Field(sa_column=Column(String(36), nullable=False))
    device: str = Field(sa_column=Column(String(36), nullable=False))
    track: str = Field(sa_column=Column(String(16), nullable=False))
    run: str = Field(sa_column=Column(String(36), nullable=False))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    link_index: int
    seq: int
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    duration_ms: int = Field(sa_column=Column(BigInteger, nullable=False))
    path: str
    seal: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    place: str | None = None
    offset: int = Field(sa_column=Column(BigInteger, nullable=False))
    failures: int = 0
    due_boot: str = ""
    due_ns: int = Field(sa_column=Column(BigInteger, nullable=False))
    error_code: str = ""
    error_detail: str = ""


class Tally(QueueTable, table=True):
    """Per session: bytes that had to be sent again."""

    __tablename__ = "tally"

    session: str = Field(sa_column=Column(String(36), primary_key=True))
    resent_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
