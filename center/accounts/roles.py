"""Who may do what. Pure; the only place where a role's rights are written down."""

from enum import StrEnum

from domain.errors import BadInput, NotAllowed


class Role(StrEnum):
    """What somebody of the staff is."""

    SUPPORT = "support"  # 技术服务人员
    REVIEWER = "reviewer"  # 复核员
    ADMINISTRATOR = "administrator"  # 管理员


class Right(StrEnum):
    """What a route demands."""

    WATCH = "watch"  # the dashboard: who stands where, by number and name
    HELP = "help"  # answer, admit, release, give time
    EVIDENCE = "evidence"  # see footage; every view is written down
    REVIEW = "review"  # marks and conclusions
    CLOSE = "close"  # 缺失说明结案: propose, confirm, withdraw
    ADMINISTER = "administer"  # projects, publishing results, accounts' ledger


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.SUPPORT: frozenset({Right.WATCH, Right.HELP, Right.CLOSE}),
    Role.REVIEWER: frozenset({Right.EVIDENCE, Right.REVIEW}),
    Role.ADMINISTRATOR: frozenset({Right.WATCH, Right.ADMINISTER, Right.CLOSE}),
}


def read_roles(text: str) -> frozenset[Role]:
    """Comma-separated roles; raises BadInput for none or an unknown one."""
    names = {part.strip() for part in text.split(",") if part.strip()}
    if not names or not names <= set(Role):
        raise BadInput(f"roles: one or more of {', '.join(Role)}")
    return frozenset(Role(name) for name in names)


def write_roles(roles: frozenset[Role]) -> str:
    """As the database keeps them."""
    return ",".join(role for role in Role if role in roles)


def rights_of(roles: frozenset[Role]) -> frozenset[Right]:
    """Everything these roles may."""
    return frozenset().union(*(RIGHTS[role] for role in roles))


def demand(roles: frozenset[Role], right: Right) -> None:
    """Raises NotAllowed."""
    if right not in rights_of(roles):
        raise NotAllowed(right.value)
