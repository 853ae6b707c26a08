"""Routes by which a device becomes known and gets its upload tokens; keys and time for everybody.

A code is two halves: the public one finds the row, of the secret one only the hash is kept and it is compared
in constant time. Sending the same enrolment twice (the answer was lost) answers the same; another device is
refused.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlmodel import Session

from center.center import Center
from center.limits import address_of
from center.store import projects
from center.store.companions import PHONE
from center.tables import Device, EnrolmentCode
from domain.errors import EnrolmentRefused, IdentityConflict, SignatureInvalid, TokenRefused
from domain.identity import check_uuid
from domain.readout import LETTERS, plain_letters
from domain.signature import CHALLENGE_TYP, check, device_public_key, public_jwk, public_key
from domain.wire.center import (
    API,
    ChallengeAnswer,
    ChallengeOrder,
    EnrolAnswer,
    EnrolOrder,
    KeysBody,
    TimeAnswer,
    TokenAnswer,
    TokenOrder,
)

_PUBLIC, _SECRET = 6, 14  # 30 bits to find the row by, 70 bits of secret
_NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as shown once, and the row that is kept."""

    text: str
    row: EnrolmentCode


def new_code(session: str, expires_ms: int) -> NewCode:
    """A one-time code for ``session``; its secret half exists nowhere but in ``text``."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(_PUBLIC + _SECRET))
    public, secret = letters[:_PUBLIC], letters[_PUBLIC:]
    row = EnrolmentCode(id=public, secret_sha256=_hash(secret), session=session, expires_ms=expires_ms)
    return NewCode("-".join(letters[at : at + 4] for at in range(0, len(letters), 4)), row)


def add_code(db: Session, session: str, expires_ms: int) -> NewCode:
    """Keep a new code for ``session``; inside a write."""
    while projects.code(db, (code := new_code(session, expires_ms)).row.id) is not None:
        continue  # its public half is taken
    projects.keep(db, code.row)
    return code


def read_code(text: str) -> tuple[str, str]:
    """(public, secret) of a code as typed: case, spaces, dashes and look-alikes forgiven; raises EnrolmentRefused."""
    letters = plain_letters(text)
    if len(letters) != _PUBLIC + _SECRET or any(letter not in LETTERS for letter in letters):
        raise EnrolmentRefused("enrolment code: not a code")
    return letters[:_PUBLIC], letters[_PUBLIC:]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=API, tags=["devices"])

    @router.get("/keys", summary="The keys that devices pin")
    async def keys() -> KeysBody:
        return center.keys.body()

    @router.get("/time", summary="Center time")
    async def time() -> TimeAnswer:
        return TimeAnswer(center_ms=center.now_ms())

    @router.post("/enrolments", summary="Become a device of a session with a one-time code")
    async def enrol(order: EnrolOrder, request: Request) -> EnrolAnswer:
        address = address_of(request)
        now = center.now_ms()
        await center.failures.check(address, now)
        key = json.dumps(public_jwk(public_key(order.public_key)))
        check_uuid(order.device, "device")
        try:
            public, secret = read_code(order.code)
            case = await center.database.awrite(lambda db: _enrol(db, order, key, public, secret, now))
        except EnrolmentRefused:
            await center.failures.note(address, now)
            raise
        return EnrolAnswer(facts=case.facts(now), keys=center.keys.body(), center_ms=now)

    @router.post("/challenges", summary="Ask for a challenge")
    async def challenge(order: ChallengeOrder) -> ChallengeAnswer:
        now = center.now_ms()
        check_uuid(order.device, "device")  # whether it is enrolled is not told here
        return ChallengeAnswer(challenge=center.tokens.challenge(order.device, now), center_ms=now)

    @router.post("/tokens", summary="Answer a challenge, get an upload token")
    async def token(order: TokenOrder, request: Request) -> TokenAnswer:
        address = address_of(request)
        now = center.now_ms()
        await center.failures.check(address, now)
        try:
            device = await _proven(center, order, now)
        except TokenRefused:
            await center.failures.note(address, now)
            raise
        text, expires = center.tokens.issue(device.id, device.session, now, phone=device.kind == PHONE)
        return TokenAnswer(token=text, expires_ms=expires)

    return router


def _enrol(db: Session, order: EnrolOrder, key: str, public: str, secret: str, now_ms: int) -> projects.SessionCase:
    code = projects.code(db, public)
    known = code.secret_sha256 if code else "0" * 64
    if not hmac.compare_digest(known, _hash(secret)) or code is None:
        raise EnrolmentRefused("enrolment code: unknown")
    case = projects.session_case(db, code.session)
    if case is None:
        raise EnrolmentRefused("enrolment code: its session is gone")
    if code.used_by is not None:
        device = projects.device(db, order.device)
        if code.used_by == order.device and device is not None and device.public_key == key:
            return case
        raise EnrolmentRefused("enrolment code: used already")
    if now_ms > code.expires_ms:
        raise EnrolmentRefused("enrolment code: expired")
    if projects.device(db, order.device) is not None:
        raise IdentityConflict(f"device {order.device} is enrolled already")
    device = Device(
        id=order.device,
        session=code.session,
        public_key=key,
        name=order.name[:_NAME_LIMIT],
        enrolled_ms=now_ms,
    )
    projects.keep(db, device)
    code.used_by, code.used_ms = order.device, now_ms
    projects.keep(db, code)
    return case


async def _proven(center: Center, order: TokenOrder, now_ms: int) -> Device:
    """The device whose key signed the challenge; raises TokenRefused."""
    asked = center.tokens.check_challenge(order.challenge, order.device, now_ms)
    device = await center.database.aread(lambda db: projects.device(db, order.device))
    if device is None or device.withdrawn_ms is not None:
        raise TokenRefused("the device is not enrolled")
    try:
        claims = check(order.proof, device_public_key(json.loads(device.public_key)), CHALLENGE_TYP)
    except SignatureInvalid as why:
        raise TokenRefused(f"proof: {why.detail}") from why
    if (claims.get("challenge"), claims.get("device")) != (order.challenge, order.device):
        raise TokenRefused("proof: of another challenge or device")
    fresh = await center.database.awrite(lambda db: projects.spend_challenge(db, asked.nonce, asked.expires_ms, now_ms))
    if not fresh:
        raise TokenRefused("challenge: answered before")
    return device


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
