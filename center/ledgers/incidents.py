"""What went wrong, by whose side it began on: from the timeline, the declared gaps and what did not fit.

Only what the center holds. Sorting is ``domain.causes``'; that something is on the candidate's side says nothing of
guilt.
"""

import json
from dataclasses import dataclass, field

from sqlmodel import Session

from center.ledgers.ledger import Column, Ledger
from center.ledgers.sheet import Value
from center.store import afterwards, projects
from domain.causes import CAUSE_WORDS, Cause, cause_of_event, cause_of_gap, incident_words
from domain.errors import ProjectUnknown, Words
from domain.seal import parse_seal

_COLUMNS = (
    Column("number", Words("准考证号", "number")),
    Column("name", Words("姓名", "name")),
    Column("batch", Words("场次", "batch")),
    Column("cause", Words("原因类别", "cause")),
    Column("what", Words("事件", "incident")),
    Column("track", Words("轨道", "track")),
    Column("count", Words("次数", "times"), "number"),
    Column("first_ms", Words("首次", "first"), "time"),
    Column("last_ms", Words("末次", "last"), "time"),
    Column("total_ms", Words("累计秒数", "seconds in all"), "span"),
)
_ORDER = {cause: place for place, cause in enumerate(Cause)}
_BACK = {"network_lost": "network_back"}


@dataclass(slots=True)
class _Sum:
    """One kind of incident of one session."""

    cause: Cause
    what: str
    track: str = ""
    moments: list[int] = field(default_factory=list)
    total_ms: int | None = None

    def add(self, at_ms: int, *spans_ms: int) -> None:
        self.moments.append(at_ms)
        for span_ms in spans_ms:
            self.add_span(span_ms)

    def add_span(self, span_ms: int) -> None:
        self.total_ms = (self.total_ms or 0) + span_ms


def incidents(db: Session, project: str, now_ms: int) -> Ledger:
    """One row for each kind of incident of each session; raises ProjectUnknown."""
    if projects.project(db, project) is None:
        raise ProjectUnknown(project)
    found: dict[str, dict[tuple[str, str], _Sum]] = {}
    _events(db, project, found)
    for row in afterwards.gaps(db, project):
        seal = parse_seal(row.seal.encode())
        cause = None if seal.reason is None else cause_of_gap(seal.reason)
        if cause is not None and seal.reason is not None:
            _at(found, row.session, cause, f"gap_{seal.reason}", row.track).add(seal.center_ms, seal.duration_ms)
    for row in afterwards.quarantined(db, project):
        _at(found, row.session, Cause.SYSTEM, "quarantined", row.track).add(row.finished_ms or row.created_ms)
    for conflict in afterwards.conflicts(db, project):
        _at(found, conflict.session, Cause.SYSTEM, "conflict", "").add(conflict.first_ms)
    rows: list[dict[str, Value | Words]] = []
    for case, person in afterwards.cases_of(db, project):
        own = found.get(case.session.id, {}).values()
        for one in sorted(own, key=lambda one: (_ORDER[one.cause], one.what, one.track)):
            rows.append(
                {
                    "number": case.session.number,
                    "name": "" if person is None else person.name,
                    "batch": case.batch.name,
                    **_told(one),
                }
            )
    return Ledger("incidents", _COLUMNS, list(rows))


def _told(one: _Sum) -> dict[str, Value | Words]:
    return {
        "cause": CAUSE_WORDS[one.cause],
        "what": incident_words(one.what),
        "track": one.track,
        "count": len(one.moments),
        "first_ms": min(one.moments),
        "last_ms": max(one.moments),
        "total_ms": one.total_ms,
    }


def _events(db: Session, project: str, found: dict[str, dict[tuple[str, str], _Sum]]) -> None:
    open_since: dict[tuple[str, str], int] = {}
    for row in afterwards.events(db, project):
        for began, ended in _BACK.items():
            since = open_since.pop((row.session, began), None) if row.kind == ended else None
            if since is not None:
                _at(found, row.session, Cause.NETWORK, began, "").add_span(max(0, row.said_ms - since))
        data = _data(row.data)
        cause = cause_of_event(row.kind, data)
        if cause is None:
            continue
        span = data.get("for_ms")
        spans = [span] if isinstance(span, int) else []
        _at(found, row.session, cause, row.kind, str(data.get("track", ""))).add(row.said_ms, *spans)
        if row.kind in _BACK:
            open_since[row.session, row.kind] = row.said_ms


def _at(found: dict[str, dict[tuple[str, str], _Sum]], session: str, cause: Cause, what: str, track: str) -> _Sum:
    return found.setdefault(session, {}).setdefault((what, track), _Sum(cause, what, track))


def _data(text: str) -> dict[str, object]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
