"""The public status page's one route: by number and support code, without login, from any device.

Owns who is answered and how often. A wrong code and an unknown number are one answer; guesses are counted for the
number, for the address, and for both together, as at login (``center.attempts.LoginAttempts``). Says nothing personal.
"""

import hmac

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from center.attempts import LoginAttempts
from center.center import Center
from center.coverage import coverage
from center.folder.roster import plain
from center.limits import address_of
from center.receipts import Receipts
from center.store import afterwards, candidates, projects, receipts, uploads
from center.store.candidates import PermissionKind
from center.store.companions import PHONE
from center.tables.interview import Candidate
from domain.completion import Completion, completion_of, public_words
from domain.errors import StatusUnknown
from domain.manifest import Manifest
from domain.signature import peek
from domain.wire.fields import Bilingual
from domain.wire.publicstatus import STATUS_PATH, StatusAnswer, StatusOrder

_OVER = (Completion.OPEN, Completion.LATE, Completion.CLOSED_WITH_LOSS)


def routes(center: Center) -> APIRouter:
    """The route over ``center``."""
    router = APIRouter(tags=["status"])
    config = center.config
    tries = LoginAttempts(
        center.database,
        "status",
        config.login_failures,
        config.login_failures_anywhere,
        config.login_failures_address,
        config.code_failures_s,
    )

    @router.post(STATUS_PATH, summary="How a session stands, by number and support code; needs no login")
    async def status(order: StatusOrder, request: Request, response: Response) -> StatusAnswer:
        address, number, now = address_of(request), plain(order.number), center.now_ms()
        center.pace.count(f"status\n{address}", now)
        response.headers["Cache-Control"] = "no-store"

        async def look() -> StatusAnswer:
            return await center.database.aread(lambda db: answer(db, number, order.code, now))

        return await tries.trying(number, address, now, StatusUnknown, look)

    return router


def answer(db: Session, number: str, code: str, now_ms: int) -> StatusAnswer:
    """Raises StatusUnknown."""
    person = candidates.by_support_code(db, code)
    kept = person.number if person is not None else ""
    if not hmac.compare_digest(kept.encode(), number.encode()) or person is None:
        raise StatusUnknown
    return _told(db, person, now_ms)


def _told(db: Session, person: Candidate, now_ms: int) -> StatusAnswer:
    session = person.session
    found = candidates.by_session(db, session)
    if found is None:
        raise StatusUnknown
    case = found.case
    receipt = Receipts.session_receipt(db, session)
    state = completion_of(
        now_ms,
        case.batch.start_ms,
        case.deadline_ms(now_ms),
        None if receipt is None else receipt.issued_ms,
        case.session.closed_ms,
        came=afterwards.came(db, session),
        may_come=PermissionKind.ENTER_LATE in candidates.permissions(db, session),
    )
    named: int | None = None
    laptop_left = False
    for device in projects.devices_of(db, session):
        newest = receipts.newest_manifest(db, device.id)
        laptop_left = laptop_left or (device.kind != PHONE and (newest is None or newest.verified_ms is None))
        if newest is not None:
            tracks = Manifest.from_dict(peek(newest.token)).tracks.values()
            named = (named or 0) + sum(track.links for track in tracks)
    phone_left = coverage(db, case).phones_left > 0
    said, todo = public_words(state, phone_left=phone_left, laptop_left=laptop_left)
    arrived = uploads.counts(db, session)
    waits = [name for name, left in (("laptop", laptop_left), ("phone", phone_left)) if left]
    return StatusAnswer(
        center_ms=now_ms,
        state=state.value,
        said=Bilingual.of(said),
        todo=Bilingual.of(todo),
        practice=case.project.practice,
        received_links=arrived.received,
        verified_links=arrived.verified,
        named_links=named,
        waits_for=waits if state in _OVER else [],
        ended_ms=case.ended_ms(now_ms),
        deadline_ms=case.deadline_ms(now_ms),
        confirmed_ms=None if receipt is None else receipt.issued_ms,
        hotline=case.project.hotline,
    )
