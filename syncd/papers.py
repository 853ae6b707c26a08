"""The signed papers of a session on this disk: manifests, receipts, the pinned center keys beside them.

Owns their names, writing them durably and checking them. A receipt counts only when its signature fits the pinned
keys, it names our newest manifest, and its tracks are what we find by following our own seals.
"""

from dataclasses import dataclass
from pathlib import Path

from domain.chain import TrackSummary, follow
from domain.errors import BadInput, SpoolUnreadable
from domain.identity import Track, check_uuid
from domain.loss import LossStatement
from domain.manifest import Manifest, manifest_sha256, summary_from_dict
from domain.receipt import Receipt, ReceiptKind
from domain.signature import LOSS_TYP, MANIFEST_TYP, RECEIPT_TYP, check, public_key
from host.durable import read_bytes, read_json, replace, write_bytes, write_json
from host.paths import Home
from host.spool import SealScan, Spool
from syncd.keyring import DeviceKey, Keyring


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest as sent: the JWS, its SHA-256 and what it says."""

    token: str
    sha256: str
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a device's tracks were before they were deleted, and when that was (center time)."""

    deleted_ms: int
    device: str
    tracks: dict[Track, TrackSummary]


class Papers:
    """The papers of every session of one home."""

    def __init__(self, home: Home, spool: Spool, keyring: Keyring) -> None:
        self._home = home
        self._spool = spool
        self._keyring = keyring

    def manifests(self, session: str, device: DeviceKey) -> list[SignedManifest]:
        """Every revision, oldest first; raises SignatureInvalid or BadInput when one was tampered with."""
        found = []
        for path in sorted(self._spool.session_dir(session).glob("manifest-*.jws")):
            token = read_bytes(path).decode("ascii", "replace").strip()
            payload = check(token, public_key(device.public()), MANIFEST_TYP)
            found.append(SignedManifest(token, manifest_sha256(token), Manifest.from_dict(payload)))
        return found

    def keep_manifest(self, session: str, token: str, revision: int) -> None:
        """Write a revision durably, before it is sent to anybody."""
        write_bytes(self._spool.session_dir(session) / f"manifest-{revision:06d}.jws", token.encode())

    def receipt_path(self, session: str) -> Path:
        """Where the session receipt lies or will lie."""
        return self._home.receipts / f"{check_uuid(session, 'session')}.jws"

    def device_receipt_path(self, session: str, revision: int) -> Path:
        """Where the device receipt of one manifest revision lies or will lie."""
        return self._home.receipts / f"{check_uuid(session, 'session')}.device-{revision:06d}.jws"

    def key_path(self, session: str) -> Path:
        """The center's keys beside the receipts, for checking them anywhere."""
        return self._home.receipts / f"{check_uuid(session, 'session')}.center-key.json"

    def loss_path(self, session: str) -> Path:
        """Where the statement of a closure with declared loss lies or will lie."""
        return self._home.receipts / f"{check_uuid(session, 'session')}.loss.jws"

    def keep_loss(self, session: str, token: str) -> LossStatement:
        """Check a statement that has just come and keep it durably; raises SignatureInvalid, BadInput."""
        statement = self._check_loss(session, token)
        path = self.loss_path(session)
        write_json(self.key_path(session), self._keyring.pinned(session).to_dict())
        if not path.exists() or read_bytes(path) != token.encode():
            write_bytes(path, token.encode())
        return statement

    def loss(self, session: str) -> LossStatement | None:
        """The kept statement; None when there is none. Raises as ``keep_loss``, and StorageError."""
        path = self.loss_path(session)
        return self._check_loss(session, read_bytes(path).decode("ascii", "replace")) if path.exists() else None

    def _check_loss(self, session: str, token: str) -> LossStatement:
        statement = LossStatement.from_dict(self._keyring.pinned(session).check(token, LOSS_TYP))
        if statement.session != session:
            raise BadInput(f"loss statement: of session {statement.session}")
        return statement

    def keep_receipt(self, token: str, kind: ReceiptKind, newest: SignedManifest) -> Receipt:
        """Check a receipt that has just come and keep it durably, the keys first.

        Raises SignatureInvalid or BadInput naming what does not fit; then nothing is written.
        """
        receipt = self.check_receipt(token, kind, newest)
        session = newest.manifest.session
        write_json(self.key_path(session), self._keyring.pinned(session).to_dict())
        path = self._path(kind, newest.manifest)
        if path.exists() and read_bytes(path) != token.encode():
            number = len(list(path.parent.glob(f"{session}.superseded-*.jws"))) + 1
            replace(path, path.with_name(f"{session}.superseded-{number:06d}.jws"))
        write_bytes(path, token.encode())
        return receipt

    def receipt(self, kind: ReceiptKind, newest: SignedManifest) -> Receipt | None:
        """The kept receipt for ``newest``; None when there is none. Raises as ``keep_receipt``."""
        path = self._path(kind, newest.manifest)
        if not path.exists():
            return None
        return self.check_receipt(read_bytes(path).decode("ascii", "replace").strip(), kind, newest)

    def _path(self, kind: ReceiptKind, manifest: Manifest) -> Path:
        if kind is ReceiptKind.SESSION:
            return self.receipt_path(manifest.session)
        return self.device_receipt_path(manifest.session, manifest.revision)

    def check_receipt(self, token: str, kind: ReceiptKind, newest: SignedManifest) -> Receipt:
        """What ``token`` says, when every part of it fits; raises SignatureInvalid or BadInput."""
        manifest = newest.manifest
        receipt = Receipt.from_dict(self._keyring.pinned(manifest.session).check(token, RECEIPT_TYP))
        if receipt.kind is not kind or receipt.session != manifest.session:
            raise BadInput(f"receipt: a {receipt.kind} receipt of session {receipt.session}")
        ours = [ref for ref in receipt.manifests if ref.device == manifest.device]
        if [(ref.revision, ref.sha256) for ref in ours] != [(manifest.revision, newest.sha256)]:
            raise BadInput(f"receipt: does not name revision {manifest.revision} of this device's manifest")
        told = {entry.track: entry.summary for entry in receipt.tracks if entry.device == manifest.device}
        found = self.summaries(manifest.session, manifest.device)
        if told != found:
            differing = sorted(track for track in {*told, *found} if told.get(track) != found.get(track))
            raise BadInput(f"receipt: {', '.join(differing)} differ from what lies in the spool")
        return receipt

    def keep_deleted(self, session: str, device: str, now_ms: int) -> None:
        """Write down what is about to be deleted by the retention rule: afterwards no chain can be followed here."""
        tracks = {track.value: found.to_dict() for track, found in self.summaries(session, device).items()}
        write_json(self._deleted_path(session), {"deleted_ms": now_ms, "device": device, "tracks": tracks})

    def deleted(self, session: str) -> Deleted | None:
        """What the retention rule has deleted of ``session``; None while its evidence is here.

        Raises SpoolUnreadable, BadInput.
        """
        path = self._deleted_path(session)
        if not path.exists() or (path.parent / "tracks").exists():
            return None
        raw = read_json(path)
        try:
            tracks = {Track(name): summary_from_dict(track) for name, track in raw["tracks"].items()}
            return Deleted(int(raw["deleted_ms"]), str(raw["device"]), tracks)
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise SpoolUnreadable(f"{path}: {why!r}") from why

    def _deleted_path(self, session: str) -> Path:
        return self._spool.session_dir(session) / "deleted.json"

    def summaries(self, session: str, device: str) -> dict[Track, TrackSummary]:
        """Follow every chain on disk; raises ChainBroken, or what a damaged sidecar raised. Of evidence that the
        retention rule has deleted: what was followed before.
        """
        gone = self.deleted(session)
        if gone is not None and gone.device == device:
            return gone.tracks
        found = {}
        for track in self._spool.tracks(session):
            scan: SealScan = self._spool.read_seals(session, track)
            if scan.damaged:
                raise scan.damaged[0][1]
            if scan.files:
                found[track] = follow(scan.seals, session, device, track)
        return found
