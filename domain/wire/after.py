"""What the staff's pages and the center say to each other about the time after the day. Paths are below ``API``/staff.

Publishing results, closing with declared loss, keeping and deleting evidence, ledgers. Every act carries the CSRF
header; every export is in the audit.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.wire import Wire
from domain.wire.fields import Bilingual
from domain.wire.staff import REASON_MOST, Reason


class Word(Wire):
    """Who said yes, when, and why."""

    by: str
    at_ms: int
    reason: str


class PublicationBody(Wire):
    """GET /projects/{project}/publication. ``state``: a PublicationState, or none while nothing is proposed.

    ``leave_ms``: from when on copies may be deleted. ``may_confirm``: whoever asks could be the second person.
    """

    project: str
    title: str
    center_ms: int
    state: str
    appeal_ms: int
    retention_ms: int | None
    leave_ms: int | None = None
    proposed: Word | None = None
    confirmed: Word | None = None
    withdrawn: Word | None = None
    may_confirm: bool = False
    counts: dict[str, int] = Field(default_factory=dict)  # sessions by CompletionState


class WithReason(Wire):
    """An act with a reason, which may be empty where the act says so."""

    reason: Annotated[str, Field(max_length=REASON_MOST)] = ""


class ClosureOrder(Wire):
    """POST /sessions/{session}/closure: propose 缺失说明结案."""

    cause: Literal["candidate", "network", "system"]
    reason: Reason


class ClosureBody(Wire):
    """One closure; the newest of its session. ``state``: proposed | closed | withdrawn. ``statement`` is the JWS.

    ``arrived_since``: links verified after it was closed.
    """

    session: str
    number: str
    name: str
    batch: str
    cause: str
    state: str
    proposed: Word
    confirmed: Word | None = None
    withdrawn: Word | None = None
    statement: str = ""
    may_confirm: bool = False
    arrived_since: int = 0


class ClosureList(Wire):
    """GET /projects/{project}/closures: those there are, newest first, and sessions that could be closed."""

    center_ms: int
    closures: list[ClosureBody]
    candidates: list["Closable"]


class Closable(Wire):
    """A session that is over, has a device and no receipt."""

    session: str
    number: str
    name: str
    batch: str
    deadline_ms: int | None


class KeptBody(Wire):
    """One session's evidence. ``stays``: a domain.keeping.Stays, empty when it is due; ``flags``: what is unresolved.

    ``deleted_ms``: deleted by the rule.
    """

    session: str
    number: str
    batch: str
    bytes: int
    files: int
    stays: str
    why: Bilingual
    flags: list[Bilingual]
    due_ms: int | None = None
    held: Word | None = None
    deleted_ms: int | None = None


class KeepingBody(Wire):
    """GET /projects/{project}/keeping."""

    center_ms: int
    due: int
    due_bytes: int
    sessions: list[KeptBody]


class DeleteOrder(Wire):
    """POST /projects/{project}/delete: the evidence of everything that is due, or of one ``session``.

    ``count``: how many sessions the page showed; when it is another number now, nothing is deleted.
    """

    session: Annotated[str, Field(max_length=64)] = ""
    count: Annotated[int, Field(ge=1, le=1_000_000)]
    reason: Reason


class DeleteAnswer(Wire):
    """What was deleted."""

    sessions: int
    files: int
    bytes: int


class LedgerColumn(Wire):
    """``kind``: text | time (center time, milliseconds) | number | span (milliseconds) | size (bytes)."""

    key: str
    zh: str
    en: str
    kind: str


class LedgerBody(Wire):
    """GET /projects/{project}/ledgers/{ledger}: a table; with ``form=csv`` the same for a spreadsheet."""

    project: str
    ledger: str
    center_ms: int
    columns: list[LedgerColumn]
    rows: list[dict[str, str | int | float | None]]
