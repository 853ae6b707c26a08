"""Segments as phones make them: webm without a duration (VP8 and Opus), fragmented mp4, and what is neither."""

import functools
import subprocess

import imageio_ffmpeg

SECONDS = 4


@functools.cache
def clip(form: str = "webm", colour: str = "red", seconds: int = SECONDS) -> bytes:
    """One segment of ``colour`` with a tone; ``webm`` or ``mp4``. Made once per test process."""
    codecs = {
        "webm": ["-c:v", "libvpx", "-b:v", "200k", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
        "mp4": ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"],
    }[form]
    live = ["-live", "1"] if form == "webm" else []
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin",
        "-f", "lavfi", "-i", f"color={colour}:s=320x240:r=15:d={seconds}",
        "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}",
        *codecs, *live, "-metadata", "title=林晓", "-f", form, "pipe:1",
    ]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def length_of(content: bytes) -> tuple[float, str]:
    """(seconds until the last picture ends, what ffmpeg complained of) of a media file, decoded to its end."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-i", "pipe:0",
        "-map", "0:v", "-f", "framehash", "pipe:1",
    ]  # fmt: skip
    done = subprocess.run(command, input=content, capture_output=True, timeout=60, check=False)
    lines = [line for line in done.stdout.decode().splitlines() if not line.startswith("#")]
    scale = next(line for line in done.stdout.decode().splitlines() if line.startswith("#tb 0:"))
    over, under = scale.split(":")[1].strip().split("/")
    last = lines[-1].split(",")
    return (int(last[2]) + int(last[3])) * int(over) / int(under), done.stderr.decode()
