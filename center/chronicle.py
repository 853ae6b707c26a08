"""Writing down what happened: the timeline of a session and the audit log. Owns the two forms; changes nothing else.

Both are written in the same transaction as what they tell of, so neither can say what did not happen.
"""

import json
from typing import Any

import uuid_utils
from sqlmodel import Session

from center.store import projects
from center.tables.interview import Audit, TimelineRow


def note(db: Session, session: str, source: str, kind: str, now_ms: int, **data: Any) -> None:
    """An event that the center itself saw, on the timeline. ``source``: center or staff."""
    row = TimelineRow(
        session=session,
        event=str(uuid_utils.uuid7()),
        source=source,
        kind=kind,
        said_ms=now_ms,
        at_ms=now_ms,
        data=json.dumps(data, ensure_ascii=False),
    )
    projects.keep(db, row)


def audit(
    db: Session,
    by: str,
    action: str,
    project: str,
    now_ms: int,
    *,
    session: str | None = None,
    reason: str = "",
    **detail: Any,
) -> None:
    """What ``by`` did; and, where it concerns one session, the same on its timeline."""
    row = Audit(
        at_ms=now_ms,
        by=by,
        action=action,
        project=project,
        session=session,
        reason=reason,
        detail=json.dumps(detail, ensure_ascii=False),
    )
    projects.keep(db, row)
    if session is not None:
        note(db, session, "staff", action, now_ms, by=by, reason=reason, **detail)
