"""Tables of reviewing: marks and conclusions. Owns column names. Holds no queries: ``center.store.reviews`` does."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from center.tables import CenterTable


class ReviewMark(CenterTable, table=True):
    """A reviewer's remark at one moment of a session (center time ``at_ms``)."""

    __tablename__ = "review_mark"

    id: int | None = Field(default=None, primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    by: str = Field(foreign_key="account.name")
    at_ms: int = Field(sa_type=BigInteger)
    text: str
    made_ms: int = Field(sa_type=BigInteger)


class Conclusion(CenterTable, table=True):
    """What one reviewer concluded of one session; said again it replaces their own, never another's."""

    session: str = Field(primary_key=True, foreign_key="session.id")
    by: str = Field(primary_key=True, foreign_key="account.name")
    verdict: str
    text: str
    made_ms: int = Field(sa_type=BigInteger)
