"""What takes two people: the rule, asked inside the transaction that acts. Owns nothing else.

Both must be accounts that are open now and have the right now: whoever was dismissed between proposing and confirming
no longer counts, and neither does an act that was under way when its account was closed.
"""

from sqlmodel import Session

from center.accounts.roles import Right, read_roles, rights_of
from center.store import accounts
from domain.errors import NotAllowed, ProposalVoid, SamePerson


def require_one(db: Session, name: str, right: Right) -> None:
    """Raises NotAllowed when ``name`` is no open account with ``right``."""
    if not _may(db, name, right):
        raise NotAllowed(right.value)


def require_second(db: Session, proposer: str, name: str, right: Right) -> None:
    """``name`` may confirm what ``proposer`` proposed. Raises NotAllowed, SamePerson, ProposalVoid."""
    require_one(db, name, right)
    if name == proposer:
        raise SamePerson
    if not _may(db, proposer, right):
        raise ProposalVoid(f"{proposer} may not propose this any more")


def _may(db: Session, name: str, right: Right) -> bool:
    row = accounts.account(db, name)
    return row is not None and row.closed_ms is None and right in rights_of(read_roles(row.roles))
