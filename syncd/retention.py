"""Deleting local evidence: only with the center's leave and a session receipt that was just checked again.

The rule is 成绩公布之前不得卸载或删除: nothing goes before the results are published and the appeal delay is over. A
session that was closed with declared loss never gets a session receipt: there the receipt of this device counts.
Receipts, manifests and session.json always stay, and ``deleted.json`` says what went and when: what the receipt covers
is still known then.
"""

import shutil
from enum import StrEnum

from domain.receipt import Receipt, ReceiptKind
from domain.status import LocalSessionState
from domain.wire.center import SessionFacts
from host.durable import sync_folder, translate
from host.spool import Spool
from syncd.cases import Case
from syncd.papers import Papers
from syncd.store import Store


class Until(StrEnum):
    """What has to happen before a session's evidence no longer needs this machine."""

    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    READABLE = "readable"


def until(state: LocalSessionState, facts: SessionFacts, evidence: bool, *, closed: bool = False) -> Until | None:
    """The whole rule for one session; None: it does not need this machine. ``evidence``: recorded files are here;
    ``closed``: with declared loss, so that this machine's own receipt is the last there will be.
    """
    if not evidence:
        return None
    if not _arrived(state, closed):
        return Until.CONFIRMED
    return None if facts.may_delete else Until.PUBLISHED


def may_delete(
    state: LocalSessionState, facts: SessionFacts, receipt: Receipt | None, unverified: int, *, closed: bool = False
) -> bool:
    """The whole rule. ``unverified``: links of the session the center has not verified (recorded since, perhaps)."""
    return (
        _arrived(state, closed)
        and facts.may_delete
        and receipt is not None
        and (receipt.kind is ReceiptKind.SESSION or closed)
        and receipt.session == facts.session
        and unverified == 0
    )


def delete_evidence(case: Case, spool: Spool, papers: Papers, store: Store, now_ms: int) -> bool:
    """Delete the tracks of a session when the rule allows it; False when it does not. ``now_ms``: center time.

    The receipt is read and checked against the spool once more. A kill in the middle leaves a folder named
    ``tracks.deleting``, which the next call finishes. Raises SignatureInvalid, BadInput, ChainBroken, StorageError.
    """
    tracks = spool.session_dir(case.session) / "tracks"
    going = tracks.with_name("tracks.deleting")
    if papers.deleted(case.session) is not None and store.unverified(case.session):
        store.forget(case.session)  # a scan under way at that moment queued what was already gone
    closed = case.loss is not None
    receipt = case.session_receipt or (case.device_receipt if closed else None)
    if not may_delete(case.state, case.facts, receipt, store.unverified(case.session), closed=closed):
        return False
    if case.manifest is None or receipt is None:
        return False
    with translate(tracks):
        if tracks.exists() and not going.exists():
            if papers.receipt(receipt.kind, case.manifest) is None:
                return False
            papers.keep_deleted(case.session, case.record.device, now_ms)
            tracks.rename(going)
            sync_folder(tracks.parent)
        if not going.exists():
            return False
        store.forget(case.session)
        shutil.rmtree(going)
    return True


def _arrived(state: LocalSessionState, closed: bool) -> bool:
    """Everything recorded here is at the center, by a receipt."""
    return state is LocalSessionState.CONFIRMED or (closed and state is LocalSessionState.SUBMITTED)
