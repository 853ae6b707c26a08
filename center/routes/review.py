"""Routes of reviewers: what may be reviewed, one session's footage, files to download, marks, conclusions.

Owns who may ask, and that every opening of evidence is written down. A device's token can do none of this.
"""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse, StreamingResponse
from sqlmodel import Session

from center import chronicle
from center.accounts.gate import Csrf, Gate, Token
from center.accounts.roles import Right
from center.accounts.signing import Staff
from center.center import Center
from center.receipts import assessment
from center.review.body import Asked, alias, case_of, conclusion_body, file_path, review_body
from center.review.parts import Part, parts
from center.review.reel import Reel
from center.store import projects, reviews, watching
from center.store.projects import SessionCase
from center.tables import Upload
from center.tables.review import Conclusion, ReviewMark
from domain.errors import BadInput
from domain.footage import Lane, playlist
from domain.identity import Track
from domain.media import is_webm
from domain.wire.center import API
from domain.wire.review import ConclusionOrder, MarkOrder, ReviewBody, ReviewProject, ReviewSession
from domain.wire.staff import Done

PREFIX = f"{API}/staff/review"
_BLOCK = 256 * 1024
_HEAD = 16
_MP4, _WEBM = "video/mp4", "video/webm"
_KEPT = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
_FRESH = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Name = Annotated[str, Path(min_length=1, max_length=64)]
Number = Annotated[int, Path(ge=1, le=1000)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=PREFIX, tags=["review"])
    gate = Gate(center.database, center.now_ms)
    secret = center.ids.derived("review alias")
    desk = center.review

    def asked(session: str) -> Asked:
        return Asked(session, secret, f"{PREFIX}/sessions/{session}", center.now_ms())

    async def looks(token: str | None, session: str) -> Staff:
        """May see evidence; the first look of a sign-in at a session is written down, by whatever way it comes."""
        who = await gate.signed_in(token, Right.EVIDENCE)
        if desk.first_time(who.token_sha256, session):
            now = center.now_ms()
            await center.database.awrite(lambda db: _opened(db, session, who.name, now))
        return who

    async def reel_of(session: str) -> Reel:
        return await center.database.aread(lambda db: desk.reels.of(db, session))

    async def footage_of(session: str, upload: str, *tracks: Track) -> Upload:
        row = await center.database.aread(lambda db: reviews.verified_upload(db, session, upload))
        if row is None or not row.key or row.track not in tracks:
            raise BadInput(f"{upload}: no footage of this session")
        return row

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
        order = asked(session)
        body = await center.database.aread(lambda db: review_body(db, order, desk.reels.of(db, session)))
        desk.first_time(who.token_sha256, session)
        await center.database.awrite(lambda db: _opened(db, session, who.name, order.now_ms))
        return body

    @router.get("/sessions/{session}/{track}.m3u8", summary="The playlist of one track (HLS)")
    async def tracks(session: Name, track: Name, token: Token = None) -> Response:
        await looks(token, session)
        reel = await reel_of(session)
        lane = _lane_of(reel, session, track)
        text = playlist(lane, lambda seal: file_path(asked(session).base, reel, seal))
        return Response(text, media_type="application/vnd.apple.mpegurl", headers=_FRESH)

    @router.get(
        "/sessions/{session}/files/{upload}", summary="The bytes of one verified link of a laptop, as they came"
    )
    async def file(session: Name, upload: Name, token: Token = None) -> StreamingResponse:
        await looks(token, session)
        row = await footage_of(session, upload, Track.CAMERA, Track.SCREEN)
        headers = {**_KEPT, "Content-Length": str(row.size)}
        return StreamingResponse(_bytes(center, row.key, row.size), media_type=_MP4, headers=headers)

    @router.get("/sessions/{session}/clips/{upload}", summary="One segment of a phone, remuxed for appending")
    async def clip(session: Name, upload: Name, token: Token = None) -> FileResponse:
        await looks(token, session)
        row = await footage_of(session, upload, Track.COMPANION)
        path, media_type = await desk.clip(row)
        return FileResponse(path, media_type=media_type, headers=_KEPT)

    @router.get("/sessions/{session}/downloads/{track}/{number}", summary="A track as one file, on one clock")
    async def download(session: Name, track: Name, number: Number, token: Token = None) -> Response:
        who = await looks(token, session)
        reel = await reel_of(session)
        lane = _lane_of(reel, session, track)
        part = next((one for one in parts(lane) if one.number == number), None)
        if part is None:
            raise BadInput(f"{track} {number}: there is no such file")
        now, kept = center.now_ms(), _kept_name(reel, lane, part)
        await center.database.awrite(lambda db: _downloaded(db, session, who.name, part, now))
        name = part.name(alias(secret, session))
        found = await desk.made(kept, session)
        if found is not None:
            media_type = _kind(await center.uploads.off(_beginning, found))
            return FileResponse(found, media_type=media_type, headers={**_FRESH, **_named(name, media_type)})
        blocks = await desk.download(kept, session, reel, lane, part)
        first = await anext(blocks)
        media_type = _kind(first)
        return StreamingResponse(
            _all(first, blocks), media_type=media_type, headers={**_FRESH, **_named(name, media_type)}
        )

    @router.post("/sessions/{session}/marks", summary="A remark at one moment")
    async def mark(session: Name, order: MarkOrder, csrf: Csrf, token: Token = None) -> Done:
        who = await gate.acting(token, csrf, Right.REVIEW)
        now = center.now_ms()

        def change(db: Session) -> None:
            case = case_of(db, session)
            row = ReviewMark(session=session, by=who.name, at_ms=order.at_ms, text=order.text, made_ms=now)
            projects.keep(db, row)
            chronicle.audit(db, who.name, "review_mark", case.project.id, now, at_ms=order.at_ms, of=session)

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


