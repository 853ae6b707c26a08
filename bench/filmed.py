"""One interview filmed from one clock: screen, camera and phone see the same time code, microphone and phone hear the
same tones. Real recorder, sync daemon, phone page and center; then the reviewer's page on what they made.

Owns the scene and the way to the page. What is measured is its caller's.
"""

import fcntl
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import sin, tau
from pathlib import Path
from struct import pack

from playwright.sync_api import Page

from bench.reviewpage import reviewer_page
from bench.setting import Setting
from bench.timecode import Painter
from bench.world import START_S, Laptop, await_until, new_laptop
from tests.support.phonepage import World, world
from zhishi.stage import VirtualDesktop, dying_with_parent, talking_head_clip

SCREEN, SCENE = (1280, 720), (640, 480)
TONE_EVERY_MS, TONE_MS, TONE_HZ = 2000, 120, 880
_RATE, _CHUNK_S, _BEHIND_S = 48_000, 0.01, 0.02
_PIPE = 4096  # bytes, the least there is: 43 ms
_SETTLE_S = 90.0


@dataclass(frozen=True, slots=True)
class Filmed:
    """A session that is at the center, and the way to its reviewer."""

    there: World
    session: str

    def reviewer(self) -> Page:
        """The reviewer's page, signed in, with the list of sessions."""
        return reviewer_page(self.there, self.there.phone.driver)


@contextmanager
def filmed(setting: Setting, seconds: float) -> Iterator[Filmed]:
    """Film for ``seconds``, upload everything, end."""
    with (
        VirtualDesktop(setting.environ, size="x".join(map(str, SCREEN))) as desk,
        VirtualDesktop(setting.environ, size="x".join(map(str, SCENE))) as scene,
        world(setting.folder) as there,
    ):
        environ = {**setting.environ, **desk.environ}
        with new_laptop(setting.folder / "laptop", environ) as laptop:
            with Painter(desk.display, *SCREEN), Painter(scene.display, *SCENE), _tones(desk, environ):
                session = _film(setting, there, laptop, scene.display, environ, seconds)
            await_until(lambda: _all_sent(laptop, there), _SETTLE_S, "everything is at the center", poll_s=0.3)
        there.phone.close()
        yield Filmed(there, session)


def _film(setting: Setting, there: World, laptop: Laptop, scene: str, environ: dict[str, str], seconds: float) -> str:
    laptop.start_syncd()
    session = laptop.enrol(there.url, there.laptop.granted["code"]).session
    given = {"home": str(laptop.home.root), "display": scene, "clip": str(talking_head_clip())}
    recorder = subprocess.Popen(
        dying_with_parent([sys.executable, "-m", "bench.scenecamera", json.dumps(given)]),
        env={**environ, "ZHISHI_HOME": str(laptop.home.root)},
        stdin=subprocess.DEVNULL,
    )
    try:
        await_until(lambda: laptop.recorder() is not None, START_S, "the recorder answers")
        laptop.record(session)
        await_until(laptop.footage_flows, START_S, "footage of camera and screen")
        setting.say("camera and screen are filmed; the phone is bound and turned round")
        there.phone.start(init=_phone_scene())
        there.bind()
        there.film()
        setting.say(f"all three film for {seconds:.0f} s")
        time.sleep(seconds)
        there.stop()
        laptop.stop_recording(end=True)
    finally:
        recorder.terminate()
        recorder.wait()
    return session


def _all_sent(laptop: Laptop, there: World) -> bool:
    status = laptop.sync()
    mine = status is not None and all(one.device_receipt or one.remaining_bytes == 0 for one in status.sessions)
    return mine and there.binding()["state"] == "done"


def _phone_scene() -> str:
    ahead = time.monotonic() * 1000 - time.time() * 1000
    return (Path(__file__).parent / "phonescene.js").read_text(encoding="utf-8").replace("%AHEAD%", f"{ahead:.3f}")


@contextmanager
def _tones(desk: VirtualDesktop, environ: dict[str, str]) -> Iterator[None]:
    """A tone at every even second of the codes' clock in the laptop's microphone."""
    desk.hush()
    sink = desk.source.removesuffix(".monitor")
    command = ["pacat", "--raw", "--format=s16le", f"--rate={_RATE}", "--channels=1", "--latency-msec=20"]
    player = subprocess.Popen(
        dying_with_parent([*command, f"--device={sink}"]), env=environ, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert player.stdin is not None
    fcntl.fcntl(player.stdin, fcntl.F_SETPIPE_SZ, _PIPE)  # what waits in it is heard late
    await_until(lambda: _plays(environ, player.pid), START_S, "the player of tones has its place", poll_s=0.05)
    over = threading.Event()
    thread = threading.Thread(target=_sound, args=(player, over), name="tones", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        player.terminate()
        player.wait()


def _plays(environ: dict[str, str], pid: int) -> bool:
    """Whether sounds are taken from this player by now: what was said to it before would all be late."""
    listed = subprocess.run(["pactl", "list", "sink-inputs"], env=environ, capture_output=True, text=True, timeout=10)
    return f'application.process.id = "{pid}"' in listed.stdout


def _sound(player: "subprocess.Popen[bytes]", over: threading.Event) -> None:
    """What sounds is told to the player as it is due, in small pieces."""
    assert player.stdin is not None
    count = int(_RATE * _CHUNK_S)
    tone = [int(12_000 * sin(tau * TONE_HZ * n / _RATE)) for n in range(count)]  # whole waves: 880 Hz · 10 ms ≈ 8.8
    loud, quiet = pack(f"<{count}h", *tone), bytes(2 * count)
    due = time.monotonic()
    while not over.is_set():
        sounds = due * 1000 % TONE_EVERY_MS < TONE_MS
        player.stdin.write(loud if sounds else quiet)
        player.stdin.flush()
        due = max(due + _CHUNK_S, time.monotonic() - _BEHIND_S)
        over.wait(max(0.0, due - time.monotonic()))
