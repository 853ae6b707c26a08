"""A device's whole part of an interview over real HTTP: chains, upload, end, manifest."""

from domain.identity import Track
from domain.manifest import EndedBy
from domain.seal import Seal
from tests.support.center import Device

CAMERA: list[bytes | None] = [b"init", b"one" * 1000, None, b"two" * 1000]
SCREEN: list[bytes | None] = [b"init of screen", b"picture"]


def send(device: Device, seals: list[Seal], contents: list[bytes | None]) -> None:
    """Upload each link whole."""
    for seal, content in zip(seals, contents, strict=True):
        answer = device.create(seal, content or b"")
        assert answer.status_code == 201, answer.text


def hand_in(device: Device, *, keep_back: bool = False) -> dict[Track, list[Seal]]:
    """Everything there is to send, with the manifest; with ``keep_back`` the screen's bytes never come."""
    chains = {Track.CAMERA: device.chain(CAMERA), Track.SCREEN: device.chain(SCREEN, track=Track.SCREEN)}
    send(device, chains[Track.CAMERA], CAMERA)
    if not keep_back:
        send(device, chains[Track.SCREEN], SCREEN)
    answer = device.submit(device.manifest(chains, by=EndedBy.ORDER))
    assert answer.status_code == 200, answer.text
    return chains


def bring_rest(device: Device, chains: dict[Track, list[Seal]]) -> None:
    """What was kept back comes after all."""
    send(device, chains[Track.SCREEN], SCREEN)