def _lane_of(reel: Reel, session: str, track: str) -> Lane:
    lane = reel.lane(track)
    if lane is None:
        raise BadInput(f"session {session}: has no {track}")
    return lane


def _kept_name(reel: Reel, lane: Lane, part: Part) -> str:
    """The same as long as the same pieces are there."""
    of = "\n".join(reel.uploads[piece.seal].seal_hash for piece in part.pieces)
    return f"{part.track.value}-{hashlib.sha256(f'{lane.from_ms} {lane.to_ms} {of}'.encode()).hexdigest()[:32]}"


def _beginning(path: FilePath) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _kind(beginning: bytes) -> str:
    return _WEBM if is_webm(beginning) else _MP4


def _named(name: str, media_type: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.{media_type.rpartition("/")[2]}"'}


def _sessions(db: Session, project: str, secret: bytes, now_ms: int) -> list[ReviewSession]:
    owner = projects.project(db, project)
    if owner is None:
        return []
    concluded, issued = reviews.concluded(db, project), reviews.receipts_of(db, project)
    found = [
        ReviewSession(
            session=row.id,
            alias=alias(secret, row.id),
            batch=batch.name,
            links=links,
            state=assessment(SessionCase(owner, batch, row), issued.get(row.id), now_ms).value,
            conclusions=[conclusion_body(one) for one in concluded.get(row.id, [])],
        )
        for row, batch, links in reviews.sessions_of(db, project)
    ]
    return sorted(found, key=lambda one: one.alias)


def _opened(db: Session, session: str, by: str, now_ms: int) -> None:
    """Into the audit, not onto the timeline: who looked is not part of what happened in the interview."""
    project = case_of(db, session).project.id
    chronicle.audit(db, by, "view_evidence", project, now_ms, of=session)


def _downloaded(db: Session, session: str, by: str, part: Part, now_ms: int) -> None:
    project = case_of(db, session).project.id
    chronicle.audit(db, by, "download_evidence", project, now_ms, of=session, track=part.track.value, part=part.number)


async def _bytes(center: Center, key: str, size: int) -> AsyncIterator[bytes]:
    at = 0
    while at < size:
        start, most = at, min(_BLOCK, size - at)
        block = await center.uploads.off(lambda start=start, most=most: center.uploads.storage.read(key, start, most))  # type: ignore[misc]
        if not block:
            return
        at += len(block)
        yield block


async def _all(first: bytes, blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in blocks:
        yield block
