"""Consents, and who saw or did what: the ledgers a candidate has a right to, for one of them or for a project."""

import json
from collections.abc import Mapping

from sqlmodel import Session

from center.ledgers.ledger import NO, YES, Column, Ledger
from center.ledgers.sheet import Value
from center.store import afterwards, projects
from center.tables.interview import Audit
from domain.errors import ProjectUnknown, Words

_CONSENTS = (
    Column("number", Words("准考证号", "number")),
    Column("name", Words("姓名", "name")),
    Column("kind", Words("事项", "what for")),
    Column("version", Words("文本版本", "version of the text")),
    Column("accepted", Words("是否同意", "accepted")),
    Column("at_ms", Words("时间", "when"), "time"),
)
_ACCESS = (
    Column("at_ms", Words("时间", "when"), "time"),
    Column("by", Words("操作人", "who")),
    Column("action", Words("操作", "act")),
    Column("number", Words("准考证号", "number")),
    Column("reason", Words("原因", "reason")),
    Column("detail", Words("详情", "detail")),
)
_KINDS = {
    "face": Words("人脸信息处理", "looking at faces"),
    "pledge": Words("考生诚信承诺书", "integrity pledge"),
}


def consents(db: Session, project: str, number: str = "") -> Ledger:
    """Every answer to a text that asks; raises ProjectUnknown."""
    _known(db, project)
    rows: list[Mapping[str, Value | Words]] = [
        {
            "number": person.number,
            "name": person.name,
            "kind": _KINDS.get(row.kind, Words(row.kind, "")),
            "version": row.version,
            "accepted": YES if row.accepted else NO,
            "at_ms": row.at_ms,
        }
        for row, person in afterwards.consents(db, project, number)
    ]
    return Ledger("consents", _CONSENTS, rows)


def access(db: Session, project: str, number: str = "") -> Ledger:
    """Who of the staff saw or did what, oldest first; with ``number`` what concerns this candidate alone."""
    _known(db, project)
    numbers = afterwards.numbers(db, project)
    rows: list[dict[str, Value | Words]] = []
    for row in afterwards.audits(db, project):
        detail = _detail(row)
        session = row.session or str(detail.pop("of", ""))
        whose = numbers.get(session, "")
        if number in ("", whose):
            rows.append(
                {
                    "at_ms": row.at_ms,
                    "by": row.by,
                    "action": row.action,
                    "number": whose,
                    "reason": row.reason,
                    "detail": "; ".join(f"{name}={value}" for name, value in detail.items()),
                }
            )
    return Ledger("access", _ACCESS, list(rows))


def _known(db: Session, project: str) -> None:
    if projects.project(db, project) is None:
        raise ProjectUnknown(project)


def _detail(row: Audit) -> dict[str, object]:
    detail = json.loads(row.detail or "{}")
    return detail if isinstance(detail, dict) else {}
