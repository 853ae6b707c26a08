"""What the review pages and the center say to each other. Paths are below ``API``/staff/review.

Reviewers know a session by ``alias`` alone: neither name nor number of a candidate is in anything they are told.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.wire import Wire
from domain.wire.interview import MsTime

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
    file: str = ""  # of a phone: a whole file of its own


class LaneBody(Wire):
    """One track. ``playlist`` is empty where the pieces are whole files."""

    track: str
    playlist: str
    pieces: list[PieceBody]


class IncidentBody(Wire):
    """One event on the scrubber."""

    at_ms: int
    source: str
    kind: str
    data: str


class MarkBody(Wire):
    """One remark."""

    id: int
    by: str
    at_ms: int
    text: str


class ReviewBody(Wire):
    """GET /sessions/{session}: everything to review it; opening it is written down.

    ``chains``: empty when every chain that was handed in follows, else the first thing that does not fit.
    """

    session: str
    alias: str
    batch: str
    start_ms: int
    shown_ms: int | None
    ended_ms: int | None
    lanes: list[LaneBody]
    incidents: list[IncidentBody]
    marks: list[MarkBody]
    conclusions: list[ConclusionBody]
    receipt: str
    chains: str


class MarkOrder(Wire):
    """POST /sessions/{session}/marks."""

    at_ms: MsTime
    text: Words


class ConclusionOrder(Wire):
    """POST /sessions/{session}/conclusion: said again it replaces one's own."""

    verdict: Verdict
    text: Annotated[str, Field(max_length=2000)]
