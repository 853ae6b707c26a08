"""Tables of staff: accounts and sign-ins. Owns column names. Holds no queries: ``center.store.accounts`` does."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from center.tables import CenterTable


class Account(CenterTable, table=True):
    """One person of the staff. ``roles``: comma-separated ``center.accounts.roles.Role``.

    ``password`` is Argon2id; ``totp`` the second factor's secret (RFC 6238), ``totp_step`` the last step that was used:
    a code is good once.
    """

    name: str = Field(primary_key=True)
    roles: str
    password: str
    totp: bytes
    totp_step: int = Field(default=0, sa_type=BigInteger)
    made_ms: int = Field(sa_type=BigInteger)
    closed_ms: int | None = Field(default=None, sa_type=BigInteger)


class SignIn(CenterTable, table=True):
    """One browser that is signed in; of its token only the SHA-256 is kept."""

    __tablename__ = "sign_in"

    token_sha256: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    began_ms: int = Field(sa_type=BigInteger)
    seen_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger, index=True)
