"""Manifests in, receipts out: the center's word that everything is here.

Owns when a receipt may be issued and what it says. A receipt is issued inside one write transaction, once per
basis (the manifests it covers); asked for again, the same bytes are answered. Nothing here is decided by a
device's clock.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from center.companions import require_approved
from center.coverage import Coverage, coverage
from center.keys import Keyring
from center.store import projects, receipts
from center.store.companions import PHONE
from center.store.database import Database
from center.store.projects import SessionCase
from center.tables import Device, ManifestRow, ReceiptRow
from center.verification import check_chains, missing_links, tracks_of, unnamed_links
from domain.errors import BadInput, ChainBroken, IdentityConflict, TokenRefused
from domain.identity import Track
from domain.manifest import EndedBy, Manifest, manifest_sha256
from domain.receipt import CompanionState, ManifestRef, Receipt, ReceiptKind, TrackEntry, Waiver
from domain.signature import MANIFEST_TYP, RECEIPT_TYP, check, device_public_key, peek
from domain.window import Assessment, assess


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a device's newest manifest is: what is missing and the receipts there are."""

    manifest: ManifestRow
    missing: int
    device_receipt: str | None
    session_receipt: str | None


class Receipts:
    """One per process."""

    def __init__(self, database: Database, keys: Keyring, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._keys = keys
        self._now_ms = now_ms

    async def submit(self, token: str, session: str, device: str) -> Standing:
        """Keep a manifest revision and issue what can be issued.

        Raises SignatureInvalid, BadInput, TokenRefused (another device's), IdentityConflict (another manifest
        has this revision, or it does not follow the newest) or ChainBroken (everything is here, but it is not
        what it says).
        """
        row = await self._database.aread(lambda db: projects.device(db, device))
        if row is None:
            raise TokenRefused("the device is not enrolled")
        manifest = Manifest.from_dict(check(token, device_public_key(json.loads(row.public_key)), MANIFEST_TYP))
        phone = row.kind == PHONE
        if phone:
            if not set(manifest.tracks) <= {Track.COMPANION}:
                raise BadInput("manifest: a phone has one track, companion")
            await self._database.aread(lambda db: require_approved(db, device))
        if (manifest.session, manifest.device) != (session, device):
            raise BadInput("manifest: of another session or device")
        now = self._now_ms()
        await self._database.awrite(lambda db: _keep(db, manifest, token, now, phone=phone))
        standing = await self.advance(session, device)
        if standing is None:  # pragma: no cover -- it was written two lines above
            raise BadInput("manifest: not kept")
        if standing.manifest.problem:
            raise ChainBroken(standing.manifest.problem)
        return standing

    async def advance(self, session: str, device: str) -> Standing | None:
        """Judge the device's newest manifest and issue the receipts that are due; None when it has sent
        none.
        """
        row = await self._database.aread(lambda db: receipts.newest_manifest(db, device))
        if row is None:
            return None
        manifest = Manifest.from_dict(peek(row.token))  # its signature was checked when it came
        missing = await self._database.aread(lambda db: missing_links(db, manifest))
        if missing == 0 and row.verified_ms is None and not row.problem:
            # Following thousands of links takes a moment: done beside the writer. Verified links never
            # change.
            problem = await self._database.aread(lambda db: _problem(db, manifest))
            now = self._now_ms()
            await self._database.awrite(
                lambda db: receipts.judge_manifest(db, row.sha256, None if problem else now, problem)
            )
        # Devices ask every few seconds: only an answer that would change something takes the writer's time.
        if missing == 0 and await self._database.aread(lambda db: self._due(db, session)):
            await self._database.awrite(lambda db: self._issue(db, session))
        return await self._database.aread(lambda db: self._standing(db, session, device, missing))

    def _standing(self, db: Session, session: str, device: str, missing: int) -> Standing | None:
        row = receipts.newest_manifest(db, device)
        if row is None:
            return None
        own = receipts.receipt(db, _basis(ReceiptKind.DEVICE, [row.sha256]))
        whole = self.session_receipt(db, session)
        return Standing(row, missing, own.token if own else None, whole.token if whole else None)

    @staticmethod
    def session_receipt(db: Session, session: str) -> ReceiptRow | None:
        """The session receipt over the newest manifest of everything that counts; None when there is none, and for a
        session that was closed with declared loss: it is never confirmed.
        """
        case = projects.session_case(db, session)
        covered = None if case is None or case.session.closed_ms is not None else coverage(db, case)
        return receipts.receipt(db, _whole(covered)) if covered is not None and covered.stands else None

    def _due(self, db: Session, session: str) -> bool:
        """Whether ``_issue`` would issue anything: some device's newest manifest, or all of them, lack a receipt."""
        case = projects.session_case(db, session)
        if case is None or case.ended_ms(self._now_ms()) is None:
            return False
        newest = [receipts.newest_manifest(db, device.id) for device in projects.devices_of(db, session)]
        rows = [row for row in newest if row is not None and row.verified_ms is not None]
        if any(receipts.receipt(db, _basis(ReceiptKind.DEVICE, [row.sha256])) is None for row in rows):
            return True
        covered = coverage(db, case)
        return covered.whole and case.session.closed_ms is None and receipts.receipt(db, _whole(covered)) is None

    def _issue(self, db: Session, session: str) -> None:
        """Issue every receipt of the session that is due and not there yet."""
        case = projects.session_case(db, session, lock=True)
        now = self._now_ms()
        if case is None or case.ended_ms(now) is None:
            return
        for device in projects.devices_of(db, session):
            row = receipts.newest_manifest(db, device.id)
            if row is not None and row.verified_ms is not None:
                basis = _basis(ReceiptKind.DEVICE, [row.sha256])
                self._issue_one(db, case, basis, device, [row], CompanionState.NOT_REQUIRED, None, now)
        covered = coverage(db, case)
        if covered.whole and case.session.closed_ms is None:
            rows = list(covered.rows)
            if any(unnamed_links(db, Manifest.from_dict(peek(row.token))) for row in rows):
                return  # a device was entered again after its manifest: the next revision is on its way
            waiver = covered.waiver
            given = None if waiver is None else Waiver(waiver.by, waiver.reason)
            self._issue_one(db, case, _whole(covered), None, rows, covered.companion, given, now)

    def _issue_one(
        self,
        db: Session,
        case: SessionCase,
        basis: str,
        device: Device | None,
        rows: list[ManifestRow],
        companion: CompanionState,
        waiver: Waiver | None,
        now: int,
    ) -> None:
        kind = ReceiptKind.SESSION if device is None else ReceiptKind.DEVICE
        if receipts.receipt(db, basis) is not None:
            return
        ended, deadline = case.ended_ms(now), case.deadline_ms(now)
        assert ended is not None  # noqa: S101 -- the caller asked
        assert deadline is not None  # noqa: S101
        manifests = [Manifest.from_dict(peek(row.token)) for row in rows]
        verdict = assess(now, deadline, now, None)
        receipt = Receipt(
            kind=kind,
            issuer=self._keys.issuer,
            issued_ms=now,
            practice=case.project.practice,
            project=case.project.id,
            batch=case.batch.name,
            session=case.session.id,
            number=case.session.number,
            device=None if device is None else device.id,
            manifests=tuple(ManifestRef(row.device, row.revision, row.sha256) for row in rows),
            tracks=tuple(
                TrackEntry(manifest.device, track, manifest.tracks[track])
                for manifest in manifests
                for track in tracks_of(manifest)
            ),
            ended_ms=ended,
            deadline_ms=deadline,
            assessment=verdict,
            companion=companion,
            waiver=waiver,
        )
        row = ReceiptRow(
            basis=basis,
            kind=kind.value,
            session=case.session.id,
            device=receipt.device,
            token=self._keys.sign(receipt.to_dict(), RECEIPT_TYP),
            issued_ms=now,
            assessment=verdict.value,
        )
        receipts.add_receipt(db, row)


def assessment(case: SessionCase, receipt: ReceiptRow | None, now_ms: int) -> Assessment:
    """The window's verdict as the center sees it.

    The center does not know what a laptop still holds, so it says no more than on track or late before the
    receipt; the forecast is the device's.
    """
    confirmed = None if receipt is None else receipt.issued_ms
    return assess(now_ms, case.deadline_ms(now_ms), confirmed, None, idle=True, closed_ms=case.session.closed_ms)


def _keep(db: Session, manifest: Manifest, token: str, now_ms: int, *, phone: bool) -> None:
    sha256 = manifest_sha256(token)
    if receipts.manifest(db, sha256) is not None:
        return
    newest = receipts.newest_manifest(db, manifest.device)
    revision, supersedes = (newest.revision, newest.sha256) if newest else (0, None)
    if (manifest.revision, manifest.supersedes) != (revision + 1, supersedes):
        raise IdentityConflict(
            f"manifest: revision {manifest.revision} offered, revision {revision} is the newest here"
        )
    row = ManifestRow(
        sha256=sha256,
        session=manifest.session,
        device=manifest.device,
        revision=manifest.revision,
        token=token,
        received_ms=now_ms,
    )
    receipts.add_manifest(db, row)
    if phone:
        return  # that a phone stopped filming ends no interview
    case = projects.session_case(db, manifest.session, lock=True)
    if case is not None and manifest.ended.by is EndedBy.ORDER and case.ended_ms(now_ms) is None:
        # The candidate ended early and the order to the center was lost: the manifest says it as well.
        case.session.ended_ms = now_ms
        projects.keep(db, case.session)


def _problem(db: Session, manifest: Manifest) -> str:
    try:
        check_chains(db, manifest)
    except ChainBroken as why:
        return why.detail
    return ""


def _basis(kind: ReceiptKind, manifests: list[str]) -> str:
    return f"{kind.value}-{hashlib.sha256(chr(10).join(sorted(manifests)).encode()).hexdigest()}"


def _whole(covered: Coverage) -> str:
    """Basis of the session receipt: the same evidence with and without a waiver are two statements."""
    basis = _basis(ReceiptKind.SESSION, [row.sha256 for row in covered.rows])
    return f"{basis}-waived" if covered.companion is CompanionState.WAIVED else basis
