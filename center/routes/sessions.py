"""Routes about one session: how it stands, its seals, its end, its manifests. All need an upload token for
it.
"""

import json
from typing import Annotated

from fastapi import APIRouter, Header
from sqlmodel import Session

from center.center import Center
from center.closing import statement_of
from center.phoneviews import phone_of_session
from center.receipts import Standing, assessment
from center.store import projects, receipts, uploads
from center.store.projects import SessionCase
from center.tables import Upload
from center.tokens import Bearer
from domain.errors import BadInput, TokenRefused
from domain.identity import check_uuid
from domain.receipt import ReceiptKind
from domain.status import StoredState
from domain.wire.center import (
    API,
    EndOrder,
    LinkState,
    ManifestAnswer,
    ManifestOrder,
    SealsAnswer,
    SessionView,
)
from domain.wire.tus import UPLOADS_PATH

Authorization = Annotated[str | None, Header()]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/sessions/{{session}}", tags=["sessions"])

    def bearer(authorization: str | None, session: str, *, phones: bool = True) -> Bearer:
        found = center.tokens.bearer(authorization, center.now_ms(), phones=phones)
        if found.session != session:
            raise TokenRefused("token: of another session")
        return found

    async def view(asking: Bearer) -> SessionView:
        now = center.now_ms()
        case = await _case(center, asking.session)
        standing = await center.receipts.advance(asking.session, asking.device)
        return await center.database.aread(lambda db: _view(center, db, case, asking, standing, now))

    @router.get("", summary="How the session stands, with the receipts there are")
    async def show(session: str, authorization: Authorization = None) -> SessionView:
        return await view(bearer(authorization, session))

    @router.post("/end", summary="An early end; sent twice is sent once")
    async def end(session: str, order: EndOrder, authorization: Authorization = None) -> SessionView:
        asking = bearer(authorization, session, phones=False)
        now = center.now_ms()
        await center.database.awrite(lambda db: end_early(db, session, order, now))
        return await view(asking)

    @router.post("/manifests", summary="The signed manifest: what the session consists of on this device")
    async def submit(session: str, order: ManifestOrder, authorization: Authorization = None) -> ManifestAnswer:
        asking = bearer(authorization, session)
        await _case(center, session)
        standing = await center.receipts.submit(order.manifest, session, asking.device)
        return ManifestAnswer(
            revision=standing.manifest.revision,
            sha256=standing.manifest.sha256,
            missing=standing.missing,
            device_receipt=standing.device_receipt,
            session_receipt=standing.session_receipt,
        )

    @router.get("/seals", summary="Every link of one device, so that a lost queue is rebuilt in one call")
    async def seals(session: str, device: str, authorization: Authorization = None) -> SealsAnswer:
        asking = bearer(authorization, session)
        if check_uuid(device, "device") != asking.device:
            raise TokenRefused("token: of another device")
        rows = await center.database.aread(lambda db: uploads.of_device(db, session, device))
        return await center.uploads.off(lambda: SealsAnswer(device=device, links=[_link(center, r) for r in rows]))

    return router


async def _case(center: Center, session: str) -> SessionCase:
    case = await center.database.aread(lambda db: projects.session_case(db, session))
    if case is None:
        raise BadInput(f"session {session}: unknown here")
    return case


def _view(
    center: Center, db: Session, case: SessionCase, asking: Bearer, standing: Standing | None, now_ms: int
) -> SessionView:
    whole = center.receipts.session_receipt(db, asking.session)
    newest = whole or receipts.newest_receipt(db, asking.session, ReceiptKind.SESSION)
    phone, left = phone_of_session(db, case, now_ms)
    return SessionView(
        facts=case.facts(now_ms),
        center_ms=now_ms,
        assessment=assessment(case, newest, now_ms).value,
        verified_links=uploads.verified_count(db, asking.device),
        device_receipt=standing.device_receipt if standing else None,
        session_receipt=whole.token if whole else None,
        phone=phone,
        phones_left=left,
        send_now_ms=case.session.send_now_ms,
        loss=statement_of(db, asking.session),
    )


def end_early(db: Session, session: str, order: EndOrder, now_ms: int) -> None:
    """Accept an early end now; it never moves an end that was accepted before, nor one that is past."""
    case = projects.session_case(db, session, lock=True)
    if case is None:
        raise BadInput(f"session {session}: unknown here")
    if case.ended_ms(now_ms) is None:
        case.session.ended_ms = min(now_ms, case.latest_end_ms)
        case.session.end_claim = json.dumps(order.model_dump())
        projects.keep(db, case.session)


def _link(center: Center, row: Upload) -> LinkState:
    state, offset = StoredState(row.state), row.size
    if state is StoredState.QUARANTINED or row.gone_ms is not None:
        state, offset = StoredState.QUARANTINED, 0
    elif state is StoredState.OPEN:
        offset = center.uploads.storage.peek(row.key)
        state = StoredState.STORED if offset == row.size else StoredState.OPEN
    return LinkState(
        track=row.track,
        run=row.run,
        kind=row.kind,
        index=row.idx,
        seq=row.seq,
        sha256=row.sha256,
        state=state.value,
        offset=offset,
        upload=f"{UPLOADS_PATH}/{row.id}",
    )
