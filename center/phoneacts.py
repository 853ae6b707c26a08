"""What support does about a phone: waive its evidence, finish its recording from afar, let it go. Every act is in the
audit.

Owns nothing but these acts, each in one transaction, safe beside a running center.
"""

from sqlmodel import Session

from center import chronicle
from center.companions import stand, unbind
from center.coverage import arrived, has_recorded
from center.folder.roster import plain
from center.staff import Actor
from center.store import candidates, companions, projects
from center.store.candidates import CandidateCase
from center.store.database import Database
from center.tables.companion import Companion, CompanionWaiver
from domain.errors import BadInput, StageClosed


def waive_phone(database: Database, project: str, number: str, actor: Actor, device: str = "") -> list[str]:
    """The session's receipt no longer waits for a phone; answers what was waived ("" is a phone that never came).

    ``device`` names one phone; without it every phone whose evidence is still missing, or the demand to have one. What
    arrives later is verified all the same. Raises BadInput without a reason, for a phone of somebody else, or when
    nothing is waited for.
    """

    def change(db: Session) -> list[str]:
        found = _candidate(db, project, number, actor)
        rows = [row for row, _ in companions.of_session(db, found.session)]
        if device and device not in {row.device for row in rows}:
            raise BadInput(f"device {device}: no phone of this candidate")
        missing = [row.device for row in rows if has_recorded(db, row) and not arrived(db, row)]
        if not missing and found.case.project.companion_required and not any(arrived(db, row) for row in rows):
            missing = [""]
        known = companions.waivers(db, found.session)
        waived = [one for one in missing if one not in known and device in ("", one)]
        if not waived:
            raise BadInput("nothing is waited for: the phone's evidence is here, not demanded, or waived already")
        for one in waived:
            row = CompanionWaiver(
                session=found.session, device=one, by=actor.by, reason=actor.reason, at_ms=actor.now_ms
            )
            projects.keep(db, row)
            _audit(db, actor, "waive_phone", found, one)
        return waived

    return database.write(change)


def finish_phone(database: Database, project: str, number: str, actor: Actor) -> str:
    """A forgotten phone stops filming at its next word and sends what it has; answers which.

    Raises BadInput without a reason or where no phone is bound, StageClosed before the session's end.
    """

    def change(db: Session) -> str:
        found = _candidate(db, project, number, actor)
        if found.case.ended_ms(actor.now_ms) is None:
            raise StageClosed("面试尚未结束 / the session is not over")
        live: Companion | None = next(
            (row for row, _ in companions.of_session(db, found.session) if stand(row).live), None
        )
        if live is None:
            raise BadInput("no phone is bound")
        live.finish_ms = max(actor.now_ms, live.approved_ms or 0)
        projects.keep(db, live)
        _audit(db, actor, "finish_phone", found, live.device)
        return live.device

    return database.write(change)


def unbind_phone(database: Database, project: str, number: str, actor: Actor) -> str:
    """Let the phone go that is bound, or else the newest that asks, so that another can be bound; answers which.

    What it recorded still counts and is waited for. Raises BadInput without a reason or where there is none.
    """

    def change(db: Session) -> str:
        found = _candidate(db, project, number, actor)
        rows = [row for row, _ in companions.of_session(db, found.session)]
        here = [row for row in rows if stand(row).live] or [row for row in rows if stand(row).asks]
        if not here:
            raise BadInput("no phone is bound, and none asks")
        phone = max(here, key=lambda row: row.bound_ms)
        unbind(db, found, phone.device, actor.now_ms)
        _audit(db, actor, "unbind_phone", found, phone.device)
        return phone.device

    return database.write(change)


def _candidate(db: Session, project: str, number: str, actor: Actor) -> CandidateCase:
    if not actor.reason.strip():
        raise BadInput("reason: why, in a few words")
    found = candidates.by_number(db, plain(project), plain(number))
    if found is None:
        raise BadInput(f"number {number} of project {project}: unknown")
    return found


def _audit(db: Session, actor: Actor, action: str, found: CandidateCase, device: str) -> None:
    chronicle.audit(
        db,
        actor.by,
        action,
        found.case.project.id,
        actor.now_ms,
        session=found.session,
        reason=actor.reason,
        device=device,
    )
