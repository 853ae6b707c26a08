"""Checking offline what the center signed of a session: signature, then chains and hashes of evidence at hand.

A receipt, or the statement of a session that was closed with loss, which is no receipt and is never called one.

Names the first thing that does not fit, by raising; never contacts anybody.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.chain import follow
from domain.errors import BadInput, ChainBroken, SegmentDamaged, SignatureInvalid
from domain.identity import Track
from domain.loss import Holding, LossStatement
from domain.manifest import Manifest, manifest_sha256
from domain.receipt import Receipt, TrackEntry
from domain.seal import Seal
from domain.signature import LOSS_TYP, MANIFEST_TYP, RECEIPT_TYP, CenterKeys, named_typ, peek
from host.durable import hash_file, read_bytes, read_json
from host.spool import SEAL_SUFFIX, SealFile, read_seal

Found = dict[tuple[str, Track], list[SealFile]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked: the claims, and how many links and bytes of evidence were held against them."""

    claims: Receipt | LossStatement
    links: int
    bytes: int
    absent: tuple[TrackEntry | Holding, ...]  # tracks it names of which the folder holds nothing

    @property
    def receipt(self) -> Receipt:
        """The receipt; raises SignatureInvalid when a loss was stated instead."""
        return _receipt(self.claims)


def read_receipt(path: Path, key: Path) -> Receipt:
    """The receipt at ``path``; raises as ``read_claims`` does, and SignatureInvalid for the statement of a loss."""
    return _receipt(read_claims(path, key))


def read_claims(path: Path, key: Path) -> Receipt | LossStatement:
    """The receipt or loss statement at ``path`` when a key vouched for in ``key`` signed it.

    Raises SignatureInvalid, BadInput, SpoolUnreadable.
    """
    try:
        keys = CenterKeys.from_dict(read_json(key))
    except AttributeError as why:
        raise SignatureInvalid(f"{key}: not a center key file") from why
    try:
        token = read_bytes(path).decode("ascii").strip()
    except UnicodeDecodeError as why:
        raise SignatureInvalid(f"{path}: not a receipt") from why
    if named_typ(token) == LOSS_TYP:
        return LossStatement.from_dict(keys.check(token, LOSS_TYP))
    return Receipt.from_dict(keys.check(token, RECEIPT_TYP))


def verify(
    path: Path, key: Path, evidence: Path | None = None, tell: Callable[[str], None] = lambda line: None
) -> Verdict:
    """Check what the center signed at ``path`` and, with ``evidence``, every chain and file below that folder.

    ``evidence`` is a session folder of a spool (or a copy of one). Raises SignatureInvalid when the receipt or a
    manifest does not fit its key, ChainBroken or SegmentDamaged naming the first link or file that does not fit.
    """
    claims = read_claims(path, key)
    tell("签名有效 / signature valid")
    if evidence is None:
        return Verdict(claims, 0, 0, ())
    if not evidence.is_dir():
        raise BadInput(f"{evidence}: not a folder")
    found = _seals_by_track(evidence)
    if isinstance(claims, LossStatement):
        return _against_loss(claims, evidence, found, tell)
    return _against_receipt(claims, evidence, found, tell)


def _receipt(claims: Receipt | LossStatement) -> Receipt:
    if isinstance(claims, LossStatement):
        raise SignatureInvalid(f"session {claims.session}: closed with loss, no receipt")
    return claims


def _against_receipt(receipt: Receipt, evidence: Path, found: Found, tell: Callable[[str], None]) -> Verdict:
    """All that the receipt names is here as it says, or not here at all."""
    _check_manifests(receipt, evidence)
    links = size = 0
    absent: list[TrackEntry] = []
    for entry in receipt.tracks:
        files = found.get((entry.device, entry.track), [])
        if not files and entry.summary.links:
            absent.append(entry)
            continue
        _check_track(receipt, entry, files)
        links += entry.summary.links
        size += entry.summary.bytes
        tell(f"{entry.track.value}: {entry.summary.links} 环 / links, {entry.summary.bytes} 字节 / bytes")
    if absent and not links:
        raise BadInput(f"{evidence}: holds no evidence of session {receipt.session}")
    return Verdict(receipt, links, size, tuple(absent))


def _against_loss(loss: LossStatement, evidence: Path, found: Found, tell: Callable[[str], None]) -> Verdict:
    """What is here of each track hangs together; how much of it the center held is told beside it."""
    links = size = 0
    absent: list[Holding] = []
    for held in loss.held:
        files = found.get((held.device, held.track), [])
        if not files:
            absent.append(held)
            continue
        summary = follow([file.seal for file in files], loss.session, held.device, held.track)
        _check_files(files)
        links += summary.links
        size += summary.bytes
        tell(
            f"{held.track.value}: 此处 {summary.links} 环，平台收到 {held.links} 环"
            f" / {summary.links} links here, {held.links} at the center"
        )
    if not links:
        raise BadInput(f"{evidence}: holds no evidence of session {loss.session}")
    return Verdict(loss, links, size, tuple(absent))


def _seals_by_track(evidence: Path) -> Found:
    found: Found = {}
    for path in sorted(evidence.rglob(f"*{SEAL_SUFFIX}")):
        seal = read_seal(path)
        found.setdefault((seal.device, seal.track), []).append(SealFile(path, seal))
    return {place: sorted(files, key=lambda file: file.seal.seq) for place, files in found.items()}


def _check_track(receipt: Receipt, entry: TrackEntry, files: list[SealFile]) -> None:
    seals: list[Seal] = [file.seal for file in files]
    summary = follow(seals, receipt.session, entry.device, entry.track)
    told = entry.summary.to_dict()
    for name, value in summary.to_dict().items():
        if told[name] != value:
            raise ChainBroken(f"{entry.track.value}: {name} is {value}, the receipt says {told[name]}")
    _check_files(files)


def _check_files(files: list[SealFile]) -> None:
    for file in files:
        if file.evidence is None:
            continue
        sha256, size = hash_file(file.evidence)
        if size != file.seal.size:
            raise SegmentDamaged(f"{file.evidence}: {size} bytes, sealed with {file.seal.size}")
        if sha256 != file.seal.sha256:
            raise SegmentDamaged(f"{file.evidence}: SHA-256 is {sha256[:16]}…, sealed with {file.seal.sha256[:16]}…")


def _check_manifests(receipt: Receipt, evidence: Path) -> None:
    """Manifests beside the evidence (``manifest-*.jws``) must be the ones the receipt names."""
    told = {(ref.device, ref.revision): ref.sha256 for ref in receipt.manifests}
    for path in sorted(evidence.glob("manifest-*.jws")):
        token = read_bytes(path).decode("ascii", "replace").strip()
        try:
            manifest = Manifest.from_dict(peek(token))
        except (SignatureInvalid, BadInput) as why:
            raise SignatureInvalid(f"{path}: {why.detail}") from why
        wanted = told.get((manifest.device, manifest.revision))
        if wanted is not None and manifest_sha256(token) != wanted:
            raise SignatureInvalid(f"{path}: is not the manifest that {RECEIPT_TYP} names ({MANIFEST_TYP})")


def claims_as_json(claims: Receipt | LossStatement) -> str:
    """The claims for people and programs."""
    return json.dumps(claims.to_dict(), ensure_ascii=False, indent=2)
