"""Builders and strategies for seals."""

import hashlib

from hypothesis import strategies as st

from domain.identity import LinkKind, Track
from domain.seal import EMPTY_SHA256, GapReason, Seal, genesis

SESSION = "01936f5e-0000-7000-8000-000000000001"
DEVICE = "01936f5e-0000-7000-8000-000000000002"
RUN = "01936f5e-0000-7000-8000-0000000000a1"
BOOT = "3f0c0b5e-7d0e-4a58-9d1e-0a8a5a5c1b2d"


def make_seal(
    *,
    kind: LinkKind = LinkKind.SEGMENT,
    seq: int = 0,
    prev: str | None = None,
    track: Track = Track.CAMERA,
    index: int = 0,
    content: bytes = b"content",
    run: str = RUN,
    session: str = SESSION,
    device: str = DEVICE,
    duration_ms: int = 5000,
    start_ms: int = 0,
) -> Seal:
    """One seal over ``content`` (ignored for a gap)."""
    gap = kind is LinkKind.GAP
    return Seal(
        kind=kind,
        session=session,
        device=device,
        track=track,
        run=run,
        index=index,
        seq=seq,
        prev=prev if prev is not None else genesis(session, device, track),
        boot_id=BOOT,
        boot_ns=1_000_000_000 + start_ms * 1_000_000,
        center_ms=1_700_000_000_000 + start_ms,
        center_est=False,
        wall_ms=1_700_000_000_000 + start_ms,
        duration_ms=duration_ms,
        size=0 if gap else len(content),
        sha256=EMPTY_SHA256 if gap else hashlib.sha256(content).hexdigest(),
        reason=GapReason.STALLED if gap else None,
    )


def make_chain(
    contents: list[bytes | None],
    *,
    track: Track = Track.CAMERA,
    session: str = SESSION,
    device: str = DEVICE,
    run: str = RUN,
) -> list[Seal]:
    """A chain: the first content is the init, later ones segments, None a gap."""
    seals: list[Seal] = []
    prev = genesis(session, device, track)
    counts = dict.fromkeys(LinkKind, 0)
    for seq, content in enumerate(contents):
        kind = LinkKind.GAP if content is None else LinkKind.SEGMENT if seq else LinkKind.INIT
        seal = make_seal(
            kind=kind,
            seq=seq,
            prev=prev,
            track=track,
            index=counts[kind],
            content=content or b"",
            session=session,
            device=device,
            run=run,
            duration_ms=0 if kind is LinkKind.INIT else 5000,
            start_ms=seq * 5000,
        )
        counts[kind] += 1
        prev = seal.hash()
        seals.append(seal)
    return seals


_uuids = st.uuids(version=4).map(str)
_safe = st.integers(min_value=0, max_value=2**53 - 1)


@st.composite
def seals(draw: st.DrawFn) -> Seal:
    """Any legal seal."""
    kind = draw(st.sampled_from(LinkKind))
    gap = kind is LinkKind.GAP
    return Seal(
        kind=kind,
        session=draw(_uuids),
        device=draw(_uuids),
        track=draw(st.sampled_from(Track)),
        run=draw(_uuids),
        index=draw(_safe),
        seq=draw(_safe),
        prev=draw(st.binary(min_size=32, max_size=32)).hex(),
        boot_id=draw(
            st.text(min_size=1, max_size=64, alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]))
        ),
        boot_ns=draw(st.integers(min_value=0, max_value=2**63 - 1)),
        center_ms=draw(_safe),
        center_est=draw(st.booleans()),
        wall_ms=draw(_safe),
        duration_ms=draw(_safe),
        size=0 if gap else draw(_safe),
        sha256=EMPTY_SHA256 if gap else draw(st.binary(min_size=32, max_size=32)).hex(),
        reason=draw(st.sampled_from(GapReason)) if gap else None,
    )
