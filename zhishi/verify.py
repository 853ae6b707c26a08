"""Checking a receipt offline: signature, then chains and hashes of evidence at hand.

Names the first thing that does not fit, by raising; never contacts anybody.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.chain import follow
from domain.errors import BadInput, ChainBroken, SegmentDamaged, SignatureInvalid
from domain.identity import Track
from domain.manifest import Manifest, manifest_sha256
from domain.receipt import Receipt, TrackEntry
from domain.seal import Seal
from domain.signature import MANIFEST_TYP, RECEIPT_TYP, CenterKeys, peek
from host.durable import hash_file, read_bytes, read_json
from host.spool import SEAL_SUFFIX, SealFile, read_seal


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked: the receipt's claims, and how many links and bytes of evidence were held against them."""

    receipt: Receipt
    links: int
    bytes: int
    absent: tuple[TrackEntry, ...]  # tracks of the receipt of which the folder holds nothing


def read_receipt(path: Path, key: Path) -> Receipt:
    """The receipt at ``path`` when a key vouched for in ``key`` signed it.

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
    return Receipt.from_dict(keys.check(token, RECEIPT_TYP))


def verify(
    path: Path, key: Path, evidence: Path | None = None, tell: Callable[[str], None] = lambda line: None
) -> Verdict:
    """Check the receipt at ``path`` and, when ``evidence`` is given, every chain and file below that folder.

    ``evidence`` is a session folder of a spool (or a copy of one). Raises SignatureInvalid when the receipt or a
    manifest does not fit its key, ChainBroken or SegmentDamaged naming the first link or file that does not fit.
    """
    receipt = read_receipt(path, key)
    tell("签名有效 / signature valid")
    if evidence is None:
        return Verdict(receipt, 0, 0, ())
    if not evidence.is_dir():
        raise BadInput(f"{evidence}: not a folder")
    _check_manifests(receipt, evidence)
    found = _seals_by_track(evidence)
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


def _seals_by_track(evidence: Path) -> dict[tuple[str, Track], list[SealFile]]:
    found: dict[tuple[str, Track], list[SealFile]] = {}
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


def claims_as_json(receipt: Receipt) -> str:
    """The claims for people and programs."""
    return json.dumps(receipt.to_dict(), ensure_ascii=False, indent=2)
