"""What was ordered, kept beside the session so that a restarted recorder goes on at once with the same devices."""

from dataclasses import dataclass

from pydantic import ValidationError

from domain.errors import SpoolUnreadable
from domain.wire.recorder import CaptureOrder
from host.durable import read_json, replace, write_json
from host.spool import Spool

_NAME = "recording.json"


@dataclass(frozen=True, slots=True)
class Ordered:
    """A session that is to be recorded, and with what."""

    session: str
    order: CaptureOrder


def save(spool: Spool, session: str, order: CaptureOrder) -> None:
    """Recording of ``session`` is ordered. Raises StorageError."""
    write_json(spool.session_dir(session) / _NAME, order.model_dump())


def clear(spool: Spool, session: str) -> None:
    """Recording of ``session`` is no longer ordered; the order is kept under another name. Raises StorageError."""
    path = spool.session_dir(session) / _NAME
    if path.exists():
        replace(path, path.with_name("recorded.json"))


def standing(spool: Spool) -> Ordered | None:
    """The newest session whose recording is ordered and not over; None when there is none.

    A damaged order still means that this session was being recorded: it goes on with the first usable devices.
    """
    for session in reversed(spool.sessions()):
        path = spool.session_dir(session) / _NAME
        if not path.exists() or spool.ended(session) is not None:
            continue
        try:
            order = CaptureOrder.model_validate(read_json(path))
        except (ValidationError, SpoolUnreadable):
            order = CaptureOrder(session=session)
        return Ordered(session, order.model_copy(update={"session": session}))
    return None
