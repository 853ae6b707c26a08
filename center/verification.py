"""Whether a device's links are what its manifest says: all verified, and each chain following to the
manifest's head.

Pure judgement over what the store gives. Issues nothing.
"""

from sqlmodel import Session

from center.store import uploads
from domain.chain import follow
from domain.errors import ChainBroken
from domain.identity import Track
from domain.manifest import Manifest
from domain.seal import parse_seal


def missing_links(db: Session, manifest: Manifest) -> int:
    """Links of the manifest that are not verified yet."""
    return sum(
        max(0, summary.links - uploads.verified_count(db, manifest.device, track, summary.links))
        for track, summary in manifest.tracks.items()
    )


def check_chains(db: Session, manifest: Manifest) -> None:
    """Follow every chain of the manifest over the verified links; raises ChainBroken naming what does not fit
    first.

    Links sealed after this revision (the device was entered again) belong to the next one and are left out
    here.
    """
    for track in sorted(manifest.tracks):
        said = manifest.tracks[track]
        seals = [parse_seal(raw.encode()) for raw in uploads.verified_seals(db, manifest.device, track, said.links)]
        found = follow(seals, manifest.session, manifest.device, track)
        for name, value in said.to_dict().items():
            if found.to_dict()[name] != value:
                raise ChainBroken(f"{track.value} {name}: manifest says {value}, verified {found.to_dict()[name]}")


def unnamed_links(db: Session, manifest: Manifest) -> int:
    """Verified links that the manifest does not cover: on a new revision they must be none."""
    named = sum(
        uploads.verified_count(db, manifest.device, track, summary.links) for track, summary in manifest.tracks.items()
    )
    return uploads.verified_count(db, manifest.device) - named


def tracks_of(manifest: Manifest) -> tuple[Track, ...]:
    """Tracks in the order receipts list them."""
    return tuple(sorted(manifest.tracks))
