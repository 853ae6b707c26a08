"""Routes of reviewers: what may be reviewed, one session's footage, marks, conclusions.

Owns who may ask, and that every opening of evidence is written down. A device's token can do none of this.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from center import chronicle
from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right
from center.center import Center
from center.receipts import assessment
from center.review.body import alias, case_of, conclusion_body, file_name, footage, review_body
from center.reviewtables import Conclusion, ReviewMark
from center.store import projects, receipts, reviews, watching
from domain.errors import BadInput
from domain.footage import playlist
from domain.receipt import ReceiptKind
from domain.wire.center import API
from domain.wire.review import ConclusionOrder, MarkOrder, ReviewBody, ReviewProject, ReviewSession
from domain.wire.staff import Done

PREFIX = f"{API}/staff/review"
_BLOCK = 256 * 1024
_MEDIA = {"camera": "video/mp4", "screen": "video/mp4", "companion": "video/webm"}
_KEPT = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
Name = Annotated[str, Path(min_length=1, max_length=64)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=PREFIX, tags=["review"])
    gate = Gate(center.database, center.now_ms)
    secret = center.ids.derived("review alias")

    @router.get("/projects", summary="Every project")
    async def list_projects(token: Token = None) -> list[ReviewProject]:
        await gate.signed_in(token, Right.EVIDENCE)
        found = await center.database.aread(watching.projects)
        return [ReviewProject(project=row.id, title=row.title, practice=row.practice) for row, _ in found]

    @router.get("/projects/{project}", summary="The sessions of a project, without names")
    async def list_sessions(project: Name, token: Token = None) -> list[ReviewSession]:
        await gate.signed_in(token, Right.EVIDENCE)
        now = center.now_ms()
        return await center.database.aread(lambda db: _sessions(db, project, secret, now))

    @router.get("/sessions/{session}", summary="Everything to review one session; opening it is written down")
    async def show(session: Name, token: Token = None) -> ReviewBody:
        who = await gate.signed_in(token, Right.EVIDENCE)
        now, base = center.now_ms(), f"{PREFIX}/sessions/{session}"
        body = await center.database.aread(lambda db: review_body(db, session, secret, base, now))
        await center.database.awrite(lambda db: _opened(db, session, who.name, now))
        return body

    @router.get("/sessions/{session}/{track}.m3u8", summary="The playlist of one track (HLS)")
    async def tracks(session: Name, track: Name, token: Token = None) -> Response:
        await gate.signed_in(token, Right.EVIDENCE)
        found, rows = await center.database.aread(lambda db: footage(db, session))
        lane = next((lane for lane in found if lane.track.value == track), None)
        if lane is None:
            raise BadInput(f"session {session}: has no {track}")
        base = f"{PREFIX}/sessions/{session}"
        text = playlist(lane, lambda seal: file_name(base, rows, seal))
        return Response(text, media_type="application/vnd.apple.mpegurl", headers={"Cache-Control": "no-store"})

    @router.get("/sessions/{session}/files/{upload}", summary="The bytes of one verified link")
    async def file(session: Name, upload: Name, token: Token = None) -> StreamingResponse:
        await gate.signed_in(token, Right.EVIDENCE)
        row = await center.database.aread(lambda db: reviews.verified_upload(db, session, upload))
        if row is None or not row.key or row.track not in _MEDIA:
            raise BadInput(f"{upload}: no footage of this session")
        headers = {**_KEPT, "Content-Length": str(row.size)}
        return StreamingResponse(_bytes(center, row.key, row.size), media_type=_MEDIA[row.track], headers=headers)

    @router.post("/sessions/{session}/marks", summary="A remark at one moment")
    async def mark(session: Name, order: MarkOrder, csrf: Csrf, token: Token = None) -> Done:
        who = await gate.acting(token, csrf, Right.REVIEW)
        now = center.now_ms()

        def change(db: Session) -> None:
            case = case_of(db, session)
            row = ReviewMark(session=session, by=who.name, at_ms=order.at_ms, text=order.text, made_ms=now)
            projects.keep(db, row)
            chronicle.audit(db, who.name, "review_mark", case.project.id, now, at_ms=order.at_ms)

        await center.database.awrite(change)
        return Done(center_ms=now)

    @router.post("/sessions/{session}/conclusion", summary="What this reviewer concludes; again replaces their own")
    async def conclude(session: Name, order: ConclusionOrder, csrf: Csrf, token: Token = None) -> Done:
        who = await gate.acting(token, csrf, Right.REVIEW)
        now = center.now_ms()

        def change(db: Session) -> None:
            case = case_of(db, session)
            db.merge(Conclusion(session=session, by=who.name, verdict=order.verdict, text=order.text, made_ms=now))
            chronicle.audit(db, who.name, "conclusion", case.project.id, now, verdict=order.verdict, of=session)

        await center.database.awrite(change)
        return Done(center_ms=now)

    return router


def _sessions(db: Session, project: str, secret: bytes, now_ms: int) -> list[ReviewSession]:
    concluded = reviews.concluded(db, project)
    found = []
    for row, batch, links in reviews.sessions_of(db, project):
        receipt = receipts.newest_receipt(db, row.id, ReceiptKind.SESSION)
        found.append(
            ReviewSession(
                session=row.id,
                alias=alias(secret, row.id),
                batch=batch.name,
                links=links,
                state=assessment(case_of(db, row.id), receipt, now_ms).value,
                conclusions=[conclusion_body(one) for one in concluded.get(row.id, [])],
            )
        )
    return sorted(found, key=lambda one: one.alias)


def _opened(db: Session, session: str, by: str, now_ms: int) -> None:
    """Into the audit, not onto the timeline: who looked is not part of what happened in the interview."""
    project = case_of(db, session).project.id
    chronicle.audit(db, by, "view_evidence", project, now_ms, of=session)


async def _bytes(center: Center, key: str, size: int) -> AsyncIterator[bytes]:
    at = 0
    while at < size:
        start, most = at, min(_BLOCK, size - at)
        block = await center.uploads.off(lambda start=start, most=most: center.uploads.storage.read(key, start, most))  # type: ignore[misc]
        if not block:
            return
        at += len(block)
        yield block
