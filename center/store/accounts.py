"""Queries over staff accounts and sign-ins. Decides nothing."""

from sqlmodel import Session, col, delete, select

from center.tables.staff import Account, SignIn


def account(db: Session, name: str) -> Account | None:
    """The account of this name."""
    return db.get(Account, name)


def accounts(db: Session) -> list[Account]:
    """Everybody, by name."""
    return list(db.exec(select(Account).order_by(col(Account.name))))


def sign_in(db: Session, token_sha256: str) -> tuple[SignIn, Account] | None:
    """The sign-in with this token and whose it is."""
    query = select(SignIn, Account).join(Account, col(SignIn.account) == col(Account.name))
    row = db.exec(query.where(SignIn.token_sha256 == token_sha256)).first()
    return None if row is None else (row[0], row[1])


def end_sign_in(db: Session, token_sha256: str) -> None:
    """Signed out."""
    db.exec(delete(SignIn).where(col(SignIn.token_sha256) == token_sha256))


def end_sign_ins_of(db: Session, name: str) -> None:
    """Signed out everywhere."""
    db.exec(delete(SignIn).where(col(SignIn.account) == name))


def drop_old_sign_ins(db: Session, before_ms: int) -> int:
    """Forget what expired before ``before_ms``; how many."""
    return db.exec(delete(SignIn).where(col(SignIn.expires_ms) < before_ms)).rowcount
