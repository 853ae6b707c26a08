"""Tables of the center's database, in a MetaData of their own (the sync daemon has a table of uploads too).

Owns column names and uniqueness. Holds no queries: ``center.store`` does. Times are center time in
milliseconds since the epoch; ids are text; seals, keys and signed statements are kept exactly as they came.
"""

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from domain.publication import APPEAL_MS


class CenterTable(SQLModel, registry=registry()):
    """Base of every table of the center."""


METADATA = CenterTable.metadata


class Project(CenterTable, table=True):
    """One interview project. ``results_published_ms``: when two administrators published its results; ``leave_ms``:
    from when on copies may be deleted (``appeal_ms`` later). ``retention_ms``: how long after that the center keeps
    evidence; None: without a limit.

    ``texts`` is JSON (``center.projecttexts``): consent, pledge, notices, set phrases.
    """

    id: str = Field(primary_key=True)
    title: str
    practice: bool = False
    window_ms: int = Field(sa_type=BigInteger)
    hotline: str = ""
    companion_required: bool = False
    show_name: bool = True
    texts: str = ""
    results_published_ms: int | None = Field(default=None, sa_type=BigInteger)
    leave_ms: int | None = Field(default=None, sa_type=BigInteger)
    appeal_ms: int = Field(default=APPEAL_MS, sa_type=BigInteger)
    retention_ms: int | None = Field(default=None, sa_type=BigInteger)


class Batch(CenterTable, table=True):
    """Candidates of a project who start together with one question set; the columns are a
    ``domain.stage.Schedule``.
    """

    id: str = Field(primary_key=True)
    project: str = Field(foreign_key="project.id", index=True)
    name: str
    start_ms: int = Field(sa_type=BigInteger)
    answer_ms: int = Field(sa_type=BigInteger)
    late_limit_ms: int = Field(default=0, sa_type=BigInteger)
    showing_ms: int = Field(default=0, sa_type=BigInteger)
    question_set: str = ""


class SessionRow(CenterTable, table=True):
    """One session; the class is not named Session, which is what a database transaction is called here.

    ``ended_ms`` is set by an accepted early end; a silent session ends at its scheduled end without a row
    changing. ``end_claim`` keeps the device's own stamp of an early end as JSON. ``window_extra_ms``: support let
    this session's evidence come later. ``send_now_ms``: when support last asked its laptops to try everything again.
    ``closed_ms``: closed with declared loss. ``held_ms``: its evidence is on hold, by whom and why. ``deleting_ms``,
    ``deleted_ms``: its evidence is being deleted, is deleted, by the retention rule.
    """

    __tablename__ = "session"

    id: str = Field(primary_key=True)
    batch: str = Field(foreign_key="batch.id", index=True)
    number: str
    extra_ms: int = Field(default=0, sa_type=BigInteger)
    window_extra_ms: int = Field(default=0, sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    end_claim: str = ""
    send_now_ms: int | None = Field(default=None, sa_type=BigInteger)
    closed_ms: int | None = Field(default=None, sa_type=BigInteger)
    held_ms: int | None = Field(default=None, sa_type=BigInteger)
    held_by: str = ""
    held_why: str = ""
    deleting_ms: int | None = Field(default=None, sa_type=BigInteger)
    deleted_ms: int | None = Field(default=None, sa_type=BigInteger)
    created_ms: int = Field(sa_type=BigInteger)


class EnrolmentCode(CenterTable, table=True):
    """A one-time code: ``id`` is its public half, of the secret half only the SHA-256 is kept."""

    id: str = Field(primary_key=True)
    secret_sha256: str
    session: str = Field(foreign_key="session.id", index=True)
    expires_ms: int = Field(sa_type=BigInteger)
    used_by: str | None = None
    used_ms: int | None = Field(default=None, sa_type=BigInteger)


class Device(CenterTable, table=True):
    """A device of a session with its public key (JWK). ``kind``: laptop | companion (a phone)."""

    id: str = Field(primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    public_key: str
    name: str = ""
    enrolled_ms: int = Field(sa_type=BigInteger)
    withdrawn_ms: int | None = Field(default=None, sa_type=BigInteger)
    withdrawn_why: str = ""
    kind: str = "laptop"


class SpentChallenge(CenterTable, table=True):
    """A challenge that was answered: it is good once. Rows go when the challenge would have expired
    anyway.
    """

    nonce: str = Field(primary_key=True)
    expires_ms: int = Field(sa_type=BigInteger, index=True)


class Upload(CenterTable, table=True):
    """One attempt to store one link. The newest ``generation`` of an identity counts.

    ``state`` is a StoredState; ``gone_ms`` tells that an open upload expired. The offset is not here: it is
    the size of what is durably stored. ``key`` is the storage's name for the bytes (empty for a link without
    bytes).
    """

    __table_args__ = (
        UniqueConstraint("device", "track", "run", "kind", "idx", "generation"),
        Index("upload_chain", "device", "state", "track", "seq"),
    )

    id: str = Field(primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    device: str = Field(foreign_key="device.id")
    track: str
    run: str
    kind: str
    idx: int = Field(sa_type=BigInteger)
    generation: int
    seq: int = Field(sa_type=BigInteger)
    seal: str
    seal_hash: str
    sha256: str
    size: int = Field(sa_type=BigInteger)
    length_known: bool = True
    metadata_header: str
    key: str
    state: str
    created_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)
    finished_ms: int | None = Field(default=None, sa_type=BigInteger, index=True)
    gone_ms: int | None = Field(default=None, sa_type=BigInteger)


class Conflict(CenterTable, table=True):
    """A second seal for an identity that is taken: kept, flagged, for staff to judge."""

    seal_hash: str = Field(primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    device: str
    identity: str
    seal: str
    first_ms: int = Field(sa_type=BigInteger)


class ManifestRow(CenterTable, table=True):
    """One revision of a device's manifest as sent (JWS). ``problem`` names the first thing that does not
    fit.
    """

    __tablename__ = "manifest"
    __table_args__ = (UniqueConstraint("device", "revision"),)

    sha256: str = Field(primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    device: str = Field(foreign_key="device.id")
    revision: int
    token: str
    received_ms: int = Field(sa_type=BigInteger)
    verified_ms: int | None = Field(default=None, sa_type=BigInteger)
    problem: str = ""


class ReceiptRow(CenterTable, table=True):
    """A receipt as signed (JWS); ``basis`` is what it covers, so asking twice finds the same one."""

    __tablename__ = "receipt"

    basis: str = Field(primary_key=True)
    kind: str
    session: str = Field(foreign_key="session.id", index=True)
    device: str | None = None
    token: str
    issued_ms: int = Field(sa_type=BigInteger)
    assessment: str


class Attempt(CenterTable, table=True):
    """One try that counts against whoever made it; ``who`` is a SHA-256, and a row stays no longer than it counts."""

    __table_args__ = (Index("ix_attempt_who_at_ms", "who", "at_ms"),)

    id: int | None = Field(default=None, primary_key=True)
    who: str
    at_ms: int = Field(sa_type=BigInteger, index=True)
