"""Who is confirmed, who was absent, who still has to upload: ledgers over how every session came out."""

from sqlmodel import Session

from center.completion import Outcome, completion
from center.ledgers.ledger import NO, YES, Column, Ledger
from center.ledgers.sheet import Value
from center.store import afterwards
from domain.completion import COMPLETION_WORDS, Completion
from domain.errors import Words
from domain.wire.interview import Progress

_WHO = (
    Column("number", Words("准考证号", "number")),
    Column("name", Words("姓名", "name")),
    Column("batch", Words("场次", "batch")),
)
_COMPLETION = (
    *_WHO,
    Column("state", Words("结果", "outcome")),
    Column("ended_ms", Words("面试结束", "ended"), "time"),
    Column("deadline_ms", Words("上传时限", "deadline"), "time"),
    Column("confirmed_ms", Words("确认时间", "confirmed"), "time"),
    Column("late_ms", Words("超时秒数", "seconds late"), "span"),
    Column("receipt", Words("回执指纹", "receipt fingerprint")),
)
_ABSENT = (
    *_WHO,
    Column("start_ms", Words("开考时间", "start"), "time"),
    Column("logged_in", Words("是否登录过", "logged in")),
    Column("asked_help", Words("求助次数", "calls for help"), "number"),
)
_UNFINISHED = (
    *_WHO,
    Column("phone", Words("联系电话", "telephone")),
    Column("support_code", Words("服务码", "support code")),
    Column("state", Words("情况", "situation")),
    Column("ended_ms", Words("面试结束", "ended"), "time"),
    Column("deadline_ms", Words("上传时限", "deadline"), "time"),
    Column("remaining_bytes", Words("剩余（考生端）", "left, as the laptop said"), "size"),
    Column("heard_ms", Words("最近消息", "last heard of"), "time"),
)
_WAITED_FOR = (Completion.OPEN, Completion.LATE)


def completed(db: Session, project: str, now_ms: int) -> Ledger:
    """Everybody: how it came out, when it was confirmed, in time or late. Raises ProjectUnknown."""
    return Ledger("completion", _COMPLETION, [_completion(one) for one in completion(db, project, now_ms)])


def absentees(db: Session, project: str, now_ms: int) -> Ledger:
    """缺考. Raises ProjectUnknown."""
    asked = afterwards.help_counts(db, project)
    logged_in = afterwards.logged_in(db, project)
    rows = [
        {
            **_who(one),
            "start_ms": one.case.batch.start_ms,
            "logged_in": YES if one.case.session.id in logged_in else NO,
            "asked_help": asked.get(one.case.session.id, 0),
        }
        for one in completion(db, project, now_ms)
        if one.state is Completion.ABSENT
    ]
    return Ledger("absentees", _ABSENT, list(rows))


def unfinished(db: Session, project: str, now_ms: int) -> Ledger:
    """Who still has to upload, and how to reach them. Raises ProjectUnknown."""
    rows = [_unfinished(one) for one in completion(db, project, now_ms) if one.state in _WAITED_FOR]
    return Ledger("unfinished", _UNFINISHED, list(rows))


def _who(one: Outcome) -> dict[str, Value | Words]:
    return {
        "number": one.case.session.number,
        "name": "" if one.person is None else one.person.name,
        "batch": one.case.batch.name,
    }


def _completion(one: Outcome) -> dict[str, Value | Words]:
    confirmed = None if one.receipt is None else one.receipt.issued_ms
    late = confirmed is not None and one.deadline_ms is not None and confirmed > one.deadline_ms
    return {
        **_who(one),
        "state": COMPLETION_WORDS[one.state],
        "ended_ms": one.ended_ms,
        "deadline_ms": one.deadline_ms,
        "confirmed_ms": confirmed,
        "late_ms": (confirmed or 0) - (one.deadline_ms or 0) if late else None,
        "receipt": one.fingerprint,
    }


def _unfinished(one: Outcome) -> dict[str, Value | Words]:
    beat = one.heartbeat
    return {
        **_who(one),
        "phone": "" if one.person is None else one.person.phone,
        "support_code": "" if one.person is None else one.person.support_code,
        "state": COMPLETION_WORDS[one.state],
        "ended_ms": one.ended_ms,
        "deadline_ms": one.deadline_ms,
        "remaining_bytes": None if beat is None else Progress.model_validate_json(beat.progress).remaining_bytes,
        "heard_ms": None if beat is None else beat.at_ms,
    }
