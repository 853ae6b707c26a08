"""Tables of the interview: roster, permissions, logins, questions, help, timeline, audit.

Owns column names and uniqueness, in the MetaData of ``center.tables``. Holds no queries. Faces leave nothing here but
verdicts: a template lives in ``login.template`` while a login runs and is wiped when it ends.
"""

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from center.tables import CenterTable


class Candidate(CenterTable, table=True):
    """A person on the roster, one for each session. ``id_hash`` is Argon2id of the id number, ``id_tail`` an HMAC of
    its last four, by which support finds a caller; ``photo`` a paper's SHA-256; ``phone`` the telephone to call, where
    the roster names one.
    """

    __table_args__ = (UniqueConstraint("project", "number"),)

    session: str = Field(primary_key=True, foreign_key="session.id")
    project: str = Field(foreign_key="project.id")
    number: str
    name: str
    id_hash: str
    id_tail: str = Field(default="", index=True)
    photo: str
    support_code: str = Field(unique=True)
    phone: str = ""


class Progress(CenterTable, table=True):
    """The persisted facts of one session from which its stage follows, and its secrets.

    ``act_sha256`` is the hash of the one valid act token, which login ``act_login`` was given. ``release`` and
    ``entry`` are the 80-bit secrets of the codes that support reads out; ``entry_salt`` belongs to the check that
    laptops hold.
    """

    session: str = Field(primary_key=True, foreign_key="session.id")
    act_sha256: str | None = Field(default=None, unique=True)
    act_login: str = ""
    act_ms: int | None = Field(default=None, sa_type=BigInteger)
    pledge_version: str = ""
    pledge_ms: int | None = Field(default=None, sa_type=BigInteger)
    entered_ms: int | None = Field(default=None, sa_type=BigInteger)
    shown_ms: int | None = Field(default=None, sa_type=BigInteger)
    release: bytes
    entry: bytes
    entry_salt: bytes


class Heartbeat(CenterTable, table=True):
    """What a laptop said last; ``progress`` is JSON."""

    session: str = Field(primary_key=True, foreign_key="session.id")
    at_ms: int = Field(sa_type=BigInteger)
    stage: str
    progress: str


class BacklogSample(CenterTable, table=True):
    """How much a laptop had left at one moment, for the chart. ``slot`` goes round: a session's history is bounded."""

    __tablename__ = "backlog_sample"

    session: str = Field(primary_key=True, foreign_key="session.id")
    slot: int = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    remaining_bytes: int = Field(sa_type=BigInteger)
    bytes_per_second: float


class Permission(CenterTable, table=True):
    """What support allowed one candidate. ``kind`` is a PermissionKind; ``used_ms`` is set where it is good once."""

    id: int | None = Field(default=None, primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    kind: str
    by: str
    reason: str
    at_ms: int = Field(sa_type=BigInteger)
    used_ms: int | None = Field(default=None, sa_type=BigInteger)


class Login(CenterTable, table=True):
    """One login under way. ``attempt`` (JSON) and ``template`` belong to center.faces and are wiped at its end."""

    id: str = Field(primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    step: str
    consent: bool
    takeover: bool = False
    tries: int = 0
    attempt: str = ""
    template: bytes = b""
    by_support: bool = False
    asked_ms: int | None = Field(default=None, sa_type=BigInteger)
    began_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger, index=True)


class Consent(CenterTable, table=True):
    """Every answer to a text that asks: kept for good."""

    id: int | None = Field(default=None, primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    kind: str  # face | pledge
    version: str
    accepted: bool
    at_ms: int = Field(sa_type=BigInteger)


class Attachment(CenterTable, table=True):
    """One attachment of a project; ``sha256`` names the paper that holds its bytes."""

    project: str = Field(primary_key=True, foreign_key="project.id")
    id: str = Field(primary_key=True)
    position: int
    title: str
    media_type: str
    size: int
    sha256: str


class ReadMark(CenterTable, table=True):
    """【已阅】: ``said_ms`` is the laptop's moment, ``at_ms`` when the center heard of it."""

    __tablename__ = "read_mark"

    session: str = Field(primary_key=True, foreign_key="session.id")
    attachment: str = Field(primary_key=True)
    said_ms: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)


class QuestionSet(CenterTable, table=True):
    """The questions of one or more batches (JSON list); nobody reads them out of here before the start."""

    __tablename__ = "question_set"

    project: str = Field(primary_key=True, foreign_key="project.id")
    name: str = Field(primary_key=True)
    questions: str
    sha256: str
    imported_ms: int = Field(sa_type=BigInteger)


class Pack(CenterTable, table=True):
    """One encrypted question pack with its key; ``questions`` is the hash of the set it was made from."""

    __table_args__ = (UniqueConstraint("session", "questions"),)

    id: str = Field(primary_key=True)
    session: str = Field(foreign_key="session.id")
    questions: str
    key: bytes
    body: str
    made_ms: int = Field(sa_type=BigInteger)


class NoticeRow(CenterTable, table=True):
    """Something told to a whole batch, or to one session of it."""

    __tablename__ = "notice"

    id: int | None = Field(default=None, primary_key=True)
    batch: str = Field(foreign_key="batch.id", index=True)
    session: str | None = Field(default=None, foreign_key="session.id")
    kind: str
    zh: str
    en: str
    by: str
    at_ms: int = Field(sa_type=BigInteger)


class HelpRow(CenterTable, table=True):
    """A request for help; ``id`` was made on the laptop.

    Before login it has no ``session``: ``project`` and ``number`` are then as typed, nobody has checked them, and
    ``code`` are the digits by which support finds it. ``claimed_by``: who of the staff has taken it.
    """

    __tablename__ = "help"

    id: str = Field(primary_key=True)
    session: str | None = Field(default=None, foreign_key="session.id", index=True)
    project: str = ""
    number: str = ""
    code: str | None = Field(default=None, unique=True)
    stage: str
    text: str
    said_ms: int = Field(sa_type=BigInteger)
    asked_ms: int = Field(sa_type=BigInteger)
    claimed_by: str = ""
    answer: str | None = None
    answered_by: str = ""
    answered_ms: int | None = Field(default=None, sa_type=BigInteger)


class TimelineRow(CenterTable, table=True):
    """One event of one session. ``source`` is laptop, phone, center or staff; ``event`` makes a second telling a
    no-op.
    """

    __tablename__ = "timeline"
    __table_args__ = (UniqueConstraint("session", "event"),)

    id: int | None = Field(default=None, primary_key=True)
    session: str = Field(foreign_key="session.id")
    event: str
    source: str
    kind: str
    said_ms: int = Field(sa_type=BigInteger)
    said_est: bool = False
    at_ms: int = Field(sa_type=BigInteger)
    data: str


class BindingCode(CenterTable, table=True):
    """The newest binding code and link of a session, good for one phone; only hashes are kept."""

    __tablename__ = "binding_code"

    session: str = Field(primary_key=True, foreign_key="session.id")
    code_sha256: str = Field(unique=True)
    link_sha256: str = Field(unique=True)
    expires_ms: int = Field(sa_type=BigInteger)
    used_by: str | None = None
    used_ms: int | None = Field(default=None, sa_type=BigInteger)


class Audit(CenterTable, table=True):
    """Who did what and why. Append-only: triggers of the database refuse every change and deletion."""

    id: int | None = Field(default=None, primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    by: str
    action: str
    project: str
    session: str | None = Field(default=None, index=True)
    reason: str
    detail: str
