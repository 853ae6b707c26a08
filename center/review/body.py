"""A session as reviewers are told of it. Owns the alias and the wire forms; no rule about footage."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from center.review import happenings
from center.review.parts import Part, parts
from center.review.proof import chain_bodies, receipt_facts
from center.review.reel import Reel
from center.review.veil import Veil
from center.store import candidates, projects, reviews
from center.store.candidates import CandidateCase
from center.store.projects import SessionCase
from center.tables.interview import TimelineRow
from center.tables.review import Conclusion, ReviewMark
from domain.errors import BadInput
from domain.footage import Lane, Piece
from domain.identity import LinkKind, Track
from domain.seal import Seal
from domain.wire.review import (
    ChapterBody,
    ConclusionBody,
    FileBody,
    HappeningBody,
    LaneBody,
    MarkBody,
    PieceBody,
    ReviewBody,
)

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a session: ``secret`` makes aliases, ``base`` is the path below which its files are."""

    session: str
    secret: bytes
    base: str
    now_ms: int

    @property
    def alias(self) -> str:
        """The reviewer-only number."""
        return alias(self.secret, self.session)


def alias(secret: bytes, session: str) -> str:
    """The reviewer-only number: it names a session, and nobody who lacks the secret can tell whose."""
    value = int.from_bytes(hmac.digest(secret, b"zhishi/alias/1\n" + session.encode(), hashlib.sha256)[:8])
    return f"R{value % 10**_DIGITS:0{_DIGITS}d}"


def case_of(db: Session, session: str) -> SessionCase:
    """Raises BadInput."""
    case = projects.session_case(db, session)
    if case is None:
        raise BadInput(f"session {session}: unknown here")
    return case


def review_body(db: Session, asked: Asked, reel: Reel) -> ReviewBody:
    """Everything."""
    session = asked.session
    case = case_of(db, session)
    candidate = candidates.by_session(db, session)
    veil = veil_of(case, candidate, asked.alias)
    events = reviews.events(db, session)
    return ReviewBody(
        session=session,
        alias=asked.alias,
        batch=case.batch.name,
        start_ms=case.batch.start_ms,
        shown_ms=None if candidate is None else candidate.progress.shown_ms,
        ended_ms=case.ended_ms(asked.now_ms),
        lanes=[_lane(lane, reel, asked) for lane in reel.lanes],
        happenings=[_happening(row, veil) for row in events],
        chapters=_chapters(case, candidate, events, asked.now_ms),
        marks=[_mark(row) for row in reviews.marks(db, session)],
        conclusions=[conclusion_body(row) for row in reviews.conclusions(db, session)],
        closed=case.session.closed_ms is not None,
        receipt=receipt_facts(db, session, veil),
        chains=chain_bodies(db, session, reel),
    )


def veil_of(case: SessionCase, candidate: CandidateCase | None, shown: str) -> Veil:
    """What of this person must not be told."""
    secrets = [case.session.number]
    if candidate is not None:
        secrets += [candidate.candidate.name, candidate.candidate.number, candidate.candidate.support_code]
    return Veil(tuple(secrets), shown)


def conclusion_body(row: Conclusion) -> ConclusionBody:
    """The wire form."""
    return ConclusionBody(by=row.by, verdict=row.verdict, text=row.text, made_ms=row.made_ms)


def file_path(base: str, reel: Reel, seal: Seal) -> str:
    """Where the bytes of a link are asked for."""
    return f"{base}/files/{reel.uploads[seal].id}"


def _lane(lane: Lane, reel: Reel, asked: Asked) -> LaneBody:
    clips = lane.track is Track.COMPANION
    return LaneBody(
        track=lane.track.value,
        playlist="" if clips else f"{asked.base}/{lane.track.value}.m3u8",
        pieces=[
            _piece(piece, f"{asked.base}/clips/{reel.uploads[piece.seal].id}" if clips else "") for piece in lane.pieces
        ],
        files=[_file(part, asked.base) for part in parts(lane)],
    )


def _file(part: Part, base: str) -> FileBody:
    return FileBody(
        file=f"{base}/downloads/{part.track.value}/{part.number}",
        number=0 if part.alone else part.number,
        bytes=part.bytes,
    )


def _piece(piece: Piece, file: str) -> PieceBody:
    return PieceBody(
        start_ms=piece.start_ms,
        duration_ms=piece.duration_ms,
        media_ms=piece.media_ms,
        gap=piece.gap,
        reason=piece.seal.reason.value if piece.seal.reason else "",
        estimated=piece.estimated,
        file="" if piece.seal.kind is LinkKind.GAP else file,
    )


def _happening(row: TimelineRow, veil: Veil) -> HappeningBody:
    data = _data(row)
    said = happenings.words(row.kind, data)
    return HappeningBody(
        at_ms=row.said_ms,
        source=row.source,
        zh=veil.over(said.zh),
        en=veil.over(said.en),
        incident=happenings.is_incident(row.kind, data),
    )


def _chapters(
    case: SessionCase, candidate: CandidateCase | None, events: list[TimelineRow], now_ms: int
) -> list[ChapterBody]:
    """The start, the sheet, each question as it came on the screen, the end."""
    found = [ChapterBody(at_ms=case.batch.start_ms, kind="start", number=0)]
    shown_ms = None if candidate is None else candidate.progress.shown_ms
    if shown_ms is not None:
        found.append(ChapterBody(at_ms=shown_ms, kind="question", number=1))
    for row in events:
        number = _data(row).get("number")
        if (
            row.kind == "question_on_screen"
            and isinstance(number, int)
            and (shown_ms is None or row.said_ms > shown_ms)
        ):
            found.append(ChapterBody(at_ms=row.said_ms, kind="question", number=number))
        elif row.kind == "a4_shown":
            found.append(ChapterBody(at_ms=row.said_ms, kind="a4", number=0))
    ended = case.ended_ms(now_ms)
    if ended is not None:
        found.append(ChapterBody(at_ms=ended, kind="end", number=0))
    return sorted(found, key=lambda one: one.at_ms)


def _data(row: TimelineRow) -> dict[str, Any]:
    data = json.loads(row.data)
    return data if isinstance(data, dict) else {}


def _mark(row: ReviewMark) -> MarkBody:
    return MarkBody(id=row.id or 0, by=row.by, at_ms=row.at_ms, text=row.text)
