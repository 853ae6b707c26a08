"""What a reviewer can play, from seals."""

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.footage import Lane, lanes, playlist
from domain.identity import LinkKind, Track
from domain.seal import EMPTY_SHA256, GapReason, Seal
from host.identity import new_id

SESSION, DEVICE = new_id(), new_id()


def link(
    kind: LinkKind, run: str, index: int, seq: int, at_ms: int, lasts_ms: int, track: Track = Track.CAMERA
) -> Seal:
    gap = kind is LinkKind.GAP
    return Seal(
        kind=kind, session=SESSION, device=DEVICE, track=track, run=run, index=index, seq=seq, prev="0" * 64,
        boot_id="b", boot_ns=at_ms * 1_000_000, center_ms=at_ms, center_est=False, wall_ms=at_ms, duration_ms=lasts_ms,
        size=0 if gap else 10, sha256=EMPTY_SHA256 if gap else "a" * 64, reason=GapReason.STALLED if gap else None,
    )  # fmt: skip


@st.composite
def recordings(draw: st.DrawFn) -> list[Seal]:
    """Runs of segments with gaps between them, in one track."""
    seals: list[Seal] = []
    at_ms, seq = 1_700_000_000_000, 0
    for _ in range(draw(st.integers(1, 4))):
        run = new_id()
        seals.append(link(LinkKind.INIT, run, 0, seq, at_ms, 0))
        seq += 1
        for index in range(draw(st.integers(1, 5))):
            lasts = draw(st.integers(200, 6000))
            seals.append(link(LinkKind.SEGMENT, run, index, seq, at_ms, lasts))
            at_ms, seq = at_ms + lasts, seq + 1
        hole = draw(st.integers(0, 9000))
        if hole:
            seals.append(link(LinkKind.GAP, run, index + 1, seq, at_ms, hole))
            at_ms, seq = at_ms + hole, seq + 1
    return seals


def only(seals: list[Seal]) -> Lane:
    (lane,) = lanes(seals)
    return lane


@given(recordings(), st.randoms(use_true_random=False))
def test_pieces_follow_center_time_whatever_the_order_they_came_in(seals: list[Seal], chance: Random) -> None:
    shuffled = list(seals)
    chance.shuffle(shuffled)
    lane = only(shuffled)
    assert lane == only(seals)
    media = 0
    for before, after in zip(lane.pieces, lane.pieces[1:], strict=False):
        assert before.end_ms == after.start_ms
    for piece in lane.pieces:
        assert piece.media_ms == media
        media += 0 if piece.gap else piece.duration_ms


@given(recordings())
def test_the_playlist_holds_every_segment_once_and_a_map_for_every_run(seals: list[Seal]) -> None:
    text = playlist(only(seals), lambda seal: f"{seal.kind.value}-{seal.seq}")
    segments = [seal for seal in seals if seal.kind is LinkKind.SEGMENT]
    runs = list(dict.fromkeys(seal.run for seal in segments))
    assert re.findall(r"^segment-(\d+)$", text, re.MULTILINE) == [str(seal.seq) for seal in segments]
    assert len(re.findall(r'^#EXT-X-MAP:URI="init-\d+"$', text, re.MULTILINE)) == len(runs)
    assert text.count("#EXT-X-DISCONTINUITY") == len(runs) - 1
    told = sum(float(value) for value in re.findall(r"^#EXTINF:([\d.]+),$", text, re.MULTILINE))
    assert abs(told - sum(seal.duration_ms for seal in segments) / 1000) < 0.001
    target = int(re.findall(r"TARGETDURATION:(\d+)", text)[0])
    assert all(seal.duration_ms <= target * 1000 for seal in segments)


@given(recordings())
def test_a_run_without_its_init_cannot_be_played_but_its_gaps_stay(seals: list[Seal]) -> None:
    lost = seals[0].run
    left = [seal for seal in seals if not (seal.kind is LinkKind.INIT and seal.run == lost)]
    made = lanes(left)
    assert all(piece.gap or piece.seal.run != lost for lane in made for piece in lane.pieces)
    gaps = sum(seal.kind is LinkKind.GAP for seal in seals)
    assert sum(piece.gap for lane in made for piece in lane.pieces) == gaps


def test_a_phones_segments_are_whole_files() -> None:
    run = new_id()
    seals = [link(LinkKind.SEGMENT, run, n, n, 1000 * n + 1, 1000, Track.COMPANION) for n in range(3)]
    assert len(only(seals).pieces) == 3
    assert "EXT-X-MAP" not in playlist(only(seals), lambda seal: str(seal.seq))


def test_the_timeline_is_no_picture() -> None:
    assert lanes([link(LinkKind.SEGMENT, new_id(), 0, 0, 1, 1000, Track.TIMELINE)]) == ()
