"""What the whole session's receipt waits for: every laptop, every phone that recorded, a phone where one is demanded.

Pure judgement over what the store gives; issues nothing. Every enrolled laptop counts until staff withdraw it: one
that nobody heard of again may hold evidence. A phone counts once it recorded: whoever only scanned a code holds
nothing. What support waived (with a reason, audited) is not waited for, but still counts when it arrives.
"""

from dataclasses import dataclass

from sqlmodel import Session

from center.companions import last_report, stand
from center.companiontables import Companion, CompanionWaiver
from center.store import companions, projects, receipts, uploads
from center.store.companions import PHONE
from center.store.projects import SessionCase
from center.tables import ManifestRow
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


def coverage(db: Session, case: SessionCase) -> Coverage:
    """How far the session's evidence is."""
    session = case.session.id
    rows: list[ManifestRow] = []
    laptops_left = laptops_silent = phones_left = phones_verified = 0
    waived: list[CompanionWaiver] = []
    waivers = companions.waivers(db, session)
    for device in projects.devices_of(db, session):
        row = receipts.newest_manifest(db, device.id)
        verified = row is not None and row.verified_ms is not None
        if device.kind != PHONE:
            laptops_left += not verified
            laptops_silent += row is None
            if row is not None and verified:
                rows.append(row)
            continue
        phone = companions.companion(db, device.id)
        if row is not None and verified and phone is not None and arrived(db, phone):
            rows.append(row)
            phones_verified += 1
        elif phone is not None and has_recorded(db, phone):
            if device.id in waivers:
                waived.append(waivers[device.id])
            else:
                phones_left += 1
    state = CompanionState.VERIFIED if phones_verified else CompanionState.NOT_REQUIRED
    if not phones_verified and case.project.companion_required and not phones_left:
        if "" in waivers:
            waived.append(waivers[""])
        if not waived:
            phones_left += 1  # none recorded, and none was waived
    if waived:
        state = CompanionState.WAIVED
    whole = bool(rows) and not laptops_left and not phones_left
    stands = bool(rows) and laptops_left == laptops_silent and not phones_left
    return Coverage(tuple(rows), whole, stands, state, waived[0] if waived else None, phones_left)


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
