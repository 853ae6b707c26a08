"""Fragments and clusters at another moment: every frame as it was, time moved, what is not whole refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from center.review import remux
from domain.errors import FootageDamaged
from domain.media import media_type
from domain.onefile import mp4_clock, mp4_moved, mp4_split, mp4_start_ms, webm_head, webm_moved
from tests.support.clips import clip, length_of
from tests.support.footage import lay_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[bytes]]:
    folder = lay_run(tmp_path_factory.mktemp("run"))
    return (folder / "init.mp4").read_bytes(), [path.read_bytes() for path in sorted(folder.glob("*.m4s"))]


def test_moved_fragments_begin_where_they_are_put(run: tuple[bytes, list[bytes]]) -> None:
    init, segments = run
    clock = mp4_clock(init)
    moved, following = mp4_moved(segments[0], clock, 90_000, 7)
    assert mp4_start_ms(moved, clock) == mp4_start_ms(segments[0], clock) + 90_000
    assert following > 7
    assert len(moved) == len(segments[0])
    assert length_of(init + moved)[1] == ""
    back, _ = mp4_moved(moved, clock, -90_000, 1)
    assert mp4_start_ms(back, clock) == mp4_start_ms(segments[0], clock)


def test_nothing_is_moved_before_the_beginning(run: tuple[bytes, list[bytes]]) -> None:
    init, segments = run
    with pytest.raises(FootageDamaged):
        mp4_moved(segments[0], mp4_clock(init), -1000, 1)
    with pytest.raises(FootageDamaged):
        webm_moved(clip("webm"), -1000)


def test_clips_one_after_the_other_are_one_film(tmp_path: Path) -> None:
    # what MediaRecorder and ffmpeg -live write has no sizes; the center moves what it has remuxed itself
    remuxed = _sized(clip("webm"), tmp_path)
    whole = webm_head(remuxed, 14_000) + webm_moved(remuxed, 0) + webm_moved(remuxed, 10_000)
    lasts, complaints = length_of(whole)
    assert (round(lasts, 1), complaints) == (14.0, "")


def test_a_fragmented_file_is_split_where_its_footage_begins() -> None:
    init, fragments = mp4_split(clip("mp4"))
    assert init + fragments == clip("mp4")
    assert mp4_start_ms(fragments, mp4_clock(init)) == 0


def test_media_types() -> None:
    assert media_type(clip("webm")) == 'video/webm; codecs="vp8,opus"'
    assert media_type(clip("mp4")).startswith('video/mp4; codecs="avc1.')
    with pytest.raises(FootageDamaged):
        media_type(b"\x1a\x45\xdf\xa3 sound only A_OPUS")
    with pytest.raises(FootageDamaged):
        media_type(b"")


@settings(deadline=None)
@given(st.integers(min_value=0), st.binary(max_size=20))
def test_damage_is_told_as_damage(at: int, noise: bytes) -> None:
    for content in (clip("mp4"), clip("webm")):
        start = at % 3000
        damaged = content[:start] + noise + content[start + len(noise) :][: 4000 - start]
        for read in (
            lambda raw: mp4_clock(raw),
            lambda raw: mp4_split(raw),
            lambda raw: webm_head(raw, 1000),
            lambda raw: webm_moved(raw, 0),
            lambda raw: media_type(raw),
        ):
            try:
                read(damaged)
            except FootageDamaged:
                continue


def _sized(content: bytes, folder: Path) -> bytes:

    (folder / "in").write_bytes(content)
    remux.run(remux.bundled(), remux.arguments("matroska", "webm", folder / "in", folder / "out"), 20, 1 << 26)
    return (folder / "out").read_bytes()
