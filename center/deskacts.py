"""What support may do to one candidate: one entry an act, each a route of its own.

Owns the list. Every act goes the same way: signed in with the right to help, CSRF header, a candidate that is here, a
reason, off the event loop, in the audit. What an act does is ``center.staff``'s and ``center.phoneacts``'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from center import phoneacts, staff
from center.staff import Actor
from center.store.candidates import CandidateCase, PermissionKind
from center.store.database import Database
from domain.stage import MINUTE_MS
from domain.wire.staff import AdmitOrder, ExtraTimeOrder, ReasonOrder, TellOrder

Order = TypeVar("Order", bound=ReasonOrder)


@dataclass(frozen=True, slots=True)
class Act(Generic[Order]):
    """``do`` answers a code to be read out, or nothing."""

    path: str
    summary: str
    order: type[Order]
    do: Callable[[Database, CandidateCase, Order, Actor], str | None]
    code: bool = False


def _admit(database: Database, who: CandidateCase, order: AdmitOrder, actor: Actor) -> None:
    staff.admit(database, *_of(who), {PermissionKind(kind) for kind in order.kinds}, actor)


def _entry_code(database: Database, who: CandidateCase, _order: ReasonOrder, actor: Actor) -> str:
    return staff.entry_code(database, *_of(who), actor)


def _release(database: Database, who: CandidateCase, _order: ReasonOrder, actor: Actor) -> str:
    return staff.release(database, *_of(who), actor)


def _end_login(database: Database, who: CandidateCase, _order: ReasonOrder, actor: Actor) -> None:
    staff.end_login(database, *_of(who), actor)


def _extra_time(database: Database, who: CandidateCase, order: ExtraTimeOrder, actor: Actor) -> None:
    staff.extra_time(database, *_of(who), order.minutes * MINUTE_MS, actor)


def _extend_window(database: Database, who: CandidateCase, order: ExtraTimeOrder, actor: Actor) -> None:
    staff.extend_window(database, *_of(who), order.minutes * MINUTE_MS, actor)


def _send_now(database: Database, who: CandidateCase, _order: ReasonOrder, actor: Actor) -> None:
    staff.send_now(database, *_of(who), actor)


def _waive_phone(database: Database, who: CandidateCase, _order: ReasonOrder, actor: Actor) -> None:
    phoneacts.waive_phone(database, *_of(who), actor)


def _finish_phone(database: Database, who: CandidateCase, _order: ReasonOrder, actor: Actor) -> None:
    phoneacts.finish_phone(database, *_of(who), actor)


def _unbind_phone(database: Database, who: CandidateCase, _order: ReasonOrder, actor: Actor) -> None:
    phoneacts.unbind_phone(database, *_of(who), actor)


def _tell(database: Database, who: CandidateCase, order: TellOrder, actor: Actor) -> None:
    project, number = _of(who)
    staff.broadcast(database, project, who.case.batch.name, order.text, actor, number)


def _of(who: CandidateCase) -> tuple[str, str]:
    return who.case.project.id, who.candidate.number


ACTS: tuple[Act[Any], ...] = (
    Act("admit", "Log in by hand, let in late, let another laptop take over, …", AdmitOrder, _admit),
    Act("entry-code", "The code by which a laptop without network enters", ReasonOrder, _entry_code, code=True),
    Act("release", "The release code, after the start", ReasonOrder, _release, code=True),
    Act("end-login", "End the active login; uploads go on", ReasonOrder, _end_login),
    Act("extra-time", "More time to answer", ExtraTimeOrder, _extra_time),
    Act("extend-window", "More time to upload", ExtraTimeOrder, _extend_window),
    Act("send-now", "The laptop tries everything again at its next contact", ReasonOrder, _send_now),
    Act("waive-phone", "The receipt no longer waits for the phone's evidence", ReasonOrder, _waive_phone),
    Act("finish-phone", "Stop a forgotten phone from afar, after the end", ReasonOrder, _finish_phone),
    Act("unbind-phone", "Let the phone go that is bound or asks; another may be bound", ReasonOrder, _unbind_phone),
    Act("tell", "A set phrase, or words while nobody answers", TellOrder, _tell),
)
