"""The steps of a phone, each inside a database transaction: ask, be approved, speak, be replaced.

Owns where a phone stands and writing down what it says. What the receipt waits for is ``center.coverage``'s, the
release of questions ``center.questions``'. ::

    asks ──approved──▶ live ──another is approved──▶ replaced ─┐ may still send
     ▲ │                │                                      │ what it holds
     │ └──refused───────┴──unbound──▶ refused ─────────────────┤
     └──────────────── scans a new code ◀──────────────────────┘
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlmodel import Session

from center import chronicle
from center.config import CenterConfig
from center.store import candidates, companions, projects
from center.store.candidates import CandidateCase
from center.store.companions import PHONE
from center.tables import Device
from center.tables.companion import Companion
from center.tables.interview import BindingCode
from domain.companion import PhoneState
from domain.errors import BindingRefused, IdentityConflict, PhoneUnapproved, PhoneUnknown, TokenRefused
from domain.readout import LETTERS, plain_letters
from domain.wire.companion import CompanionBeat, CompanionBindingOrder
from domain.wire.interview import BindingAnswer

BINDING_PATH = "/companion"
ASKS_MS = 60_000  # a phone that asks and is silent for so long is not shown any more
_CODE_LETTERS = 8
_LINK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one phone stands."""

    live: bool
    asks: bool
    replaced: bool
    refused: bool


def stand(row: Companion) -> Stand:
    """The newest of what happened to it."""
    moments = {
        "asks": row.bound_ms,
        "live": row.approved_ms or -1,
        "refused": row.refused_ms or -1,
        "replaced": row.replaced_ms or -1,
    }
    newest = max(moments, key=lambda name: moments[name])
    return Stand(newest == "live", newest == "asks", newest == "replaced", newest == "refused")


def new_binding(db: Session, found: CandidateCase, config: CenterConfig, now_ms: int) -> BindingAnswer:
    """A code to type (40 bits, short-lived) and a link (128 bits, in the fragment, so no server logs it)."""
    code = "".join(secrets.choice(LETTERS) for _ in range(_CODE_LETTERS))
    link = secrets.token_urlsafe(_LINK_BYTES)
    row = BindingCode(
        session=found.session,
        code_sha256=_sha256(code),
        link_sha256=_sha256(link),
        expires_ms=now_ms + config.binding_s * 1000,
        used_by=None,
        used_ms=None,
    )
    db.merge(row)
    half = _CODE_LETTERS // 2
    return BindingAnswer(
        code=f"{code[:half]}-{code[half:]}",
        link=f"{config.public_url or ''}{BINDING_PATH}#{link}",
        expires_ms=row.expires_ms,
    )


def asked_session(db: Session, order: CompanionBindingOrder) -> str:
    """Which session a secret is for; raises BindingRefused when there is none."""
    return _code(db, order)[0].session


def bind(db: Session, order: CompanionBindingOrder, key: str, now_ms: int) -> tuple[CandidateCase, Companion]:
    """A phone asks, or comes back. ``key``: its public key as JSON. Raises BindingRefused, IdentityConflict."""
    code, secret = _code(db, order)
    found = candidates.by_session(db, code.session, lock=True)
    if found is None:
        raise BindingRefused("binding: its session is gone")
    device, row = projects.device(db, order.device), companions.companion(db, order.device)
    if device is not None and (device.public_key, device.session, device.kind) != (key, code.session, PHONE):
        raise IdentityConflict(f"device {order.device} is known with another key, session or kind")
    if code.used_by is not None:
        if row is not None and hmac.compare_digest(row.secret_sha256, secret):
            return found, row  # the answer was lost
        raise BindingRefused("binding: used already")
    if now_ms > code.expires_ms:
        raise BindingRefused("binding: expired")
    code.used_by, code.used_ms = order.device, now_ms
    projects.keep(db, code)
    if row is None:
        device = Device(
            id=order.device,
            session=code.session,
            public_key=key,
            name=order.name.strip(),
            enrolled_ms=now_ms,
            kind=PHONE,
        )
        projects.keep(db, device)
        row = Companion(
            device=order.device, session=code.session, secret_sha256=secret, bound_ms=now_ms, heard_ms=now_ms
        )
    row.secret_sha256, row.heard_ms = secret, now_ms
    if not stand(row).live:  # the bound phone that scans again stays bound
        row.bound_ms = _after(now_ms, row.approved_ms, row.refused_ms, row.replaced_ms)
    projects.keep(db, row)
    chronicle.note(db, code.session, "phone", "phone_asked", now_ms, device=order.device, live=stand(row).live)
    return found, row


