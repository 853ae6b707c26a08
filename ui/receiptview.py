"""The receipt as the page shows it: read from disk and checked again with the pinned keys, every time it is new."""

import hashlib
from pathlib import Path

import segno

from domain.receipt import Receipt as Claims
from domain.signature import RECEIPT_TYP, CenterKeys
from domain.wire.syncd import SessionStatus
from host.durable import read_bytes, read_json
from ui.answerpages import Receipt


def qr_svg(text: str) -> str:
    """``text`` as inline SVG of a QR code (error correction M)."""
    return str(segno.make(text, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=True))


class ReceiptReader:
    """Remembers the receipt it read last."""

    def __init__(self) -> None:
        self._read: tuple[str, int, Receipt] | None = None

    def read(self, status: SessionStatus) -> Receipt | None:
        """The session's receipt, else the device's; None while there is none.

        Raises SignatureInvalid, BadInput when it does not stand the check, StorageError.
        """
        path = status.receipt or status.device_receipt
        if path is None or status.center_key is None:
            return None
        stamp = Path(path).stat().st_mtime_ns if Path(path).exists() else 0
        if self._read is not None and self._read[:2] == (path, stamp):
            return self._read[2]
        token = read_bytes(Path(path)).decode("ascii", "replace").strip()
        claims = Claims.from_dict(CenterKeys.from_dict(read_json(Path(status.center_key))).check(token, RECEIPT_TYP))
        fingerprint = hashlib.sha256(token.encode()).hexdigest()
        made = Receipt(
            path=path,
            final=status.receipt is not None,
            practice=claims.practice,
            issued_ms=claims.issued_ms,
            number=claims.number,
            project=status.project,
            fingerprint=fingerprint,
            qr_svg=qr_svg(f"zhishi-receipt:1:{claims.session}:{claims.number}:{fingerprint}"),
            segments=sum(entry.summary.segments for entry in claims.tracks),
            bytes=sum(entry.summary.bytes for entry in claims.tracks),
            assessment=claims.assessment.value,
        )
        self._read = (path, stamp, made)
        return made
