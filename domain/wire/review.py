"""What the review pages and the center say to each other. Paths are below ``API``/staff/review.

Reviewers know a session by ``alias`` alone: neither name nor number of a candidate is in anything they are told.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.wire import Wire
from domain.wire.fields import MsTime

Verdict = Literal["nothing_found", "suspicious", "violation"]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class ReviewProject(Wire):
    """One project with evidence."""

    project: str
    title: str
    practice: bool


class ConclusionBody(Wire):
    """What one reviewer concluded."""

    by: str
    verdict: str
    text: str
    made_ms: int


class ReviewSession(Wire):
    """One session in the list. ``state``: open | confirmed | …, the window's assessment of its receipt."""

    session: str
    alias: str
    batch: str
    links: int
    state: str
    conclusions: list[ConclusionBody]


class PieceBody(Wire):
    """One segment or gap. ``start_ms`` is center time, ``media_ms`` its place in the playlist."""

    start_ms: int
    duration_ms: int
    media_ms: int
    gap: bool
    reason: str = ""
    estimated: bool = False
    file: str = ""  # of a phone: a clip of its own


class FileBody(Wire):
    """One file to download. ``bytes`` is about its size; ``number`` counts within the track, 0 is the only one."""

    file: str
    number: int
    bytes: int


class LaneBody(Wire):
    """One track. ``playlist`` is empty where the pieces are clips."""

    track: str
    playlist: str
    pieces: list[PieceBody]
    files: list[FileBody]


class HappeningBody(Wire):
    """One event, in sentences of the center's own; ``incident``: marked on the strip."""

    at_ms: int
    source: str
    zh: str
    en: str
    incident: bool


class ChapterBody(Wire):
    """Where something begins. ``kind``: start | a4 | question | end; ``number`` of the question (else 0)."""

    at_ms: int
    kind: str
    number: int


class MarkBody(Wire):
    """One remark."""

    id: int
    by: str
    at_ms: int
    text: str


class ChainBody(Wire):
    """One chain of one device, checked anew over what is verified. ``problem``: empty when it follows without a hole.

    ``device``: laptop | phone. ``named``: a signed manifest names just these links. ``head`` is the beginning of its
    last hash. Times in milliseconds.
    """

    device: str
    track: str
    links: int
    segments: int
    bytes: int
    duration_ms: int
    gaps: int
    gap_ms: int
    head: str
    named: bool
    problem: str


class ReceiptFacts(Wire):
    """The session's receipt. ``fingerprint`` is the beginning of its SHA-256; ``companion``: verified | waived |
    not_required, with whose word and reason.
    """

    issued_ms: int
    ended_ms: int
    deadline_ms: int
    assessment: str
    companion: str
    waived_by: str
    waived_for: str
    fingerprint: str


class ReviewBody(Wire):
    """GET /sessions/{session}: everything to review it; opening it is written down. ``closed``: with declared loss."""

    session: str
    alias: str
    batch: str
    start_ms: int
    shown_ms: int | None
    ended_ms: int | None
    lanes: list[LaneBody]
    happenings: list[HappeningBody]
    chapters: list[ChapterBody]
    marks: list[MarkBody]
    conclusions: list[ConclusionBody]
    closed: bool
    receipt: ReceiptFacts | None
    chains: list[ChainBody]


class MarkOrder(Wire):
    """POST /sessions/{session}/marks."""

    at_ms: MsTime
    text: Words


class ConclusionOrder(Wire):
    """POST /sessions/{session}/conclusion: said again it replaces one's own."""

    verdict: Verdict
    text: Annotated[str, Field(max_length=2000)]