def approve(db: Session, found: CandidateCase, device: str, now_ms: int) -> None:
    """The candidate approves the phone that asks; it takes the place of the one before. Raises PhoneUnknown."""
    row = _own(db, found, device)
    if stand(row).live:
        return
    if not stand(row).asks:
        raise PhoneUnknown("it has to scan a code again")
    for other, _ in companions.of_session(db, found.session):
        if other.device != device and stand(other).live:
            other.replaced_ms = _after(now_ms, other.approved_ms)
            projects.keep(db, other)
            chronicle.note(db, found.session, "center", "phone_replaced", now_ms, device=other.device, by=device)
    row.approved_ms = _after(now_ms, row.bound_ms, row.refused_ms, row.replaced_ms)
    projects.keep(db, row)
    chronicle.note(db, found.session, "center", "phone_approved", now_ms, device=device)


def unbind(db: Session, found: CandidateCase, device: str, now_ms: int) -> None:
    """The candidate refuses a phone that asks, or lets the bound one go. Raises PhoneUnknown."""
    row = _own(db, found, device)
    if stand(row).refused:
        return
    row.refused_ms = _after(now_ms, row.bound_ms, row.approved_ms, row.replaced_ms)
    projects.keep(db, row)
    chronicle.note(db, found.session, "center", "phone_unbound", now_ms, device=device)


def beat(db: Session, session: str, device: str, order: CompanionBeat, now_ms: int) -> tuple[CandidateCase, Companion]:
    """Keep what a phone says; a change of its state goes on the timeline. Raises TokenRefused."""
    found, row = phone(db, session, device)
    before = PhoneState.PREVIEW if not row.report else CompanionBeat.model_validate_json(row.report).state
    row.report, row.heard_ms = order.model_dump_json(), now_ms
    row.recorded = row.recorded or order.segments > 0
    projects.keep(db, row)
    if order.state != before:
        chronicle.note(db, session, "phone", "phone_state", now_ms, device=device, before=before, after=order.state)
    return found, row


def phone(db: Session, session: str, device: str) -> tuple[CandidateCase, Companion]:
    """The phone behind a token; raises TokenRefused."""
    row, found = companions.companion(db, device), candidates.by_session(db, session)
    if row is None or found is None or row.session != session:
        raise TokenRefused("the phone is not bound to this session")
    return found, row


def require_approved(db: Session, device: str) -> None:
    """Raises PhoneUnapproved: a phone that was never approved may be anybody's."""
    row = companions.companion(db, device)
    if row is None or row.approved_ms is None:
        raise PhoneUnapproved(device)


def last_report(row: Companion) -> CompanionBeat | None:
    """What a phone said last; None before its first word."""
    return CompanionBeat.model_validate_json(row.report) if row.report else None


def _own(db: Session, found: CandidateCase, device: str) -> Companion:
    row = companions.companion(db, device)
    if row is None or row.session != found.session:
        raise PhoneUnknown(device)
    return row


def _code(db: Session, order: CompanionBindingOrder) -> tuple[BindingCode, str]:
    """The binding a secret opens, and the secret's hash; raises BindingRefused."""
    if order.kind == "code":
        letters = plain_letters(order.secret)
        if len(letters) != _CODE_LETTERS or any(letter not in LETTERS for letter in letters):
            raise BindingRefused("binding code: not a code")
        secret = _sha256(letters)
        row = companions.by_code(db, secret)
        kept = row.code_sha256 if row else "0" * 64
    else:
        secret = _sha256(order.secret.strip())
        row = companions.by_link(db, secret)
        kept = row.link_sha256 if row else "0" * 64
    if not hmac.compare_digest(kept, secret) or row is None:
        raise BindingRefused("binding: unknown, or a newer code was made")
    return row, secret


def _after(now_ms: int, *moments: int | None) -> int:
    """Now, and later than what it answers: the order must hold within one millisecond too."""
    return max(now_ms, *((moment or 0) + 1 for moment in moments))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
