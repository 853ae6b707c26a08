"""What the whole session's receipt waits for: every laptop, every phone that recorded, a phone where one is demanded.

Pure judgement over what the store gives; issues nothing. Every enrolled laptop counts until staff withdraw it: one
that nobody heard of again may hold evidence. A phone counts once it recorded: whoever only scanned a code holds
nothing. What support waived (with a reason, audited) is not waited for, but still counts when it arrives.
"""

from dataclasses import dataclass

from sqlmodel import Session

from center.companions import last_report, stand
from center.store import companions, projects, receipts, uploads
from center.store.companions import PHONE
from center.store.projects import SessionCase
from center.tables import Device, ManifestRow
from center.tables.companion import Companion, CompanionWaiver
from center.verification import unnamed_links
from domain.companion import FILMING
from domain.manifest import Manifest
from domain.receipt import CompanionState
from domain.signature import peek


@dataclass(frozen=True, slots=True)
class Coverage:
    """``rows``: verified newest manifests of what counts. ``whole``: nothing is waited for any more, so a receipt may
    be issued; ``stands``: one that was issued is still true (a laptop enrolled since has sent nothing).
    ``phones_left``: phones whose evidence is waited for. ``waiver``: one of those that ``companion`` needed.
    """

    rows: tuple[ManifestRow, ...]
    whole: bool
    stands: bool
    companion: CompanionState
    waiver: CompanionWaiver | None
    phones_left: int


@dataclass(frozen=True, slots=True)
class Phones:
    """The phones' part of ``Coverage``. ``rows``: verified newest manifests of phones."""

    rows: tuple[ManifestRow, ...]
    companion: CompanionState
    waiver: CompanionWaiver | None
    left: int


def coverage(db: Session, case: SessionCase) -> Coverage:
    """How far the session's evidence is."""
    rows: list[ManifestRow] = []
    left = silent = 0
    for device in projects.devices_of(db, case.session.id):
        if device.kind == PHONE:
            continue
        row = receipts.newest_manifest(db, device.id)
        verified = row is not None and row.verified_ms is not None
        left += not verified
        silent += row is None
        if row is not None and verified:
            rows.append(row)
    phones = phones_covered(db, case, companions.of_session(db, case.session.id))
    rows.extend(phones.rows)
    whole = bool(rows) and not left and not phones.left
    stands = bool(rows) and left == silent and not phones.left
    return Coverage(tuple(rows), whole, stands, phones.companion, phones.waiver, phones.left)


def phones_covered(db: Session, case: SessionCase, known: list[tuple[Companion, Device]]) -> Phones:
    """How far the evidence of the ``known`` phones is. Every heartbeat asks: where there is none, without a query."""
    session = case.session.id
    bound = [(phone, device) for phone, device in known if device.withdrawn_ms is None]
    if not bound and not case.project.companion_required:
        return Phones((), CompanionState.NOT_REQUIRED, None, 0)
    rows: list[ManifestRow] = []
    left = 0
    waived: list[CompanionWaiver] = []
    waivers = companions.waivers(db, session)
    for phone, device in bound:
        row = receipts.newest_manifest(db, device.id)
        if row is not None and row.verified_ms is not None and arrived(db, phone):
            rows.append(row)
        elif has_recorded(db, phone):
            if device.id in waivers:
                waived.append(waivers[device.id])
            else:
                left += 1
    state = CompanionState.VERIFIED if rows else CompanionState.NOT_REQUIRED
    if not rows and case.project.companion_required and not left:
        if "" in waivers:
            waived.append(waivers[""])
        if not waived:
            left += 1  # none recorded, and none was waived
    if waived:
        state = CompanionState.WAIVED
    return Phones(tuple(rows), state, waived[0] if waived else None, left)


def has_recorded(db: Session, phone: Companion) -> bool:
    """Whether this phone holds, or held, evidence."""
    return phone.recorded or uploads.has_any(db, phone.device) or receipts.has_manifest(db, phone.device)


def arrived(db: Session, phone: Companion) -> bool:
    """Whether the center holds all this phone recorded: its newest manifest is verified, names every link that came,
    and the phone did not go on filming after it.
    """
    row = receipts.newest_manifest(db, phone.device)
    if row is None or row.verified_ms is None:
        return False
    report = last_report(phone)
    goes_on = stand(phone).live and report is not None and report.state in FILMING
    if goes_on and phone.heard_ms > row.received_ms:
        return False
    return unnamed_links(db, Manifest.from_dict(peek(row.token))) == 0
