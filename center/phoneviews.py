"""The phones as laptop and staff are told. Owns both forms; the rule is ``domain.companion.binding_state``."""

from sqlmodel import Session

from center.companions import ASKS_MS, last_report, stand
from center.coverage import arrived, phones_covered
from center.store import companions, interviews, watching
from center.store.candidates import CandidateCase
from center.store.interviews import Present
from center.store.projects import SessionCase
from center.tables import Device
from center.tables.companion import Companion
from center.tables.interview import BindingCode
from domain.companion import STOPPED, BindingState, Live, PhoneState, binding_state
from domain.wire.interview import Binding, Phone


def binding_body(db: Session, found: CandidateCase, present: Present, now_ms: int, *, waived: bool) -> Binding:
    """One candidate's phones; ``waived``: may enter first and bind later."""
    rows = companions.of_session(db, found.session) if present.phones else []
    code = interviews.binding_code(db, found.session) if present.code else None
    live = next(((row, device) for row, device in rows if stand(row).live), None)
    asks = [(row, device) for row, device in rows if _asks(row, now_ms)]
    covered = phones_covered(db, found.case, rows)
    return Binding(
        state=_state(db, code, rows, now_ms),
        required=found.case.project.companion_required,
        waived=waived,
        phone=None if live is None else _phone(*live),
        asking=_phone(*max(asks, key=lambda one: one[0].bound_ms)) if asks else None,
        evidence_waived=covered.waiver is not None,
        left=covered.left,
    )


def phone_of_session(db: Session, case: SessionCase, now_ms: int) -> tuple[str, int]:
    """(state, phones that the receipt waits for), as the sync daemon is told; ("", 0) where there is no phone."""
    rows = companions.of_session(db, case.session.id)
    if not rows and not case.project.companion_required:
        return "", 0
    code = interviews.binding_code(db, case.session.id)
    return _state(db, code, rows, now_ms).value, phones_covered(db, case, rows).left


def _state(db: Session, code: BindingCode | None, rows: list[tuple[Companion, Device]], now_ms: int) -> BindingState:
    live = next((row for row, _ in rows if stand(row).live), None)
    waiting = code is not None and code.used_by is None and now_ms <= code.expires_ms
    asking = any(_asks(row, now_ms) for row, _ in rows)
    spoken = None if live is None else _live(live, verified=arrived(db, live))
    return binding_state(spoken, asking=asking, waiting=waiting, now_ms=now_ms)


def phone_states(db: Session, project: str, now_ms: int) -> dict[str, str]:
    """The phone's state of each session of a project that has or awaits one; asked every second, so in few queries."""
    codes = watching.codes_until(db)
    states = {session: BindingState.WAITING for session, until_ms in codes.items() if now_ms <= until_ms}
    receipted = companions.receipted(db, project)
    asking: dict[str, bool] = {}
    live: dict[str, Live] = {}
    for row in companions.of_project(db, project):
        asking[row.session] = asking.get(row.session, False) or _asks(row, now_ms)
        if stand(row).live:
            told = _live(row, verified=False)
            stopped = told.state in STOPPED and row.device in receipted
            live[row.session] = Live(told.state, told.heard_ms, verified=stopped)
    for session, asks in asking.items():
        waiting = session in states
        states[session] = binding_state(live.get(session), asking=asks, waiting=waiting, now_ms=now_ms)
    return {session: state.value for session, state in states.items()}


def _asks(row: Companion, now_ms: int) -> bool:
    return stand(row).asks and now_ms - row.heard_ms <= ASKS_MS


def _live(row: Companion, *, verified: bool) -> Live:
    report = last_report(row)
    return Live(PhoneState.PREVIEW if report is None else report.state, row.heard_ms, verified)


def _phone(row: Companion, device: Device) -> Phone:
    report = last_report(row)
    told = {} if report is None else report.model_dump(exclude={"at", "recording_since_ms"})
    return Phone.model_validate({**told, "device": device.id, "name": device.name, "seen_ms": row.heard_ms})
