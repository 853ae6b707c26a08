"""Routes of the phone (智试通): binding, its word every few seconds, help.

Owns who may ask and how often; the steps are in ``center.companions``, what is told in ``center.companionview``.
"""

import json
from typing import Annotated

from fastapi import APIRouter, Header, Request
from sqlmodel import Session

from center import companions, steps
from center.center import Center
from center.companionview import companion_view, release_to
from center.limits import address_of
from center.tokens import Bearer
from domain.errors import BindingRefused, PhoneUnapproved
from domain.identity import check_uuid
from domain.signature import device_public_key, public_jwk
from domain.wire.center import API
from domain.wire.companion import (
    CompanionBeat,
    CompanionBindingOrder,
    CompanionBound,
    CompanionHelpOrder,
    CompanionView,
)
from domain.wire.interview import HelpOrder

_TAIL = 4
Authorization = Annotated[str | None, Header()]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/companion", tags=["phone"])

    def bearer(authorization: str | None) -> Bearer:
        now = center.now_ms()
        found = center.tokens.bearer(authorization, now, phones=True)
        center.pace.count(found.device, now)
        return found

    async def told(asking: Bearer) -> CompanionView:
        standing = await center.receipts.advance(asking.session, asking.device)
        now = center.now_ms()

        def view(db: Session) -> CompanionView:
            found, row = companions.phone(db, asking.session, asking.device)
            whole = center.receipts.session_receipt(db, asking.session)
            own = standing.device_receipt if standing else None
            return companion_view(db, found, row, own, whole.token if whole else None, now)

        return await center.database.aread(view)

    @router.post("/bindings", summary="A phone asks to be bound, with the secret of a link or a typed code")
    async def bind(order: CompanionBindingOrder, request: Request) -> CompanionBound:
        address, now = address_of(request), center.now_ms()
        await center.binding_failures.check(address, now)
        check_uuid(order.device, "device")
        key = json.dumps(public_jwk(device_public_key(order.public_key)))
        try:
            session = await center.database.aread(lambda db: companions.asked_session(db, order))
            await center.bindings.check(session, now)
            found, _ = await center.database.awrite(lambda db: companions.bind(db, order, key, now))
        except BindingRefused:
            await center.binding_failures.note(address, now)
            raise
        await center.bindings.note(session, now)
        view = await told(Bearer(order.device, session, now))
        return CompanionBound(
            facts=view.facts,
            keys=center.keys.body(),
            center_ms=view.center_ms,
            approved=view.approved,
            title=found.case.project.title,
            number_tail=found.candidate.number[-_TAIL:],
            hotline=found.case.project.hotline,
            view=view,
        )

    @router.post("/heartbeat", summary="How the phone is; answers what changed")
    async def heartbeat(order: CompanionBeat, authorization: Authorization = None) -> CompanionView:
        asking, now = bearer(authorization), center.now_ms()
        await center.pulse.settle(asking.session)  # whether the laptop is silent is asked below

        def do(db: Session) -> None:
            found, row = companions.beat(db, asking.session, asking.device, order, now)
            release_to(db, found, row, now)

        await center.database.awrite(do)
        return await told(asking)

    @router.post("/help", summary="【求助】 through the phone; sent twice is sent once")
    async def help_me(order: CompanionHelpOrder, authorization: Authorization = None) -> CompanionView:
        asking, now = bearer(authorization), center.now_ms()

        def do(db: Session) -> None:
            found, row = companions.phone(db, asking.session, asking.device)
            if not companions.stand(row).live:
                raise PhoneUnapproved(asking.device)
            said = HelpOrder(id=order.id, text=order.text, stage="phone", at=order.at)
            steps.ask_help(db, found, said, center.config, now)

        await center.database.awrite(do)
        return await told(asking)

    return router
