"""An hour of footage at a center and its reviewer's page, for measuring how quickly that page answers.

Camera and screen are an encoded minute that goes on for an hour in segments as the recorder cuts them; the phone's are
clips of four seconds. All of it is uploaded as devices do, with seals of their own. Measures nothing.
"""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from playwright.sync_api import Page

from bench.reviewpage import open_session, reviewer_page
from bench.setting import Setting
from domain.identity import LinkKind, Track
from domain.seal import Seal
from host.identity import new_id
from tests.support.center import Device
from tests.support.phonepage import World, world
from tests.support.phones import Phone
from tests.support.seals import make_seal
from zhishi.stage import talking_head_clip

CLIP_S, CLIPS = 4, 15
_SENDERS = 4


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The center, the session, and the reviewer's page at the list."""

    there: World
    session: str
    page: Page
    seconds: int

    def open(self) -> None:
        """Open the session."""
        open_session(self.page)


@contextmanager
def reviewed(setting: Setting) -> Iterator[Reviewed]:
    """Everything is at the center."""
    seconds = setting.rounds(3600, 600)
    with world(setting.folder) as there:
        device = Device(there.url, there.laptop.granted["code"])
        for track, cut_s in ((Track.CAMERA, 5), (Track.SCREEN, 10)):
            folder = _laptop(setting.folder / track.value, track, cut_s, seconds)
            _send(device.create, list(_links(device, track, folder, cut_s)))
        phone = Phone(there.url)
        phone.bind(there.laptop.post("/bindings").json()["link"])
        there.laptop.post("/companion/approve", {"device": phone.id}).raise_for_status()
        clips = _clips(setting.folder / "clips")
        contents = [clips[n % CLIPS] for n in range(seconds // CLIP_S)]
        seals = [_clip(phone, n, content) for n, content in enumerate(contents)]
        _send(phone.upload, list(zip(seals, contents, strict=True)))
        setting.say(f"{seconds // 60} minutes at the center: {seconds // 5 + seconds // 10 + len(contents)} segments")
        yield Reviewed(there, device.session, reviewer_page(there, there.phone.driver), seconds)
        device.close()
        phone.close()


def _laptop(folder: Path, track: Track, cut_s: int, seconds: int) -> Path:
    """A minute encoded as the recorder does, then gone on with, without encoding again."""
    folder.mkdir()
    fps, size = (15, "640:480") if track is Track.CAMERA else (5, "1280:720")
    sound = ["-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000"] if track is Track.CAMERA else []
    maps = ["-map", "0:v", "-map", "1:a", "-c:a", "aac", "-b:a", "40k"] if sound else ["-map", "0:v"]
    minute = folder / "minute.mp4"
    _ffmpeg(
        ["-stream_loop", "-1", "-i", str(talking_head_clip()), *sound, *maps, "-t", "60", "-vf", f"scale={size}",
         "-r", str(fps), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency",
         "-crf", "30", "-g", str(fps * cut_s), "-keyint_min", str(fps * cut_s), "-sc_threshold", "0", str(minute)],
        folder,
    )  # fmt: skip
    _ffmpeg(
        ["-stream_loop", "-1", "-i", str(minute), "-t", str(seconds), "-map", "0", "-c", "copy", "-f", "segment",
         "-segment_time", str(cut_s), "-individual_header_trailer", "0", "-segment_header_filename", "init.mp4",
         "-segment_format", "mp4", "-segment_format_options",
         "movflags=+frag_keyframe+empty_moov+default_base_moof:frag_duration=250000",
         "-segment_list", "segments.csv", "-segment_list_type", "csv", "%06d.m4s"],
        folder,
    )  # fmt: skip
    return folder


def _links(device: Device, track: Track, folder: Path, cut_s: int) -> Iterator[tuple[Seal, bytes]]:
    run, before = new_id(), None
    listed = [line.split(",") for line in (folder / "segments.csv").read_text().split()]
    files = [("init.mp4", "0", "0"), *((name, since, to) for name, since, to in listed)]
    for index, (name, since, to) in enumerate(files):
        content = (folder / name).read_bytes()
        before = make_seal(
            kind=LinkKind.SEGMENT if index else LinkKind.INIT, seq=index, prev=before.hash() if before else None,
            track=track, run=run, index=max(0, index - 1), content=content, session=device.session, device=device.id,
            duration_ms=round(1000 * (float(to) - float(since))), start_ms=round(1000 * float(since)),
        )  # fmt: skip
        yield before, content
    assert len(files) > 60 // cut_s


def _clips(folder: Path) -> list[bytes]:
    folder.mkdir()
    made = []
    for number in range(CLIPS):
        out = folder / f"{number}.webm"
        _ffmpeg(
            ["-stream_loop", "-1", "-ss", str(number / 4), "-i", str(talking_head_clip()),
             "-f", "lavfi", "-i", f"sine=frequency={300 + 20 * number}:sample_rate=48000", "-map", "0:v", "-map", "1:a",
             "-t", str(CLIP_S), "-vf", "scale=640:480", "-r", "15", "-c:v", "libvpx", "-b:v", "600k",
             "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", "-b:a", "32k", "-live", "1", str(out)],
            folder,
        )  # fmt: skip
        made.append(out.read_bytes())
    return made


def _clip(phone: Phone, number: int, content: bytes) -> Seal:
    before = phone.chain[-1].hash() if phone.chain else None
    seal = make_seal(
        seq=number, prev=before, track=Track.COMPANION, run=phone.run, index=number, content=content,
        session=phone.session, device=phone.id, duration_ms=CLIP_S * 1000, start_ms=number * CLIP_S * 1000,
    )  # fmt: skip
    phone.chain.append(seal)
    return seal


def _send(send: object, links: list[tuple[Seal, bytes]]) -> None:
    def one(link: tuple[Seal, bytes]) -> None:
        answer = send(*link)  # type: ignore[operator]
        assert answer.status_code == 201, answer.text

    with ThreadPoolExecutor(_SENDERS) as senders:
        list(senders.map(one, links))


def _ffmpeg(order: list[str], folder: Path) -> None:
    command = [get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *order]
    subprocess.run(command, check=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=300)
