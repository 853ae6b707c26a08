"""Carrying evidence by hand: a laptop without any way to the center, and bringing its bundles there."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import httpx

from domain.age import Chunks, seal_from, write_header
from domain.bundle import Statement, bundle_name, seal_lines, write_front
from domain.seal import Seal
from domain.signature import RESCUE_TYP, sign
from domain.wire.center import API, RescueAnswer
from domain.wire.syncd import RescueOrder, RescueStatus
from tests.support.center import Device
from tests.support.syncing import Laptop
from tests.support.trust import TRUST
from tests.support.waiting import wait_until


def export(laptop: Laptop, folder: Path, timeout: float = 30.0, **order: object) -> RescueStatus:
    """Order bundles of the laptop's session into ``folder`` and wait until they are written, or why not."""
    assert laptop.daemon is not None
    daemon = laptop.daemon
    daemon.rescue(RescueOrder.model_validate({"folder": str(folder), "session": laptop.session, **order}))
    return wait_until(  # type: ignore[return-value]
        lambda: (now := daemon.rescued()).state in ("done", "failed", "idle") and now, timeout, "bundles are written"
    )


def post(url: str, content: bytes) -> httpx.Response:
    """Bring ``content`` as one part."""
    return httpx.post(f"{url}{API}/rescue", content=content, timeout=60, verify=TRUST)


def bring(url: str, content: bytes) -> RescueAnswer:
    """Bring one part that is taken, wholly or not."""
    answer = post(url, content)
    assert answer.status_code == 200, answer.text
    return RescueAnswer.model_validate_json(answer.content)


def sealed_part(device: Device, seals: Sequence[Seal], content: bytes, manifests: Sequence[str] = ()) -> bytes:
    """One part as ``device`` would write it, around ``content``, whatever that is."""
    said = Statement(
        bundle=bundle_name(seals, manifests, 1),
        part=1,
        parts=1,
        session=device.session,
        device=device.id,
        made_ms=1,
        links=len(seals),
        bytes=sum(seal.size for seal in seals),
        seals_sha256=hashlib.sha256(seal_lines(seals)).hexdigest(),
        manifests=tuple(manifests),
    )
    key, nonce = b"k" * 16, b"n" * 16
    plain = write_front(sign(said.to_dict(), device.key, device.id, RESCUE_TYP), seals) + content
    header = write_header(key, device.keys.sealing_key(), b"e" * 32)
    return header + nonce + b"".join(seal_from(Chunks(key, nonce), 0, [plain]))
