"""Tables of readiness: installations of the candidate's program, and who was seen on which. Owns column names."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from center.tables import CenterTable


class Installation(CenterTable, table=True):
    """One installed program, by its random name. ``rehearsal`` is the session of its last rehearsal, which is deleted
    before this row is; ``rehearsed_ms``: when a rehearsal of it was confirmed.
    """

    id: str = Field(primary_key=True)
    seen_ms: int = Field(sa_type=BigInteger)
    rehearsal: str | None = Field(default=None, index=True)
    rehearsed_ms: int | None = Field(default=None, sa_type=BigInteger)


class Visit(CenterTable, table=True):
    """A candidate's right numbers were typed on an installation (empty: one that does not say which)."""

    session: str = Field(primary_key=True, foreign_key="session.id")
    installation: str = Field(primary_key=True)
    first_ms: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)
