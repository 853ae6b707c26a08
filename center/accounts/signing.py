"""Signing in, asking who it is, signing out: each inside a database transaction or before one.

Owns what makes a sign-in valid: right password, fresh one-time code, not idle too long, account not closed.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlmodel import Session

from center import chronicle
from center.accounts.factors import Passwords, step_of
from center.accounts.roles import Right, Role, demand, read_roles
from center.store import accounts, projects
from center.tables.staff import Account, SignIn
from domain.errors import NotAllowed, SignedOut, SignInRefused

LONGEST_MS = 12 * 3_600_000  # a day of exams
IDLE_MS = 60 * 60_000
_SEEN_MS = 60_000  # how exactly the last use is kept
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who is signed in."""

    name: str
    roles: frozenset[Role]
    token_sha256: str
    stale: bool  # the last use should be written down

    def may(self, right: Right) -> None:
        """Raises NotAllowed."""
        demand(self.roles, right)


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed."""

    name: str
    password: str
    code: str


def password_fits(passwords: Passwords, row: Account | None, given: Given) -> bool:
    """Slow on purpose: call it outside a transaction and off the event loop."""
    return passwords.fits(given.password, row.password if row is not None and row.closed_ms is None else None)


def proven(db: Session, given: Given, now_ms: int) -> Account:
    """Whose code it is, after the password was found right; the code is used up. Raises SignInRefused."""
    row = accounts.account(db, given.name)
    if row is None or row.closed_ms is not None:
        raise SignInRefused
    step = step_of(row.totp, given.code.strip().replace(" ", ""), now_ms, row.totp_step)
    if step is None:
        raise SignInRefused
    row.totp_step = step
    projects.keep(db, row)
    return row


def sign_in(db: Session, given: Given, now_ms: int) -> str:
    """The token of a new sign-in, after the password was found right; raises SignInRefused for a wrong code."""
    row = proven(db, given, now_ms)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    projects.keep(
        db,
        SignIn(
            token_sha256=hash_of(token),
            account=row.name,
            began_ms=now_ms,
            seen_ms=now_ms,
            expires_ms=now_ms + LONGEST_MS,
        ),
    )
    chronicle.audit(db, row.name, "sign_in", "", now_ms)
    return token


def who(db: Session, token: str, now_ms: int) -> Staff:
    """Whose token it is; raises SignedOut."""
    hashed = hash_of(token)
    found = accounts.sign_in(db, hashed)
    if found is None:
        raise SignedOut
    row, account = found
    if account.closed_ms is not None or now_ms >= row.expires_ms or now_ms - row.seen_ms >= IDLE_MS:
        raise SignedOut
    return Staff(account.name, read_roles(account.roles), hashed, now_ms - row.seen_ms >= _SEEN_MS)


def seen(db: Session, staff: Staff, now_ms: int) -> None:
    """It was used now."""
    found = accounts.sign_in(db, staff.token_sha256)
    if found is not None:
        found[0].seen_ms = now_ms
        projects.keep(db, found[0])


def csrf_of(token: str) -> str:
    """What a page must send along with every act: other sites can make a browser send the cookie, but not this."""
    return hashlib.sha256(b"zhishi/csrf/1\n" + token.encode()).hexdigest()


def check_csrf(token: str, given: str) -> None:
    """Raises NotAllowed."""
    if not hmac.compare_digest(csrf_of(token).encode(), given.encode(errors="replace")):
        raise NotAllowed("csrf")


def hash_of(token: str) -> str:
    """As the database keeps it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
