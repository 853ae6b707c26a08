"""A tape: real fragmented MP4 of two tracks, made once by the bundled ffmpeg, cut at its fragments to be played."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from domain.identity import Track
from host.fragments import inspect, read_init
from host.spool import INIT_NAME, segment_files

LENGTH_S = 24
_FPS = 8  # a fragment is two frames: 250 ms to the millisecond
_PICTURES = {
    # noise does not compress: 75 kB a second, so that a line can break in the middle of a segment
    Track.CAMERA: (f"color=gray:size=320x240:rate={_FPS},noise=alls=60:allf=t", "600k"),
    Track.SCREEN: (f"testsrc2=size=160x120:rate={_FPS}", "60k"),
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """Part of segment ``index``, from ``start_ms`` to ``end_ms`` of the run's media clock."""

    index: int
    start_ms: int
    end_ms: int
    data: bytes


class Tape:
    """What ``make_tape`` left in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.inits = {track: (folder / track.value / INIT_NAME).read_bytes() for track in _PICTURES}
        self.fragments = {track: _cut(folder / track.value) for track in _PICTURES}
        camera, screen = (self.fragments[track] for track in _PICTURES)
        assert [f.end_ms for f in camera] == [f.end_ms for f in screen]


def make_tape(folder: Path) -> Path:
    """Record both tracks as the recorder would."""
    for track, (picture, rate) in _PICTURES.items():
        place = folder / track.value
        place.mkdir(parents=True)
        arguments = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin",
            "-f", "lavfi", "-i", picture, "-t", str(LENGTH_S), "-map", "0:v", "-c:v", "libx264", "-preset", "ultrafast",
            "-tune", "zerolatency", "-g", str(_FPS), "-keyint_min", str(_FPS), "-sc_threshold", "0",
            "-b:v", rate, "-maxrate", rate, "-bufsize", rate, "-pix_fmt", "yuv420p",
            "-f", "segment", "-segment_time", "1", "-individual_header_trailer", "0",
            "-segment_header_filename", INIT_NAME, "-segment_format", "mp4", "-segment_format_options",
            "movflags=+frag_keyframe+empty_moov+default_base_moof:frag_duration=250000:flush_packets=1",
            "%06d.m4s",
        ]  # fmt: skip
        subprocess.run(arguments, cwd=place, check=True, timeout=120)
    return folder


def _cut(folder: Path) -> list[Fragment]:
    init, found = read_init(folder / INIT_NAME), []
    for index, path in segment_files(folder):
        raw, facts = path.read_bytes(), inspect(path, init)
        at, start_ms = 0, facts.start_ms
        for end, end_ms in facts.fragment_ends:
            found.append(Fragment(index, start_ms, end_ms, raw[at:end]))
            at, start_ms = end, end_ms
    return found
