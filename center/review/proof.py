"""The receipt and the chains of a session, as reviewers are told of them. Follows every chain anew; decides nothing."""

import hashlib

from sqlmodel import Session

from center.review.reel import Reel
from center.review.veil import Veil
from center.store import projects, receipts
from center.store.companions import PHONE
from center.tables import Device
from domain.chain import TrackSummary
from domain.identity import LinkKind, Track
from domain.manifest import Manifest
from domain.receipt import Receipt, ReceiptKind
from domain.seal import Seal, genesis
from domain.signature import peek
from domain.wire.review import ChainBody, ReceiptFacts

_SHORT = 16


def receipt_facts(db: Session, session: str, veil: Veil) -> ReceiptFacts | None:
    """The newest session receipt; None while there is none."""
    row = receipts.newest_receipt(db, session, ReceiptKind.SESSION)
    if row is None:
        return None
    claims = Receipt.from_dict(peek(row.token))  # the center's own words, kept as they were signed
    return ReceiptFacts(
        issued_ms=row.issued_ms,
        ended_ms=claims.ended_ms,
        deadline_ms=claims.deadline_ms,
        assessment=row.assessment,
        companion=claims.companion.value,
        waived_by=claims.waiver.by if claims.waiver else "",
        waived_for=veil.over(claims.waiver.reason) if claims.waiver else "",
        fingerprint=hashlib.sha256(row.token.encode()).hexdigest()[:_SHORT],
    )


def chain_bodies(db: Session, session: str, reel: Reel) -> list[ChainBody]:
    """Every chain of every device that counts, in the order of enrolment."""
    found: dict[tuple[str, Track], list[Seal]] = {}
    for seal in reel.uploads:
        found.setdefault((seal.device, seal.track), []).append(seal)
    bodies = []
    for device in projects.devices_of(db, session):
        row = receipts.newest_manifest(db, device.id)
        named = {} if row is None else Manifest.from_dict(peek(row.token)).tracks
        for track in Track:
            seals = sorted(found.get((device.id, track), []), key=lambda one: one.seq)
            if seals or track in named:
                bodies.append(_chain(device, track, seals, named.get(track), reel))
    return bodies


def _chain(device: Device, track: Track, seals: list[Seal], named: TrackSummary | None, reel: Reel) -> ChainBody:
    """``reel`` knows the hash of every link: the center made it when the link came."""
    head = genesis(device.session, device.id, track)
    sums = TrackSummary(0, 0, 0, 0, 0, 0, head)
    problem = ""
    for seal in seals:
        if not problem and (seal.seq != sums.links or seal.prev != head):
            problem = f"{track.value} {sums.links}"  # the first link that does not fit
        head = reel.uploads[seal].seal_hash
        gap, segment = seal.kind is LinkKind.GAP, seal.kind is LinkKind.SEGMENT
        sums = TrackSummary(
            sums.links + 1,
            sums.segments + segment,
            sums.bytes + seal.size,
            sums.duration_ms + segment * seal.duration_ms,
            sums.gaps + gap,
            sums.gap_ms + gap * seal.duration_ms,
            head,
        )
    return ChainBody.model_validate(
        {
            **sums.to_dict(),
            "head": head[:_SHORT],
            "device": "phone" if device.kind == PHONE else "laptop",
            "track": track.value,
            "named": named == sums,
            "problem": problem,
        }
    )
