"""The evidence strip is true to the link: neighbours join only when they are the same, and nothing is invented."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from domain.identity import LinkKind
from domain.status import UploadState
from syncd.strip import StripLink, strip

LINKS = st.lists(
    st.tuples(
        st.sampled_from([LinkKind.SEGMENT, LinkKind.GAP, LinkKind.INIT]),
        st.sampled_from(list(UploadState)),
        st.integers(0, 20_000),
        st.integers(1, 10_000),
    ),
    max_size=40,
)


@given(LINKS)
def test_every_link_is_in_exactly_one_part_of_its_state(made: list[tuple[LinkKind, UploadState, int, int]]) -> None:
    links, now = [], 1_000_000
    for kind, state, hole, duration in made:
        now += hole
        links.append(StripLink("camera", kind, state, now, duration))
        now += duration
    parts = [part for track in strip(links).tracks for part in track.parts]
    shown = [link for link in links if link.kind is not LinkKind.INIT]
    assert sum(part.count for part in parts) == len(shown)
    assert all(one.to_ms <= other.from_ms for one, other in itertools.pairwise(parts))
    verified = sum(part.count for part in parts if part.state == "verified")
    assert verified == sum(one.kind is LinkKind.SEGMENT and one.state is UploadState.VERIFIED for one in shown)
    for link in shown:
        (part,) = [p for p in parts if p.from_ms <= link.start_ms and link.start_ms + link.duration_ms <= p.to_ms]
        assert (part.state == "gap") == (link.kind is LinkKind.GAP)


def test_neighbours_join_and_a_hole_stays_a_hole() -> None:
    def one(start: int, state: UploadState) -> StripLink:
        return StripLink("screen", LinkKind.SEGMENT, state, start, 5_000)

    verified, queued = UploadState.VERIFIED, UploadState.QUEUED
    told = strip([one(0, verified), one(5_010, verified), one(20_000, verified), one(25_000, queued)])
    assert [(p.from_ms, p.to_ms, p.state, p.count) for p in told.tracks[0].parts] == [
        (0, 10_010, "verified", 2),
        (20_000, 25_000, "verified", 1),
        (25_000, 30_000, "recorded", 1),
    ]
