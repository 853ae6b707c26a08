"""The ffmpeg command lines, built by ffmpeg-python (``compile`` only). Pure: nothing is started here.

Why each option is there is measured in the project's recording notes; in short:

- one ``init.mp4`` and headerless ``.m4s`` of short fragments (``flush_packets`` or ffmpeg keeps 256 KB back);
  ``individual_header_trailer 0`` keeps one clock through the whole run;
- ``tune zerolatency``: look-ahead would lose seconds on a kill;
- constant rate by the encoder (``fps_mode cfr``), never by an ``fps`` filter: only then are duplicated frames counted
  in the progress reports, from which the supervisor tells footage from filling;
- no output is slower than 5 fps beside the recording: ffmpeg holds its inputs back until the slowest output has
  caught up (measured: a still at 1 fps made the recording lag by up to 1.6 s, all of it lost on a kill); so the
  preview is 640 px wide and serves as the still for face checks too;
- preview, level and progress leave as loopback datagrams: a reader that stalls costs nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from recorder.config import Quality
from recorder.devices.source import Input

_CAMERA_FRAGMENT_MS = 250  # sound and picture wait for each other on top of it: 0.5 s gave tails of up to 1.0 s
_SCREEN_FRAGMENT_MS = 500
_PREVIEW_FPS, _PREVIEW_WIDTH, _PREVIEW_Q = 5, 640, 6
_LEVEL_HZ = 8000


@dataclass(frozen=True, slots=True)
class Outlets:
    """Loopback ports the recorder listens on; ``packet`` bytes at most per datagram (macOS allows 9,216)."""

    progress: int
    preview: int
    level: int
    packet: int = 65000


def camera_command(
    program: Path,
    inputs: list[Input],
    quality: Quality,
    outlets: Outlets,
    *,
    sound: bool,
    keep: bool,
    extra: tuple[str, ...] = (),
) -> list[str]:
    """Camera with microphone: one capture feeds recording (with ``keep``), preview and level meter.

    ``inputs`` as ``devices.catalog.camera_inputs`` gives them. Run it inside the run's folder: names are relative.
    """
    opened = _open(inputs)
    picture = opened[0].video.filter("scale", w=quality.camera_width, h=-2).filter("format", "yuv420p")
    forks = picture.filter_multi_output("split", 2) if keep else None
    outputs = []
    voice = opened[-1].audio.filter("aresample", 48000, **{"async": 1000, "first_pts": 0}) if sound else None
    ears = voice.filter_multi_output("asplit", 2) if voice is not None and keep else None
    if forks is not None:
        streams = [forks[0]] + ([ears[0]] if ears is not None else [])
        coding: dict[str, Any] = {
            "fps_mode": "cfr",
            "r": quality.camera_fps,
            **_x264("superfast", 30, quality.camera_kbit, quality.camera_fps * quality.camera_segment_s),
            "force_key_frames": f"expr:gte(t,n_forced*{quality.camera_segment_s})",
        }
        if ears is not None:
            coding |= {"c:a": "aac", "ac": 1, "b:a": f"{quality.audio_kbit}k"}
        parts = _segments(quality.camera_segment_s, _CAMERA_FRAGMENT_MS)
        outputs.append(ffmpeg.output(*streams, "%06d.m4s", **coding, **parts))
    outputs.append(_jpegs(picture if forks is None else forks[1], _PREVIEW_FPS, outlets))
    ear = ears[1] if ears is not None else voice
    if ear is not None:
        outputs.append(
            ffmpeg.output(
                ear,
                f"udp://127.0.0.1:{outlets.level}?pkt_size=1600",
                **{"ar": _LEVEL_HZ, "ac": 1, "c:a": "pcm_s16le", "f": "s16le", "flush_packets": 1},
            )
        )
    return _command(program, outputs, outlets, extra)


def screen_command(
    program: Path, source: Input, quality: Quality, outlets: Outlets, *, keep: bool, extra: tuple[str, ...] = ()
) -> list[str]:
    """The screen: recorded with ``keep``, else only shown as small stills (proof that it can be captured)."""
    (opened,) = _open([source])
    picture = opened.video.filter("scale", w=f"min({quality.screen_width},trunc(iw/2)*2)", h=-2, flags="area").filter(
        "format", "yuv420p"
    )
    if not keep:
        return _command(program, [_jpegs(picture, 1, outlets)], outlets, extra)
    output = ffmpeg.output(
        picture,
        "%06d.m4s",
        fps_mode="cfr",
        r=quality.screen_fps,
        **_x264("veryfast", 28, quality.screen_kbit, quality.screen_fps * quality.screen_segment_s),
        force_key_frames=f"expr:gte(t,n_forced*{quality.screen_segment_s})",
        **_segments(quality.screen_segment_s, _SCREEN_FRAGMENT_MS),
    )
    return _command(program, [output], outlets, extra)


def _open(inputs: list[Input]) -> list[Any]:
    opened = []
    for number, one in enumerate(inputs):
        options: dict[str, Any] = dict(one.options)
        if "video_size" in options:  # ffmpeg-python formats this one itself, from a pair
            options["video_size"] = str(options["video_size"]).split("x")
        if one.fmt:
            options["format"] = one.fmt
        if number and one.epoch and inputs[0].epoch:
            options["isync"] = 0  # else each input is zeroed by itself: sound and picture up to 2 s apart
        opened.append(ffmpeg.input(one.url, **options))
    return opened


def _x264(preset: str, crf: int, kbit: int, gop: int) -> dict[str, Any]:
    return {
        "c:v": "libx264",
        "preset": preset,
        "tune": "zerolatency",
        "threads:v": 1,
        "crf": crf,
        "maxrate": f"{kbit}k",
        "bufsize": f"{kbit * 2}k",
        "g": gop,
        "keyint_min": gop,
        "sc_threshold": 0,
    }


def _segments(seconds: int, fragment_ms: int) -> dict[str, Any]:
    movflags = "+frag_keyframe+empty_moov+default_base_moof"
    return {
        "f": "segment",
        "segment_time": seconds,
        "individual_header_trailer": 0,
        "segment_header_filename": "init.mp4",
        "segment_format": "mp4",
        "segment_format_options": f"movflags={movflags}:frag_duration={fragment_ms * 1000}:flush_packets=1",
        "segment_list": "segments.csv",
        "segment_list_type": "csv",
    }


def _jpegs(picture: Any, fps: int, outlets: Outlets) -> Any:
    small = picture.filter("fps", fps).filter("scale", _PREVIEW_WIDTH, -2).filter("format", "yuvj420p")
    return ffmpeg.output(
        small,
        f"udp://127.0.0.1:{outlets.preview}?pkt_size={outlets.packet}",
        **{"c:v": "mjpeg", "threads:v": 1, "q:v": _PREVIEW_Q, "f": "mjpeg", "flush_packets": 1},
    )


def _command(program: Path, outputs: list[Any], outlets: Outlets, extra: tuple[str, ...]) -> list[str]:
    merged = ffmpeg.merge_outputs(*outputs) if len(outputs) > 1 else outputs[0]
    head = [
        str(program), "-hide_banner", "-nostats", *extra, "-stats_period", "0.5",
        "-progress", f"udp://127.0.0.1:{outlets.progress}",
    ]  # fmt: skip
    return [str(word) for word in ffmpeg.compile(merged, cmd=head, overwrite_output=True)]
