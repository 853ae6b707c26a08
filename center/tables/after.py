"""Tables of what happens after the day: publications, closures with loss. Both are kept for good.

Owns column names, in the MetaData of ``center.tables``. Holds no queries: ``center.store.afterwards`` does. A proposal
that nobody confirmed or withdrew is the open one; there is at most one for a project and for a session.
"""

from sqlalchemy import BigInteger
from sqlmodel import Field

from center.tables import CenterTable


class Publication(CenterTable, table=True):
    """Results of a project: proposed by one administrator, confirmed by another. ``leave_ms``: when the appeal delay is
    over; ``retention_ms``: the project's retention at that moment, so that nobody shortens it afterwards.
    """

    id: int | None = Field(default=None, primary_key=True)
    project: str = Field(foreign_key="project.id", index=True)
    proposed_by: str
    proposed_ms: int = Field(sa_type=BigInteger)
    reason: str
    confirmed_by: str = ""
    confirmed_ms: int | None = Field(default=None, sa_type=BigInteger)
    leave_ms: int | None = Field(default=None, sa_type=BigInteger)
    retention_ms: int | None = Field(default=None, sa_type=BigInteger)
    withdrawn_by: str = ""
    withdrawn_ms: int | None = Field(default=None, sa_type=BigInteger)
    withdrawn_why: str = ""


class Closure(CenterTable, table=True):
    """缺失说明结案 of a session: proposed by one of the staff, confirmed by another. ``cause`` is a
    ``domain.causes.Cause``; ``token`` the signed statement (JWS).
    """

    id: int | None = Field(default=None, primary_key=True)
    session: str = Field(foreign_key="session.id", index=True)
    cause: str
    proposed_by: str
    proposed_ms: int = Field(sa_type=BigInteger)
    reason: str
    confirmed_by: str = ""
    confirmed_ms: int | None = Field(default=None, sa_type=BigInteger)
    confirmed_why: str = ""
    token: str = ""
    withdrawn_by: str = ""
    withdrawn_ms: int | None = Field(default=None, sa_type=BigInteger)
    withdrawn_why: str = ""
