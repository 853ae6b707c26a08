"""A session as reviewers are told of it. Owns the alias and the wire forms; no rule about footage."""

import hashlib
import hmac

from sqlmodel import Session

from center.interviewtables import TimelineRow
from center.reviewtables import Conclusion, ReviewMark
from center.store import candidates, projects, receipts, reviews
from center.store.projects import SessionCase
from center.tables import ReceiptRow, Upload
from domain.errors import BadInput
from domain.footage import Lane, Piece, lanes
from domain.identity import LinkKind, Track
from domain.receipt import ReceiptKind
from domain.seal import Seal, parse_seal
from domain.window import Assessment
from domain.wire.review import ConclusionBody, IncidentBody, LaneBody, MarkBody, PieceBody, ReviewBody

_DIGITS = 8


def alias(secret: bytes, session: str) -> str:
    """The reviewer-only number: it names a session, and nobody who lacks the secret can tell whose."""
    value = int.from_bytes(hmac.digest(secret, b"zhishi/alias/1\n" + session.encode(), hashlib.sha256)[:8])
    return f"R{value % 10**_DIGITS:0{_DIGITS}d}"


def footage(db: Session, session: str) -> tuple[tuple[Lane, ...], dict[str, Upload]]:
    """Its lanes, and the upload behind each link by the link's hash."""
    rows = {row.seal_hash: row for row in reviews.verified(db, session)}
    return lanes(parse_seal(row.seal.encode()) for row in rows.values()), rows


def case_of(db: Session, session: str) -> SessionCase:
    """Raises BadInput."""
    case = projects.session_case(db, session)
    if case is None:
        raise BadInput(f"session {session}: unknown here")
    return case


def review_body(db: Session, session: str, secret: bytes, base: str, now_ms: int) -> ReviewBody:
    """Everything; ``base`` is the path below which playlists and files are."""
    case = case_of(db, session)
    found, rows = footage(db, session)
    candidate = candidates.by_session(db, session)
    receipt = receipts.newest_receipt(db, session, ReceiptKind.SESSION)
    return ReviewBody(
        session=session,
        alias=alias(secret, session),
        batch=case.batch.name,
        start_ms=case.batch.start_ms,
        shown_ms=None if candidate is None else candidate.progress.shown_ms,
        ended_ms=case.ended_ms(now_ms),
        lanes=[_lane(lane, rows, base) for lane in found],
        incidents=[_incident(row) for row in reviews.events(db, session)],
        marks=[_mark(row) for row in reviews.marks(db, session)],
        conclusions=[conclusion_body(row) for row in reviews.conclusions(db, session)],
        receipt=_verdict(case, receipt),
        chains=_chains(db, session),
    )


def conclusion_body(row: Conclusion) -> ConclusionBody:
    """The wire form."""
    return ConclusionBody(by=row.by, verdict=row.verdict, text=row.text, made_ms=row.made_ms)


def file_name(base: str, rows: dict[str, Upload], seal: Seal) -> str:
    """Where the bytes of a link are asked for."""
    return f"{base}/files/{rows[seal.hash()].id}"


def _verdict(case: SessionCase, receipt: ReceiptRow | None) -> str:
    if case.session.closed_ms is not None:
        return Assessment.CLOSED_WITH_LOSS.value
    return "" if receipt is None else receipt.assessment


def _chains(db: Session, session: str) -> str:
    for device in projects.devices_of(db, session):
        newest = receipts.newest_manifest(db, device.id)
        if newest is not None and newest.problem:
            return newest.problem
    return ""


def _lane(lane: Lane, rows: dict[str, Upload], base: str) -> LaneBody:
    whole = lane.track is Track.COMPANION
    return LaneBody(
        track=lane.track.value,
        playlist="" if whole else f"{base}/{lane.track.value}.m3u8",
        pieces=[_piece(piece, file_name(base, rows, piece.seal) if whole else "") for piece in lane.pieces],
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


def _incident(row: TimelineRow) -> IncidentBody:
    return IncidentBody(at_ms=row.said_ms, source=row.source, kind=row.kind, data=row.data)


def _mark(row: ReviewMark) -> MarkBody:
    return MarkBody(id=row.id or 0, by=row.by, at_ms=row.at_ms, text=row.text)
