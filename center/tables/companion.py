"""Tables of the phones: who asked, who is bound, what they said last, what was waived.

Owns column names and uniqueness, in the MetaData of ``center.tables``. Holds no queries. A phone is a ``device`` of its
session like a laptop (its uploads, manifests and receipts are theirs); this is what a phone has besides.
"""

from sqlalchemy import BigInteger
from sqlmodel import Field

from center.tables import CenterTable


class Companion(CenterTable, table=True):
    """One phone of a session. The newest of ``bound_ms`` (it asked), ``approved_ms``, ``refused_ms`` (unbound by the
    laptop) and ``replaced_ms`` (another was approved) says where it stands; each is later than what it answers.

    ``heard_ms``: its last word; ``report``: that word (JSON of CompanionBeat). ``recorded``: it said that it recorded
    something, so its evidence is waited for. ``released_ms``: when it was given the release code.
    """

    device: str = Field(primary_key=True, foreign_key="device.id")
    session: str = Field(foreign_key="session.id", index=True)
    secret_sha256: str
    bound_ms: int = Field(sa_type=BigInteger)
    approved_ms: int | None = Field(default=None, sa_type=BigInteger)
    refused_ms: int | None = Field(default=None, sa_type=BigInteger)
    replaced_ms: int | None = Field(default=None, sa_type=BigInteger)
    finish_ms: int | None = Field(default=None, sa_type=BigInteger)
    released_ms: int | None = Field(default=None, sa_type=BigInteger)
    heard_ms: int = Field(sa_type=BigInteger)
    report: str = ""
    recorded: bool = False


class CompanionWaiver(CenterTable, table=True):
    """The receipt does not wait for a phone: ``device`` names which; empty: for the session to have one at all."""

    __tablename__ = "companion_waiver"

    session: str = Field(primary_key=True, foreign_key="session.id")
    device: str = Field(primary_key=True)
    by: str
    reason: str
    at_ms: int = Field(sa_type=BigInteger)
