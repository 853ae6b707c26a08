"""Making and closing accounts, from the command line: each act in one transaction, and in the audit. Prints nothing."""

from dataclasses import dataclass

from sqlmodel import Session

from center import chronicle
from center.accounts import factors, signing
from center.accounts.factors import Passwords
from center.accounts.roles import Role, read_roles, write_roles
from center.accounts.signing import Given
from center.store import accounts, projects
from center.store.database import Database
from center.tables.staff import Account
from domain.errors import BadInput, SignInRefused

NAME_MOST = 64


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What its owner is handed, once: nothing of it can be shown again."""

    name: str
    password: str
    uri: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as listed."""

    name: str
    roles: frozenset[Role]
    made_ms: int
    closed_ms: int | None


def add(
    database: Database, passwords: Passwords, name: str, roles: frozenset[Role], by: str, issuer: str, now_ms: int
) -> NewAccount:
    """A new account with a made-up password and second factor; raises BadInput for a name that is taken."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_MOST or not name.isprintable():
        raise BadInput(f"name: 1 to {NAME_MOST} characters")
    password, secret = factors.new_password(), factors.new_secret()
    hashed = passwords.hash(password)

    def change(db: Session) -> None:
        if accounts.account(db, name) is not None:
            raise BadInput(f"name {name}: is taken")
        row = Account(name=name, roles=write_roles(roles), password=hashed, totp=secret, made_ms=now_ms)
        projects.keep(db, row)
        chronicle.audit(db, by, "staff_add", "", now_ms, name=name, roles=write_roles(roles))

    database.write(change)
    return NewAccount(name, password, factors.enrolment_uri(secret, name, issuer))


def renew(database: Database, passwords: Passwords, name: str, by: str, issuer: str, now_ms: int) -> NewAccount:
    """A new password and second factor for somebody who lost theirs; signed out everywhere. Raises BadInput."""
    password, secret = factors.new_password(), factors.new_secret()
    hashed = passwords.hash(password)

    def change(db: Session) -> None:
        row = _open(db, name)
        row.password, row.totp, row.totp_step = hashed, secret, 0
        projects.keep(db, row)
        accounts.end_sign_ins_of(db, name)
        chronicle.audit(db, by, "staff_renew", "", now_ms, name=name)

    database.write(change)
    return NewAccount(name, password, factors.enrolment_uri(secret, name, issuer))


def close(database: Database, name: str, by: str, now_ms: int) -> None:
    """The account can no longer be used; what it did stays in the audit. Raises BadInput."""

    def change(db: Session) -> None:
        row = _open(db, name)
        row.closed_ms = now_ms
        projects.keep(db, row)
        accounts.end_sign_ins_of(db, name)
        chronicle.audit(db, by, "staff_close", "", now_ms, name=name)

    database.write(change)


def prove(database: Database, passwords: Passwords, given: Given, now_ms: int) -> str:
    """Somebody of the staff shows on the command line who they are; answers the account's name.

    Raises SignInRefused. The one-time code is used up.
    """
    row = database.read(lambda db: accounts.account(db, given.name))
    if not signing.password_fits(passwords, row, given):
        raise SignInRefused
    return database.write(lambda db: signing.proven(db, given, now_ms).name)


def listed(database: Database) -> list[Listed]:
    """Everybody."""
    rows = database.read(accounts.accounts)
    return [Listed(row.name, read_roles(row.roles), row.made_ms, row.closed_ms) for row in rows]


def _open(db: Session, name: str) -> Account:
    row = accounts.account(db, name)
    if row is None or row.closed_ms is not None:
        raise BadInput(f"name {name}: no such account")
    return row
