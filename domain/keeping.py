"""How long the center keeps a session's evidence, and why it may not go yet. Pure.

Deleted is only what every one of these allows: results final, the project's retention over, the session settled
(receipt or 缺失说明结案, or nobody ever came), no open flag, no hold. Whatever is missing or in doubt keeps it.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Words
from domain.publication import has_leave


class Stays(StrEnum):
    """Why evidence stays: the first of these that holds."""

    HELD = "held"  # somebody holds it: an appeal, a dispute
    FLAGGED = "flagged"  # something about it is unresolved
    UNSETTLED = "unsettled"  # neither receipted nor closed with loss
    UNPUBLISHED = "unpublished"  # the results are not out
    APPEALS = "appeals"  # they are, and the appeal delay runs
    UNLIMITED = "unlimited"  # the project names no retention
    RETAINED = "retained"  # its retention is not over


class Flag(StrEnum):
    """What about a session is unresolved."""

    CONFLICT = "conflict"  # one identity with two contents: both kept, nobody has judged
    CHAIN = "chain"  # a manifest does not fit what arrived
    QUARANTINED = "quarantined"  # bytes that do not have their sealed hash, and no good ones since
    ARRIVING = "arriving"  # an upload is open
    DOUBTED = "doubted"  # a reviewer's conclusion says suspicious or violation
    CLOSING = "closing"  # a closure with loss waits for its second person


STAYS_WORDS: dict[Stays, Words] = {
    Stays.HELD: Words("已保全，不得删除", "It is on hold"),
    Stays.FLAGGED: Words("有未了事项，不得删除", "Something about it is unresolved"),
    Stays.UNSETTLED: Words("尚无回执，也未结案", "It has no receipt and is not closed"),
    Stays.UNPUBLISHED: Words("成绩尚未公布", "The results are not published"),
    Stays.APPEALS: Words("申诉期未满", "The appeal delay runs"),
    Stays.UNLIMITED: Words("项目未规定保存期限", "The project names no retention"),
    Stays.RETAINED: Words("保存期限未满", "Its retention is not over"),
}
FLAG_WORDS: dict[Flag, Words] = {
    Flag.CONFLICT: Words("同一片段有两个不同内容", "One identity came with two contents"),
    Flag.CHAIN: Words("清单与收到的片段不符", "A manifest does not fit what arrived"),
    Flag.QUARANTINED: Words("有片段校验不符且未补传", "A link has the wrong hash and was not sent again"),
    Flag.ARRIVING: Words("仍有片段正在上传", "Something is still arriving"),
    Flag.DOUBTED: Words("复核结论为可疑或违规", "A reviewer found something"),
    Flag.CLOSING: Words("缺失说明结案等待第二人确认", "A closure with loss waits for its second person"),
}


@dataclass(frozen=True, slots=True)
class Keeping:
    """What decides about one session's evidence. ``leave_ms``: when copies may be deleted, None while unpublished;
    ``retention_ms``: how long after that, None without a limit.
    """

    leave_ms: int | None
    retention_ms: int | None
    settled: bool
    flags: frozenset[Flag] = frozenset()
    held: bool = False

    @property
    def due_ms(self) -> int | None:
        """When its retention is over; None while nobody can tell."""
        if self.leave_ms is None or self.retention_ms is None:
            return None
        return self.leave_ms + max(0, self.retention_ms)


def stays(keeping: Keeping, now_ms: int) -> Stays | None:
    """The whole rule: why it stays; None when it is due for deletion."""
    if keeping.held:
        return Stays.HELD
    if keeping.flags:
        return Stays.FLAGGED
    if not keeping.settled:
        return Stays.UNSETTLED
    if keeping.leave_ms is None:
        return Stays.UNPUBLISHED
    if not has_leave(keeping.leave_ms, now_ms):
        return Stays.APPEALS
    due_ms = keeping.due_ms
    if due_ms is None:
        return Stays.UNLIMITED
    return Stays.RETAINED if now_ms < due_ms else None
