"""Real fragmented MP4 runs, made once per test process by the bundled ffmpeg as the recorder makes them."""

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg

SEGMENT_S = 2


@functools.cache
def _made(seconds: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="zhishi-footage-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    arguments = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin",
        "-f", "lavfi", "-i", f"testsrc2=size=320x240:rate=10:duration={seconds}",
        "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}",
        "-map", "0:v", "-map", "1:a",
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(10 * SEGMENT_S),
        "-keyint_min", str(10 * SEGMENT_S), "-sc_threshold", "0", "-c:a", "aac", "-b:a", "40k",
        "-f", "segment", "-segment_time", str(SEGMENT_S), "-individual_header_trailer", "0",
        "-segment_header_filename", "init.mp4", "-segment_format", "mp4", "-segment_format_options",
        "movflags=+frag_keyframe+empty_moov+default_base_moof:frag_duration=500000:flush_packets=1",
        "-segment_list", "segments.csv", "-segment_list_type", "csv", "%06d.m4s",
    ]  # fmt: skip
    subprocess.run(arguments, cwd=folder, check=True, timeout=60)
    return folder


def lay_run(run_dir: Path, seconds: int = 6) -> Path:
    """Copy a finished run of ``seconds`` (0.5-second fragments) into ``run_dir``."""
    run_dir.mkdir(parents=True, exist_ok=True)
    for path in _made(seconds).iterdir():
        shutil.copyfile(path, run_dir / path.name)
    return run_dir
