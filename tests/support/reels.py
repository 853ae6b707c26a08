"""Real footage of a laptop at a center: runs of one track with declared gaps between them."""

from pathlib import Path

from domain.identity import LinkKind, Track
from domain.seal import Seal
from tests.support.center import Device
from tests.support.footage import lay_run
from tests.support.seals import make_seal

SECONDS = 6
GAP_MS = 3000


def upload_runs(device: Device, track: Track, folder: Path) -> list[Seal]:
    """Two runs of real footage with a declared gap between them."""
    seals: list[Seal] = []
    at_ms = 0
    for number in range(2):
        run = lay_run(folder / track.value / str(number), SECONDS)
        name = f"01936f5e-0000-7000-8000-00000000000{number + 1}"
        listed = [line.split(",") for line in (run / "segments.csv").read_text().split()]
        files = [("init.mp4", 0), *((name, round(1000 * (float(to) - float(since)))) for name, since, to in listed)]
        for index, (file, lasts) in enumerate(files):
            content = (run / file).read_bytes()
            kind = LinkKind.INIT if index == 0 else LinkKind.SEGMENT
            seals.append(add(device, seals, track, name, kind, max(0, index - 1), content, at_ms, lasts))
            at_ms += lasts
        if number == 0:
            seals.append(add(device, seals, track, name, LinkKind.GAP, len(files), b"", at_ms, GAP_MS))
            at_ms += GAP_MS
    return seals


def add(
    device: Device,
    before: list[Seal],
    track: Track,
    run: str,
    kind: LinkKind,
    index: int,
    content: bytes,
    at_ms: int,
    ms: int,
) -> Seal:
    seal = make_seal(
        kind=kind, seq=len(before), prev=before[-1].hash() if before else None, track=track, index=index,
        content=content, run=run, session=device.session, device=device.id, duration_ms=ms, start_ms=at_ms,
    )  # fmt: skip
    assert device.create(seal, content).status_code == 201
    return seal
